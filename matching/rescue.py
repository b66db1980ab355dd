"""Who can take one freed place now, and what giving it to each would do to everybody else.

The effect of a pair is that of the best plan that has it. All pairs of one placement share one
search: a person who takes the place pushes somebody along a chain of moves that ends at the seat
the person left, outside, or at a free seat, and chains are paths in the residual graph (Ahuja,
Magnanti and Orlin, Network Flows, 1993, section 9.6).
"""

from __future__ import annotations

import dataclasses

import numpy as np

from matching.costs import OF_THE_PERSON, Levels, level_tops
from matching.edges import Edges, eligible_edges
from matching.errors import MarketError
from matching.explaining.chains import Ints, Values
from matching.market import Market
from matching.plan import Plan
from matching.records import MODES
from matching.solve import solve

ROOM = 2**58


@dataclasses.dataclass(frozen=True, slots=True)
class Rescue:
    """One ``candidate`` who could take the place.

    ``minutes_there``, ``minutes_back``, ``mode`` and ``estimate`` are the journey, ``choice`` is
    1-6 or ``None``, ``priority`` their first group, if any. ``n_placed`` is how many people would
    be placed in all, as well as can be with this pair; ``only_place`` says that no other placement
    is open to them. ``loss`` grows with what the pair costs the policy's objectives, 0 for the
    best; both are ``None`` where only the order of the policy is known and not the effect (other
    mechanisms, side rules).
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
    field = _Field(market, solve(market) if plan is None else plan)
    at = np.flatnonzero(field.cols == market.col_of[placement_id])
    loss = _losses(field, at) if field.is_exact else None
    order = np.lexsort((field.rows[at], (field.costs[at] if loss is None else loss).tolist()))
    n_open = np.bincount(field.rows, minlength=len(market.candidates))
    return [
        _entry(field, int(at[i]), n_open, None if loss is None else int(loss[i])) for i in order
    ]


class _Field:
    """A market and its plan without the people who are pinned, as arrays.

    ``rows``, ``cols`` int64[E] and ``costs`` of the pairs that are left, ``capacities`` int64[M],
    ``match`` int64[N], -1 for none and for the pinned; ``outside`` is the cost of no place.
    """

    def __init__(self, market: Market, plan: Plan) -> None:
        self.market, self.plan = market, plan
        pins = {market.row_of[one]: market.col_of[at] for one, at in market.policy.pins}
        edges = eligible_edges(market)
        pinned = np.array(list(pins), dtype=np.int64)
        self.edges = edges.where(~np.isin(edges.rows, pinned))
        self.rows, self.cols = self.edges.rows.astype(int), self.edges.cols.astype(int)
        self.costs, self.outside = _weigh(market, self.edges)
        taken = np.bincount(list(pins.values()), minlength=len(market.placements))
        self.capacities = market.capacities - taken.astype(np.int64)
        self.match = np.full(len(market.candidates), -1, dtype=np.int64)
        for one, at in plan.placement_of.items():
            self.match[market.row_of[one]] = market.col_of[at]
        self.match[pinned] = -1

    @property
    def is_exact(self) -> bool:
        """Whether chains of moves say the whole truth: an optimum without side rules."""
        grouped = bool((self.market.placements.wholes("group_min") > 1).any())
        ruled = grouped or bool(self.market.policy.shares) or bool(self.market.host_caps)
        return self.plan.certificate.get("kind") == "exact" and not ruled

    @property
    def held(self) -> Values:
        """The cost of what each person has, [N]; that of no place for those without."""
        held = np.full(len(self.match), self.outside, dtype=self.costs.dtype)
        used = self.match[self.rows] == self.cols
        held[self.rows[used]] = self.costs[used]
        return held


def _weigh(market: Market, edges: Edges) -> tuple[Values, int]:
    """One cost a pair and one for no place, such that any two plans compare as the policy says.

    Between two plans that each differ from the best by one ring of moves a level of the pair
    differs at most once for everyone placed, one of the person (group, lottery) at most twice.
    """
    levels, tops = Levels(market, edges), level_tops(market, edges)
    most = min(len(market.candidates), int(market.capacities.sum())) + 1
    weights: dict[str, int] = {}
    below = 0
    for tier in reversed(market.policy.tiers):
        one = below + 1
        for name, times in tier:
            weights[name] = one * times
            below += 2 * (2 if name in OF_THE_PERSON else most) * weights[name] * tops[name]
    outside = 2 * below + 1
    kind = np.dtype(np.int64 if outside < ROOM else object)
    total: Values = np.zeros(len(edges.rows), dtype=kind)
    for name, weight in weights.items():
        total = total + levels[name].astype(kind) * weight
    return total, outside


def _entry(field: _Field, edge: int, n_open: Ints, loss: int | None) -> Rescue:
    person, edges = field.market.candidates[int(field.rows[edge])], field.edges
    counted = field.market.policy.travel != "none"
    mode, rank = int(edges.mode[edge]), int(edges.rank[edge])
    groups = [g for g in field.market.policy.priority_groups if g in person.priority]
    placed, outside = len(field.plan.assignments), field.outside
    return Rescue(
        person.id,
        int(edges.there[edge]) if counted else -1,
        int(edges.back[edge]) if counted else -1,
        MODES[mode] if mode >= 0 else None,
        bool(edges.estimate[edge]),
        rank + 1 if rank >= 0 else None,
        groups[0] if groups else None,
        int(n_open[field.rows[edge]]) == 1,
        None if loss is None else placed - (loss + outside // 2) // outside,
        loss,
    )


def _losses(field: _Field, at: Ints) -> Values:
    """What the best plan with each of these pairs costs above the best plan."""
    if not len(at):
        return field.costs[at]
    away = _ways_out(field, int(field.cols[at[0]]))
    rows = field.rows[at]
    losses: Values = field.costs[at] - field.held[rows] + away[field.match[rows]]
    return losses


def _ways_out(field: _Field, col: int) -> Values:
    """The least cost of making room in a column by a chain that ends at each other, [M + 1].

    The last entry is for a chain that ends outside or at any free seat. A chain that ends at a
    column uses a seat there that somebody left.
    """
    outside, m, held = field.outside, len(field.capacities), field.held
    origin, step = field.match[field.rows], field.costs - held[field.rows]
    moves = np.flatnonzero(origin != field.cols)
    people = np.flatnonzero(field.match >= 0)
    left = field.capacities - np.bincount(field.match[people], minlength=m)
    exits = np.full(m, 4 * outside, dtype=field.costs.dtype)
    np.minimum.at(exits, field.match[people], outside - held[people])
    exits[left > 0] = 0
    away = np.full(m + 1, 8 * outside, dtype=field.costs.dtype)
    away[col] = 0
    for _ in range(m + 2):
        nearer = away.copy()
        nearer[m] = min(nearer[m], (away[:m] + exits).min())
        np.minimum.at(nearer, field.cols[moves], away[origin[moves]] + step[moves])
        nearer[:m] = np.minimum(nearer[:m], nearer[m])
        if np.array_equal(nearer, away):
            return away
        away = nearer
    raise ValueError("match: not of least cost, a chain of moves would improve it")
