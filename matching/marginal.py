"""What one more place and one place fewer at each placement would exactly do to a round."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np

from matching.explaining.acceptance import Acceptance, one_more_each
from matching.explaining.basis import ACCEPTANCE, EXACT, Basis
from matching.explaining.chains import Ints
from matching.explaining.later import when_later
from matching.explaining.one_more import goes_to_with_one_more, new_at
from matching.explaining.residual import Residual
from matching.explaining.wishes import Wishes, empty_desks
from matching.market import Market
from matching.plan import Plan


@dataclasses.dataclass(frozen=True, slots=True)
class Effect:
    """The difference a change makes to the whole round.

    ``placed`` people more (or fewer, below 0), and the difference in the sum of each objective
    over everyone placed, lower being better: as numbers by the names of its tier.
    """

    placed: int
    objectives: dict[str, int]


@dataclasses.dataclass(frozen=True, slots=True)
class Worth:
    """What the places of one placement are worth.

    ``one_more`` and ``one_fewer`` are ``None`` where the answer is only to be had by solving
    again (side rules that bind or would, employers' caps under the other mechanisms),
    ``one_fewer`` also where there is no place. ``goes_to`` is who would certainly hold one more
    place, if anyone.
    """

    placement: str
    one_more: Effect | None
    one_fewer: Effect | None
    goes_to: str | None

    def to_dict(self) -> dict[str, Any]:
        """The figures as plain values."""
        return dataclasses.asdict(self)


def worth_of_places(market: Market, plan: Plan) -> dict[str, Worth]:
    """The exact value of one more and of one fewer place, for every placement.

    Parameters
    ----------
    market : Market
    plan : Plan
        Of this market.

    Returns
    -------
    dict of str to Worth
        By placement id.

    Raises
    ------
    PlanError
        When the plan is of another market.

    Notes
    -----
    Under ``optimal`` they are the smallest and the largest optimal prices, found as shortest
    paths in the residual graph: a price that some solver happens to return lies anywhere
    between, and is not what a place is worth. Two searches over the edges serve all placements.

    Examples
    --------
    >>> from matching.solve import solve
    >>> people = [{"id": "ann", "choices": ["shop"]}, {"id": "bob", "choices": ["shop"]}]
    >>> market = Market(people, [{"id": "shop"}], {"travel": "none"})
    >>> worth = worth_of_places(market, solve(market))["shop"]
    >>> worth.one_more.placed, worth.one_fewer.placed
    (1, -1)
    """
    basis = Basis(market, plan)
    more, fewer, people = _effects(basis)
    found = {}
    for col in sorted(range(len(market.placements)), key=basis.name):
        gets = people.get(col, [])
        name = str(market.candidates.ids[gets[0]]) if len(gets) == 1 else None
        found[basis.name(col)] = Worth(basis.name(col), more.get(col), fewer.get(col), name)
    return found


def worth_of_later_starts(
    market: Market, plan: Plan, placement_ids: Iterable[str]
) -> dict[str, int | None]:
    """How many more people would be placed if a placement started half an hour later, each alone.

    Parameters
    ----------
    market : Market
    plan : Plan
        Of this market.
    placement_ids : iterable of str

    Returns
    -------
    dict of str to int or None
        ``None`` for a placement without shifts or places, and where only solving again can tell.

    Raises
    ------
    PlanError
        When the plan is of another market.

    Examples
    --------
    >>> from matching.solve import solve
    >>> ann = {"id": "ann", "availability": [[0, 570, 1080]]}
    >>> shop = {"id": "shop", "shifts": [[0, 540, 1020]]}
    >>> market = Market([ann], [shop], {"travel": "none"})
    >>> worth_of_later_starts(market, solve(market), ["shop"])
    {'shop': 1}
    """
    basis = Basis(market, plan)
    now = int((basis.match >= 0).sum())
    wanted: dict[int, tuple[int, ...]] = {market.col_of[name]: () for name in placement_ids}
    then = {later.col: later.placed - now for later in when_later(basis, wanted)}
    return {basis.name(col): then.get(col) for col in wanted}


Effects = dict[int, Effect]
Gets = dict[int, list[int]]


def _effects(basis: Basis) -> tuple[Effects, Effects, Gets]:
    """What one more and one fewer place do by column, and the rows that one more would go to."""
    if basis.kind == EXACT and not basis.market.policy.shares:
        people = goes_to_with_one_more(basis, range(len(basis.capacities)))
        return *_by_prices(basis), people
    if basis.kind == ACCEPTANCE and not basis.market.host_caps:
        return _by_asking(basis)
    return {}, {}, {}


def _by_prices(basis: Basis) -> tuple[Effects, Effects]:
    graph = basis.residual
    more = {
        col: _effect(basis, -int(gain))
        for col, gain in enumerate(graph.gain.tolist())
        if _keeps_rules(basis, col, Residual.add_seat)
    }
    fewer = {
        col: _effect(basis, int(loss))
        for col, loss in enumerate(graph.loss.tolist())
        if basis.capacities[col] and _keeps_rules(basis, col, Residual.take_seat)
    }
    return more, fewer


def _keeps_rules(basis: Basis, col: int, change: Callable[[Residual, int], None]) -> bool:
    """Whether the best match for the seats alone still breaks no side rule after a change."""
    if not basis.rules.bind_single:
        return True
    after = basis.residual.twin()
    change(after, col)
    return basis.keeps_rules(after.match)


def _effect(basis: Basis, cost: int) -> Effect:
    unplaced, sums = basis.scale.read(cost)
    return Effect(-unplaced, sums)


def _by_asking(basis: Basis) -> tuple[Effects, Effects, Gets]:
    wishes = Wishes(basis)
    empty = empty_desks(wishes)
    base = empty.twin()
    base.let_in(range(len(wishes.of_all)))
    totals = _Totals(basis)
    now = totals.of(base)
    more: Effects = {}
    people: Gets = {}
    for col, state in one_more_each(empty, range(len(basis.capacities))):
        more[col], people[col] = totals.since(now, state), new_at(basis, state, col)
    fewer = {col: totals.since(now, state) for col, state in _one_fewer_each(base)}
    return more, fewer, people


def _one_fewer_each(base: Acceptance) -> Iterator[tuple[int, Acceptance]]:
    for col, seats in enumerate(base.seats):
        if seats:
            state = base.twin()
            state.take_seat(col)
            yield col, state


class _Totals:
    """Sums of the objectives over a match."""

    def __init__(self, basis: Basis) -> None:
        self.basis, self.width = basis, len(basis.capacities)
        self.keys = basis.rows * self.width + basis.cols

    def of(self, state: Acceptance) -> Effect:
        """The sums themselves."""
        match: Ints = np.array(state.match, dtype=np.int64)
        rows = np.flatnonzero(match >= 0)
        at = np.searchsorted(self.keys, rows * self.width + match[rows])
        sums = {name: int(level[at].sum()) for name, level in self.basis.levels.items()}
        return Effect(len(rows), self.basis.scale.by_tier(sums))

    def since(self, now: Effect, state: Acceptance) -> Effect:
        """What has changed."""
        then = self.of(state)
        sums = {name: value - now.objectives[name] for name, value in then.objectives.items()}
        return Effect(then.placed - now.placed, sums)
