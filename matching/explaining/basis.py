"""What explanations stand on: a market's eligible pairs, their levels, and the plan's match."""

from __future__ import annotations

import functools

import numpy as np

from matching.columnar.columns import Wholes
from matching.costs import LOTTERY_BITS, choice_levels, lottery_levels, priority_levels
from matching.edges import Edges, eligible_edges
from matching.eligibility import choice_ranks
from matching.errors import PlanError
from matching.explaining.chains import Ints
from matching.explaining.residual import Residual
from matching.explaining.scale import Scale
from matching.market import Market
from matching.pins import take_pins
from matching.plan import Plan
from matching.travel import Journeys

MOST_MINUTES = 180
OTHER_CHOICE = 7
EXACT, ACCEPTANCE, OTHER = "exact", "acceptance", "other"


class Basis:
    """One market and its plan as arrays, without the people who are pinned.

    ``rows``, ``cols`` int64[E] are the free pairs that only a lack of places could keep apart,
    ``levels`` their levels by objective,
    ``capacities`` the seats that pins leave, ``match`` int64[N] the column of each free person.
    ``kind`` says how a change can be worked out: ``exact`` (optimal, proven by prices),
    ``acceptance`` (the other mechanisms) or ``other`` (only by solving again).

    Raises
    ------
    PlanError
        When the plan is of another market.
    """

    def __init__(self, market: Market, plan: Plan) -> None:
        if plan.market_sha256 != market.sha256:
            raise PlanError("explain: the plan was made for another market")
        self.market, self.plan = market, plan
        edges = eligible_edges(_with_doors_open(market))
        self.pinned, self.rules = take_pins(market, edges)
        self.placed_edges = self._placed(edges)
        free = ~np.isin(edges.rows, np.array(list(self.pinned), dtype=np.int64))
        self.edges = edges.where(free)
        self.rows, self.cols = (
            part.astype(np.int64) for part in (self.edges.rows, self.edges.cols)
        )
        self.bits = int(plan.certificate.get("lottery_bits", LOTTERY_BITS))
        found = pair_levels(market, self.edges)
        found |= {name: level[self.rows] for name, level in self.person_levels.items()}
        self.pairs = found
        self.levels = {name: found[name] for name in market.policy.objectives}
        self.capacities = self.rules.seats
        self.match = self.held.copy()
        self.match[list(self.pinned)] = -1

    def _placed(self, edges: Edges) -> Edges:
        """The pairs that the plan uses, pinned ones too."""
        self.held = np.full(len(self.market.candidates), -1, dtype=np.int64)
        for one in self.plan.assignments:
            self.held[self.market.row_of[one.candidate]] = self.market.col_of[one.placement]
        return edges.where(self.held[edges.rows] == edges.cols)

    @functools.cached_property
    def placed_levels(self) -> dict[str, Ints]:
        """The levels of the pairs that the plan uses."""
        return pair_levels(self.market, self.placed_edges)

    @property
    def kind(self) -> str:
        """How a change can be worked out."""
        policy = self.market.policy
        if policy.mechanism == "optimal":
            return EXACT if self.plan.certificate.get("kind") == "exact" else OTHER
        one_by_one = not policy.shares and not self.rules.floor.any() and not self.rules.low.any()
        return ACCEPTANCE if one_by_one else OTHER

    @functools.cached_property
    def person_levels(self) -> dict[str, Ints]:
        """The levels that depend on the person alone, int64[N] by objective."""
        found = {
            "priority": priority_levels(self.market),
            "lottery": lottery_levels(self.market, self.bits),
        }
        return {name: found[name] for name in self.market.policy.objectives if name in found}

    @functools.cached_property
    def scale(self) -> Scale:
        """The weights of one chain of moves."""
        tops = {name: int(level.max(initial=0)) for name, level in self.levels.items()}
        tops |= {"choice": OTHER_CHOICE, "priority": len(self.market.policy.priority_groups)}
        if "travel" in tops:
            tops["travel"] = max(tops["travel"], MOST_MINUTES)
        if "lottery" in tops:
            tops["lottery"] = (1 << self.bits) - 1
        longest = min(*self.market_size(), int(self.capacities.sum())) + 3
        return Scale(self.market.policy.tiers, tops, longest)

    def name(self, col: int) -> str:
        """The id of a placement."""
        return str(self.market.placements.ids[col])

    def market_size(self) -> tuple[int, int]:
        """How many people and how many placements."""
        return len(self.market.candidates), len(self.market.placements)

    @functools.cached_property
    def residual(self) -> Residual:
        """The plan's match with what every change of it would cost."""
        costs = self.scale.cost(self.levels)
        outside = self.scale.outside
        return Residual(self.rows, self.cols, costs, self.capacities, self.match, outside)

    def keeps_rules(self, match: Ints) -> bool:
        """Whether a match of the free people breaks no side rule.

        What is best for the seats alone and breaks none is best under the rules as well.
        """
        return not self.rules.bind_single or not self.rules.broken_by(match)


def _with_doors_open(market: Market) -> Market:
    """The market with a place where there is none, so that one more can be asked about."""
    if not len(market.capacities) or market.capacities.all():
        return market
    at_least = {
        name: Wholes(
            np.where(market.placements.wholes(name) == 0, 1, market.placements.wholes(name))
        )
        for name in ("capacity", "capacity_min")
    }
    return market.with_parts(placements=market.placements.replaced(**at_least))


def as_edges(market: Market, rows: Ints, cols: Ints, trips: Journeys) -> Edges:
    """Pairs with their journeys, eligible or not."""
    ranks = choice_ranks(market, rows, cols)
    journey = (trips.there, trips.back, trips.metres, trips.mode)
    return Edges(rows, cols, *journey, ranks, trips.estimate)


def pair_levels(market: Market, edges: Edges) -> dict[str, Ints]:
    """The levels that depend on the pair, int64[E]: choice and the longer journey."""
    return {
        "choice": choice_levels(market, edges).astype(np.int64),
        "travel": np.maximum(edges.there, edges.back).astype(np.int64),
    }
