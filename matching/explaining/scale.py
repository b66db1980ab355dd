"""Levels of pairs packed into one whole number each, wide enough for one chain of moves.

A chain takes at most one person in and one person out, so what depends on the person alone (their
group, their lottery number) needs no more room than one of them; only what depends on the pair adds
up along the chain. That keeps the numbers of a pilot-size market in 64 bits with room to spare.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from matching.explaining.chains import ROOM, Ints, Values
from matching.policy import Tier

OF_THE_PERSON = frozenset({"priority", "lottery"})


class Scale:
    """Weights such that of two chains the lower sum of an earlier objective always wins.

    Parameters
    ----------
    tiers : tuple of tuple of (objective, weight)
        As ``Policy.tiers`` gives them.
    tops : mapping of objective to int
        The highest level of each that will be asked about.
    longest : int
        The most moves of a chain.

    Examples
    --------
    >>> scale = Scale(((("choice", 1),), (("travel", 1),)), {"choice": 7, "travel": 60}, 3)
    >>> scale.weights
    {'choice': 361, 'travel': 1}
    """

    def __init__(self, tiers: tuple[Tier, ...], tops: Mapping[str, int], longest: int) -> None:
        weights: dict[str, int] = {}
        below = 0
        for tier in reversed(tiers):
            one = below + 1
            for name, weight in tier:
                times = 1 if name in OF_THE_PERSON else longest
                weights[name] = one * weight
                below += 2 * times * tops.get(name, 0) * weights[name]
        self.tiers = tiers
        self.weights = {name: weights[name] for tier in tiers for name, _ in tier}
        self.outside = 2 * below + 1
        self.kind = np.dtype(np.int64 if self.outside < ROOM else object)

    def cost(self, levels: Mapping[str, Ints]) -> Values:
        """The cost of each pair, int64[E], or Python whole numbers where 64 bits do not do."""
        size = len(next(iter(levels.values()))) if levels else 0
        total: Values = np.zeros(size, dtype=self.kind)
        for name, weight in self.weights.items():
            total = total + levels[name].astype(self.kind) * weight
        return total

    def read(self, cost: int) -> tuple[int, dict[str, int]]:
        """A difference of costs along one chain, as people left out and a sum for each tier.

        Examples
        --------
        >>> scale = Scale(((("choice", 1),), (("travel", 1),)), {"choice": 7, "travel": 60}, 3)
        >>> scale.read(scale.outside - 2 * scale.weights["choice"] + 15)
        (1, {'choice': -2, 'travel': 15})
        """
        unplaced, rest = _nearest(cost, self.outside)
        found = {}
        for tier in self.tiers:
            name, weight = tier[0]
            found[_named(tier)], rest = _nearest(rest, self.weights[name] // weight)
        return unplaced, found

    def by_tier(self, sums: Mapping[str, int]) -> dict[str, int]:
        """Sums by objective added up by tier, as :meth:`read` names them."""
        return {
            _named(tier): sum(weight * sums[name] for name, weight in tier) for tier in self.tiers
        }


def _named(tier: Tier) -> str:
    return "+".join(name for name, _ in tier)


def _nearest(cost: int, weight: int) -> tuple[int, int]:
    """How many of a weight come nearest to a cost, and what is left over, of either sign."""
    times = (2 * cost + weight) // (2 * weight)
    return times, cost - times * weight
