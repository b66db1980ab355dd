"""Small numbers kept back, so that nobody is told about one person, not even by taking away."""

from __future__ import annotations

from collections.abc import Mapping

LEAST = 5


def hidden_groups(
    counts: Mapping[str, tuple[int, ...]], already: frozenset[str] = frozenset()
) -> frozenset[str]:
    """The groups whose counts must not be shown when the total of all groups is known.

    Parameters
    ----------
    counts : mapping of group to tuple of int
        Counts that give each other away, such as those placed and those not: one below five
        hides them all.
    already : frozenset of str
        Groups that are hidden for another reason.

    Returns
    -------
    frozenset of str
        Never one group alone, and never groups whose counts add up to fewer than five: what is
        hidden cannot be had by taking the rest from the total. All groups where nothing else
        helps.

    Notes
    -----
    The next group to hide is the smallest one left, so that most people stay in sight.

    Examples
    --------
    >>> sorted(hidden_groups({"a": (3, 20), "b": (9, 30), "c": (40, 40)}))
    ['a', 'b']
    >>> sorted(hidden_groups({"a": (30, 20), "b": (9, 30)}))
    []
    """
    hidden = {g for g, parts in counts.items() if min(parts, default=0) < LEAST} | already
    shown = sorted(counts.keys() - hidden, key=lambda g: (sum(counts[g]), g), reverse=True)
    while hidden and shown and _is_given_away([counts[g] for g in hidden]):
        hidden.add(shown.pop())
    return frozenset(hidden)


def _is_given_away(kept_back: list[tuple[int, ...]]) -> bool:
    return len(kept_back) == 1 or any(
        sum(column) < LEAST for column in zip(*kept_back, strict=True)
    )
