"""What some people could take: every placement, with what refuses it and its levels."""

from __future__ import annotations

import dataclasses
import functools

import numpy as np

from matching.costs import choice_levels
from matching.eligibility import Refusal, refusals
from matching.explaining.basis import Basis, as_edges
from matching.explaining.chains import Ints
from matching.market import Market
from matching.predicates import Bools, covered
from matching.records import Spans
from matching.travel import journeys


@dataclasses.dataclass(frozen=True, slots=True)
class Options:
    """Placements open to one person: ``cols``, their choice level and longer journey, int64[K]."""

    cols: Ints
    choice: Ints
    minutes: Ints

    def at(self, which: Ints) -> Options:
        """The options at these positions."""
        return Options(self.cols[which], self.choice[which], self.minutes[which])

    def ranked(self, rank: int) -> Options:
        """The same placements as choices of this rank."""
        return Options(self.cols, np.full(len(self.cols), rank, dtype=np.int64), self.minutes)

    def joined(self, other: Options) -> Options:
        """These and others besides."""
        return Options(
            np.r_[self.cols, other.cols],
            np.r_[self.choice, other.choice],
            np.r_[self.minutes, other.minutes],
        )


class Table:
    """Some people of a market against all its placements.

    ``bits``, ``choice``, ``minutes``, ``there``, ``back``, ``mode`` and ``estimate`` are [A, M],
    one line a person in the order of ``rows``.
    """

    def __init__(self, market: Market, rows: Ints) -> None:
        self.market, self.rows = market, rows
        self._free: dict[Spans, Bools] = {}
        m = len(market.placements)
        people, cols = np.repeat(rows, m), np.tile(np.arange(m, dtype=np.int64), len(rows))
        trips = journeys(market, people, cols)
        shape = (len(rows), m)
        self.bits = refusals(market, people, cols, trips).reshape(shape)
        edges = as_edges(market, people, cols, trips)
        self.choice = choice_levels(market, edges).reshape(shape)
        self.minutes = np.maximum(trips.there, trips.back).reshape(shape)
        self.trips = {
            name: getattr(trips, name).reshape(shape)
            for name in ("there", "back", "mode", "estimate")
        }

    @functools.cached_property
    def needs(self) -> list[tuple[str, ...]]:
        """What each placement needs."""
        kinds = self.market.placements.kinds("needs")
        return [kinds.values[code] for code in kinds.codes.tolist()]

    @functools.cached_property
    def shifts(self) -> list[Spans]:
        """The shifts of each placement."""
        kinds = self.market.placements.kinds("shifts")
        return [kinds.values[code] for code in kinds.codes.tolist()]

    def free_for(self, free: Spans) -> Bools:
        """Which placements have all their hours in these, bool[M]."""
        if free not in self._free:
            kinds = self.market.placements.kinds("shifts")
            self._free[free] = covered([free], kinds.values)[0][kinds.codes]
        return self._free[free]

    def name(self, col: int) -> str:
        """The id of a placement."""
        return str(self.market.placements.ids[col])

    def options(self, at: int, cols: Ints) -> Options:
        """Some placements of one line, eligible or not."""
        return Options(cols, self.choice[at, cols], self.minutes[at, cols])

    def open_to(self, at: int) -> Options:
        """What the person of one line can take as things are."""
        return self.options(at, np.flatnonzero(self.bits[at] == 0))

    def refused_only_by(self, at: int, rule: Refusal) -> Ints:
        """The placements that this rule alone keeps from the person of one line."""
        return np.flatnonzero(self.bits[at] == int(rule))


def levels_for(basis: Basis, row: int, options: Options) -> dict[str, Ints]:
    """The levels of a person's options by objective, as the policy would count them."""
    size = len(options.cols)
    found = {"choice": options.choice, "travel": options.minutes}
    for name, level in basis.person_levels.items():
        found[name] = np.full(size, level[row])
    return {name: found[name] for name in basis.market.policy.objectives}
