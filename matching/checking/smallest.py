"""Prices are the smallest that prove a plan: each that is not 0 is held up by someone."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from matching.columnar.columns import Ints

Bools = npt.NDArray[np.bool_]


def held_up(rows: Ints, cols: Ints, match: Ints, at_zero: Bools) -> Bools:
    """Which placements could not be priced lower, bool[M].

    Parameters
    ----------
    rows, cols : int[T]
        The tight pairs.
    match : int64[N]
        A match that the prices prove.
    at_zero : bool[M]
        Placements that have the lowest price there is.

    Notes
    -----
    Someone left out, whose price is that of staying out, holds up every placement that is tight
    to them; someone placed where the price cannot fall holds up every other that is tight to
    them. What nobody holds up could be lowered, all of it together, and prove the plan as well.

    Examples
    --------
    >>> match = np.array([0, -1])
    >>> held_up(np.array([0, 1]), np.array([0, 0]), match, np.array([False])).tolist()
    [True]
    >>> held_up(np.array([0]), np.array([0]), match, np.array([False])).tolist()
    [False]
    """
    order = np.argsort(rows, kind="stable")
    to = cols[order]
    starts = np.searchsorted(rows[order], np.arange(len(match) + 1))
    by_place = np.argsort(match, kind="stable")
    seats = np.searchsorted(match[by_place], np.arange(len(at_zero) + 1))
    held = at_zero.copy()
    people = np.concatenate([np.flatnonzero(match < 0), _listed(by_place, seats, held)])
    while len(people):
        found = np.unique(to[_spans(starts[people], starts[people + 1])])
        new = np.zeros(len(held), dtype=bool)
        new[found[~held[found]]] = True
        held |= new
        people = _listed(by_place, seats, new)
    return held


def _listed(by_place: Ints, seats: Ints, some: Bools) -> Ints:
    """The people who sit in some placements."""
    at = np.flatnonzero(some)
    return by_place[_spans(seats[at], seats[at + 1])]


def _spans(begins: Ints, ends: Ints) -> Ints:
    """All positions of several stretches."""
    sizes = ends - begins
    before = np.cumsum(sizes) - sizes
    spans: Ints = np.arange(sizes.sum()) + np.repeat(begins - before, sizes)
    return spans
