"""Who would rather have a place that somebody else has, and where both sides would rather."""

from __future__ import annotations

import dataclasses
import functools

import numpy as np

from matching.costs import priority_levels
from matching.explaining.acceptance import Seen
from matching.explaining.basis import Basis
from matching.explaining.chains import Ints
from matching.explaining.options import Options
from matching.explaining.wishes import Wishes
from matching.market import Market
from matching.plan import Plan


@dataclasses.dataclass(frozen=True, slots=True)
class Envy:
    """A ``candidate`` and a ``placement`` they would rather have than what they hold.

    ``over`` is the person there whom the placement's own order puts last and below this one;
    ``None`` where it has a free place. Either makes a blocking pair: both sides would rather.
    """

    candidate: str
    placement: str
    over: str | None


class Holders:
    """Who is at each placement, and how its own order sees them.

    A placement's own order is its ranking if it has one, then priority group, minutes, lottery:
    that of the ``stable`` mechanism, whatever mechanism made the plan.
    """

    def __init__(self, basis: Basis) -> None:
        self.basis, self.market = basis, basis.market
        self.wishes = Wishes(basis, "stable")
        self.groups = priority_levels(basis.market)
        self.levels: dict[int, list[dict[str, int]]] = {}
        self.lowest: dict[int, tuple[Seen, int]] = {}
        for row, col, choice, minutes in self._pairs():
            of_one = {"priority": int(self.groups[row]), "choice": choice, "travel": minutes}
            self.levels.setdefault(col, []).append(of_one)
            if row not in basis.pinned:
                seen = self.wishes.seen(row, col, minutes), row
                self.lowest[col] = min(self.lowest.get(col, seen), seen)

    def _pairs(self) -> list[tuple[int, int, int, int]]:
        edges, levels = self.basis.placed_edges, self.basis.placed_levels
        columns = (edges.rows, edges.cols, levels["choice"], levels["travel"])
        return list(zip(*(column.tolist() for column in columns), strict=True))

    def is_ahead(self, row: int, col: int, minutes: int) -> bool:
        """Whether a placement's own order puts a person before someone it has."""
        return col in self.lowest and self.lowest[col][0] < self.wishes.seen(row, col, minutes)

    @functools.cached_property
    def n_open(self) -> Ints:
        """How many placements are open to each free person, int64[N]."""
        rows = self.basis.rows[self.market.capacities[self.basis.cols] > 0]
        return np.bincount(rows, minlength=len(self.basis.match))

    def have_no_other(self, col: int) -> bool:
        """Whether everyone at a placement, none of them pinned, could take no other."""
        rows = np.flatnonzero(self.basis.held == col)
        return bool(len(rows) and (self.n_open[rows] == 1).all())

    def employer_is_full(self, col: int) -> bool:
        """Whether the employer of a placement has as many people as its cap allows."""
        rules = self.basis.rules
        host = int(rules.host_of[col])
        if host < 0:
            return False
        used, _ = rules.count(self.basis.match)
        return bool(used[host] >= rules.host_left[host])


def blocking_pairs(market: Market, plan: Plan) -> list[Envy]:
    """Every person and placement that would both rather have each other, by id.

    Parameters
    ----------
    market : Market
    plan : Plan
        Of this market.

    Returns
    -------
    list of Envy
        None under ``stable``. Pinned people and those they would have to push out are left out,
        and so are free places of an employer that has all the people its cap allows.

    Raises
    ------
    PlanError
        When the plan is of another market.

    Notes
    -----
    A person's order is choice, then minutes, then lottery. O(E) for E eligible pairs.

    Examples
    --------
    >>> from matching.solve import solve
    >>> people = [{"id": "a", "choices": ["x"]}, {"id": "b", "choices": ["x", "y"]}]
    >>> places = [{"id": "x", "ranking": ["b", "a"]}, {"id": "y"}]
    >>> market = Market(people, places, {"travel": "none", "only_ranked": True})
    >>> blocking_pairs(market, solve(market))
    [Envy(candidate='b', placement='x', over='a')]
    """
    basis = Basis(market, plan)
    holders = Holders(basis)
    found = []
    for at in np.flatnonzero(_would_rather(basis, holders.wishes)).tolist():
        row, col = int(basis.rows[at]), int(basis.cols[at])
        over = _over(holders, row, col, int(basis.pairs["travel"][at]))
        if over is not None:
            person = str(market.candidates.ids[row])
            name = str(market.candidates.ids[over]) if over >= 0 else None
            found.append(Envy(person, basis.name(col), name))
    return sorted(found, key=lambda one: (one.candidate, one.placement))


def _would_rather(basis: Basis, wishes: Wishes) -> np.ndarray:
    """Which eligible pairs a person would rather have than what they hold, bool[E]."""
    pairs = Options(basis.cols, basis.pairs["choice"], basis.pairs["travel"])
    order = np.lexsort((*wishes.keys(pairs), basis.rows))
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order))
    own = np.full(len(basis.match), len(order), dtype=np.int64)
    held = basis.match[basis.rows] == basis.cols
    own[basis.rows[held]] = place[held]
    return place < own[basis.rows]


def _over(holders: Holders, row: int, col: int, minutes: int) -> int | None:
    """The row that a placement would give up for this one, -1 for a free place, else ``None``."""
    basis = holders.basis
    free = basis.capacities[col] > (basis.match == col).sum()
    if free and not holders.employer_is_full(col):
        return -1
    return holders.lowest[col][1] if holders.is_ahead(row, col, minutes) else None
