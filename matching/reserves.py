"""Who waits for a freed place of each placement, in the order they would be offered it."""

from __future__ import annotations

import math

import numpy as np

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
    cols, rows = _by_placement(costs, edges.where(match[edges.rows] < 0))
    starts = np.flatnonzero(np.r_[True, cols[1:] != cols[:-1]]) if len(cols) else cols
    place = np.arange(len(cols)) - np.repeat(starts, np.diff(np.r_[starts, len(cols)]))
    near = place < RESERVES_A_PLACEMENT
    return _lines(market, cols[near], rows[near])


def _lines(market: Market, cols: Ints, rows: Ints) -> Lines:
    """The people ``rows`` in line for ``cols``, placements by id."""
    names = market.placements.ids
    sizes = np.bincount(cols, minlength=len(names))
    begins = np.cumsum(sizes) - sizes
    by_name = market.placements.by_id
    by_name = by_name[sizes[by_name] > 0]
    starts = np.zeros(len(by_name) + 1, dtype=np.int64)
    np.cumsum(sizes[by_name], out=starts[1:])
    at = np.arange(starts[-1]) + np.repeat(begins[by_name] - starts[:-1], sizes[by_name])
    return Lines(names[by_name], starts, market.candidates.ids[rows[at]])


def _by_placement(costs: Costs, waiting: Edges) -> tuple[Ints, Ints]:
    """Columns and rows by placement, then cost, then the person's lottery number.

    All keys packed into one number sort much faster than positions do.
    """
    tiers = _tiers(costs, waiting)
    rows = len(costs.levels.market.candidates)
    sizes = [int(tier.max(initial=0)) + 1 for tier in tiers]
    if len(costs.levels.market.placements) * math.prod(sizes) * rows > ROOM:
        order = np.lexsort([waiting.rows, *reversed(tiers), waiting.cols])
        return waiting.cols[order], waiting.rows[order]
    packed = waiting.cols.astype(np.int64)
    for size, tier in zip(sizes, tiers, strict=True):
        packed *= size
        packed += tier
    packed *= rows
    packed += waiting.rows
    packed.sort()
    return packed // (math.prod(sizes) * rows), packed % rows


def _tiers(costs: Costs, waiting: Edges) -> list[Ints]:
    """The cost of each pair, objective tier by objective tier, the first the most important."""
    part = type(costs.levels)(costs.levels.market, waiting)
    tiers = costs.levels.market.policy.tiers
    found = [np.zeros(len(waiting.rows), dtype=np.int64) for _ in tiers]
    for total, tier in zip(found, tiers, strict=True):
        for name, times in tier:
            total += times * part[name]
    return found
