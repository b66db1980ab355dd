"""Who can take one freed place now, and what giving it to each would do to everybody else.

The effect of a pair is that of the best plan that has it. All pairs of one placement share one
search: a person who takes the place pushes somebody along a chain of moves that ends at the seat
the person left, outside, or at a free seat, and chains are paths in the residual graph (Ahuja,
Magnanti and Orlin, Network Flows, 1993, section 9.6).
"""

from __future__ import annotations

import dataclasses

import numpy as np

from matching.basis import EXACT, Basis
from matching.chains import Ints, Values
from matching.errors import MarketError
from matching.market import Market
from matching.plan import Plan
from matching.records import MODES
from matching.solve import solve


@dataclasses.dataclass(frozen=True, slots=True)
class Rescue:
    """One person who could take the place.

    ``n_placed`` is how many people would be placed in all, as well as can be with this pair;
    ``only_place`` says that no other placement is open to them. ``loss`` grows with what the
    pair costs the policy's objectives, 0 for the best; both are ``None`` where only the order
    of the policy is known and not the effect (other mechanisms, side rules).
    """

    candidate: str
    minutes_there: int
    minutes_back: int
    mode: str | None
    estimate: bool
    choice: int | None
    priority: str | None
    only_place: bool
    n_placed: int | None
    loss: int | None


def rescue(market: Market, placement_id: str, plan: Plan | None = None) -> list[Rescue]:
    """Everyone who could take a place at one placement, by effect, the best first.

    Parameters
    ----------
    market : Market
        Everybody in line and every place that is free as of now; those who hold a place are
        pinned, or left out together with their places.
    placement_id : str
        The placement with the freed place.
    plan : Plan, optional
        Of this market, if it is solved already.

    Returns
    -------
    list of Rescue
        Those for whom the pair is eligible and who are not pinned. First the pairs that leave
        most people placed, then by the policy's objectives summed over everybody, then by
        lottery.

    Raises
    ------
    MarketError
        When there is no such placement.
    PolicyError
        When the market cannot be solved.

    Notes
    -----
    One solve, and one pass over the pairs for each move of the longest chain.

    Examples
    --------
    >>> people = [{"id": "ann"}, {"id": "bob", "has": ["van"]}]
    >>> places = [{"id": "shop"}, {"id": "farm", "needs": ["van"]}]
    >>> found = rescue(Market(people, places, {"travel": "none"}), "shop")
    >>> [(one.candidate, one.n_placed, one.only_place) for one in found]
    [('ann', 2, True), ('bob', 1, False)]
    """
    if placement_id not in market.col_of:
        raise MarketError(f"rescue: {placement_id} is not in the market")
    basis = Basis(market, solve(market) if plan is None else plan)
    at = np.flatnonzero(basis.cols == market.col_of[placement_id])
    costs = basis.scale.cost(basis.levels)
    loss = _losses(basis, costs, at) if basis.kind == EXACT else None
    order = np.lexsort((basis.rows[at], (costs[at] if loss is None else loss).tolist()))
    n_open = np.bincount(basis.rows, minlength=len(market.candidates))
    return [
        _entry(basis, int(at[i]), n_open, None if loss is None else int(loss[i])) for i in order
    ]


def _entry(basis: Basis, edge: int, n_open: Ints, loss: int | None) -> Rescue:
    person, edges = basis.market.candidates[int(basis.rows[edge])], basis.edges
    counted = basis.market.policy.travel != "none"
    mode, rank = int(edges.mode[edge]), int(edges.rank[edge])
    groups = [g for g in basis.market.policy.priority_groups if g in person.priority]
    placed = len(basis.plan.assignments)
    outside = basis.scale.outside
    return Rescue(
        person.id,
        int(edges.there[edge]) if counted else -1,
        int(edges.back[edge]) if counted else -1,
        MODES[mode] if mode >= 0 else None,
        bool(edges.estimate[edge]),
        rank + 1 if rank >= 0 else None,
        groups[0] if groups else None,
        int(n_open[basis.rows[edge]]) == 1,
        None if loss is None else placed - (loss + outside // 2) // outside,
        loss,
    )


def _losses(basis: Basis, costs: Values, at: Ints) -> Values:
    """What the best plan with each of these pairs costs above the best plan."""
    away = _ways_out(basis, costs, int(basis.cols[at[0]])) if len(at) else costs
    held = _held(basis, costs)
    rows = basis.rows[at]
    losses: Values = costs[at] - held[rows] + away[basis.match[rows]]
    losses[basis.match[rows] == basis.cols[at]] = 0
    return losses


def _held(basis: Basis, costs: Values) -> Values:
    """The cost of what each person has; that of no place for those without."""
    held = np.full(len(basis.match), basis.scale.outside, dtype=costs.dtype)
    used = basis.match[basis.rows] == basis.cols
    held[basis.rows[used]] = costs[used]
    return held


def _ways_out(basis: Basis, costs: Values, col: int) -> Values:
    """The least cost of making room in a column by a chain that ends at each other, [M + 1].

    The last entry is for a chain that ends outside or at any free seat. A chain that ends at a
    column uses a seat there that somebody left.
    """
    outside, m = basis.scale.outside, len(basis.capacities)
    origin, held = basis.match[basis.rows], _held(basis, costs)
    step = costs - held[basis.rows]
    moves = np.flatnonzero(origin != basis.cols)
    people = np.flatnonzero(basis.match >= 0)
    left = basis.capacities - np.bincount(basis.match[people], minlength=m)
    exits = np.full(m, 4 * outside, dtype=costs.dtype)
    np.minimum.at(exits, basis.match[people], outside - held[people])
    exits[left > 0] = 0
    away = np.full(m + 1, 8 * outside, dtype=costs.dtype)
    away[col] = 0
    for _ in range(m + 2):
        nearer = away.copy()
        nearer[m] = min(nearer[m], (away[:m] + exits).min())
        np.minimum.at(nearer, basis.cols[moves], away[origin[moves]] + step[moves])
        nearer[:m] = np.minimum(nearer[:m], nearer[m])
        if np.array_equal(nearer, away):
            return away
        away = nearer
    raise ValueError("match: not of least cost, a chain of moves would improve it")
