"""Who waits for a freed place of each placement, in the order they would be offered it."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from matching.columnar.columns import Ints
from matching.columnar.listing import Lines
from matching.costs import Costs
from matching.edges import Edges
from matching.market import Market

RESERVES_A_PLACEMENT = 10
ROOM = 2**62


def waiting_lines(market: Market, edges: Edges, costs: Costs, match: Ints) -> Lines:
    """Who a freed place would go to while everyone placed keeps theirs, ten a placement.

    With everyone else held where they are, solving again with one more place there gives it to
    the waiting person of the least cost, equal ones by lottery; then to the next.

    Complexity: one sort of the pairs of people who wait.
    """
    at = np.flatnonzero(match[edges.rows] < 0)
    order = at[_by_placement(edges, costs, at)]
    cols = edges.cols[order]
    starts = np.flatnonzero(np.r_[True, cols[1:] != cols[:-1]]) if len(cols) else cols
    place = np.arange(len(cols)) - np.repeat(starts, np.diff(np.r_[starts, len(cols)]))
    near = place < RESERVES_A_PLACEMENT
    cols, rows = cols[near], edges.rows[order[near]]
    return _lines(market, cols, rows)


def _lines(market: Market, cols: Ints, rows: Ints) -> Lines:
    """The people ``rows`` in line for ``cols``, placements by id."""
    names = market.placements.ids
    sizes = np.bincount(cols, minlength=len(names))
    begins = np.cumsum(sizes) - sizes
    by_name = np.argsort(names, kind="stable")
    by_name = by_name[sizes[by_name] > 0]
    starts = np.zeros(len(by_name) + 1, dtype=np.int64)
    np.cumsum(sizes[by_name], out=starts[1:])
    at = np.arange(starts[-1]) + np.repeat(begins[by_name] - starts[:-1], sizes[by_name])
    return Lines(names[by_name], starts, market.candidates.ids[rows[at]])


def _by_placement(edges: Edges, costs: Costs, at: Ints) -> npt.NDArray[np.int64]:
    """The order of pairs by placement, then cost, then the person's lottery number."""
    keys = [edges.cols[at].astype(np.int64), *_tiers(costs, at), edges.rows[at].astype(np.int64)]
    packed, room = np.zeros(len(at), dtype=np.int64), 1
    for key in keys:
        size = int(key.max(initial=0)) + 1
        room *= size
        if room > ROOM:
            return np.lexsort(keys[::-1])
        packed = packed * size + key
    return np.argsort(packed, kind="stable")


def _tiers(costs: Costs, at: Ints) -> list[Ints]:
    """The cost of each pair, objective tier by objective tier, the first the most important."""
    levels = costs.levels
    part = type(levels)(levels.market, levels.edges.where(at))
    tiers = levels.market.policy.tiers
    found = [np.zeros(len(at), dtype=np.int64) for _ in tiers]
    for total, tier in zip(found, tiers, strict=True):
        for name, times in tier:
            total += times * part[name]
    return found
