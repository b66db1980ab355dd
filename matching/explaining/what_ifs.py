"""What would have changed a person's answer: one fact at a time, each worked out again.

Nothing is guessed: the round without the person is an exact answer of its own, and from it follows
where they would be with any other facts, whatever settles ties. A change is told only if it would
certainly give them that place.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import numpy as np

from matching import words
from matching.columnar.table import read_records
from matching.costs import LIKED
from matching.eligibility import Refusal
from matching.explaining.basis import OTHER, Basis
from matching.explaining.cases import Case
from matching.explaining.chains import Ints
from matching.explaining.later import when_later
from matching.explaining.one_more import goes_to_with_one_more
from matching.explaining.options import Table
from matching.explaining.variants import KINDS, other_dates, other_ways
from matching.explaining.worlds import SolvingWorld, worlds
from matching.facts import Fact, Proposal
from matching.market import Market
from matching.records import Candidate

MOST_CHANGES = 3
ONE_MORE, LATER = 60, 45
DATES_ONLY = int(Refusal.DATES | Refusal.AGE)
TRAVEL_ONLY = int(Refusal.TRAVEL_TOO_LONG | Refusal.TRAVEL_NO_SERVICE)
FOR_ONE_MORE = np.array([0, Refusal.FULL], dtype=np.int64)
LATER_ONLY = np.array(
    [
        Refusal.HOURS,
        Refusal.TRAVEL_NO_SERVICE,
        Refusal.TRAVEL_TOO_LONG,
        Refusal.HOURS | Refusal.TRAVEL_NO_SERVICE,
        Refusal.HOURS | Refusal.TRAVEL_TOO_LONG,
    ],
    dtype=np.int64,
)


@dataclasses.dataclass(frozen=True, slots=True)
class Change:
    """One fact changed, and the placement that the person would certainly have then.

    ``of`` is ``candidate`` (the person) or ``placement`` (the one they would have), ``field`` and
    ``value`` its field with the value that changes the answer; ``told`` is that value in words and
    ``size`` orders changes, the smallest first.
    """

    rule: str
    placement: str
    told: Any
    of: str
    field: str
    value: Any
    size: int

    def to_dict(self) -> dict[str, Any]:
        """The change as plain values, with its sentence."""
        return {
            "placement": self.placement,
            "rule": self.rule,
            "fact": self.told,
            "of": self.of,
            "field": self.field,
            "value": _plain(self.value),
            "words": words.change(self.rule, self.told),
        }


def _plain(value: Any) -> Any:
    return [_plain(item) for item in value] if isinstance(value, tuple) else value


def changes_of(basis: Basis, table: Table) -> dict[int, list[Change]]:
    """For each row of a table, up to three smallest changes that would have changed the answer.

    Empty for people with their first choice and for pinned people. Where side rules bind, so that
    a change can only be worked out by solving again, that is done for a table of one person and
    left alone for more; :func:`why_untold` says so.
    """
    asking = {int(row): at for at, row in enumerate(table.rows.tolist()) if _wants(basis, row)}
    found: dict[int, list[Change]] = {int(row): [] for row in table.rows.tolist()}
    told = {row: _variants(basis, table, row, at) for row, at in asking.items()}
    proposed = other_people(basis, told)
    now = {row: table.open_to(at) for row, at in asking.items()}
    for row, world in worlds(basis, now):
        at, person = asking[row], basis.market.candidates[row]
        case = Case(table, at, person, now[row], _level(basis, table, at), world)
        found[row] += _found(case, proposed.get(row, []))
    for row, change in _of_placements(basis, table, asking):
        found[row].append(change)
    return {row: sorted(some, key=_smallest)[:MOST_CHANGES] for row, some in found.items()}


def why_untold(basis: Basis, table: Table) -> dict[int, str]:
    """For each row of a table whose changes were left alone, why, in one sentence."""
    if basis.kind != OTHER:
        return {}
    asking = [row for row in table.rows.tolist() if _wants(basis, row)]
    if basis.market.policy.seconds:
        return dict.fromkeys(asking, words.UNTOLD_IN_TIME)
    return dict.fromkeys(asking, words.UNTOLD) if len(asking) > 1 else {}


def _smallest(change: Change) -> tuple[int, str, str]:
    return change.size, change.rule, change.placement


def _wants(basis: Basis, row: int) -> bool:
    """Whether a person could be better off: not pinned, and without their first choice."""
    if row in basis.pinned:
        return False
    col, choices = int(basis.held[row]), basis.market.candidates[row].choices
    return col < 0 or (bool(choices) and basis.name(col) != choices[0])


def _level(basis: Basis, table: Table, at: int) -> int | None:
    col = int(basis.held[table.rows[at]])
    return None if col < 0 else int(table.choice[at, col])


def _found(case: Case, ready: list[Proposal]) -> Iterator[Change]:
    for kind in KINDS:
        yield from _first(case, kind(case))
    for rule in ("DATES", "MODE"):
        own = [one for one in ready if one.fact.rule == rule]
        yield from _first(case, (one for one in own if len(case.hopeful(one.options).cols)))


def _first(case: Case, proposals: Iterable[Proposal]) -> Iterator[Change]:
    """The first proposal that changes the answer."""
    for one in proposals:
        col = case.outcome(one)
        if col is not None:
            yield _change(one.fact, case.table.name(col))
            return


def _change(fact: Fact, placement: str) -> Change:
    return Change(fact.rule, placement, fact.told, fact.of, fact.field, fact.value, fact.size)


def other_people(
    basis: Basis, told: Mapping[int, list[tuple[Fact, Candidate]]]
) -> dict[int, list[Proposal]]:
    """What would be open to people, by row, if they were as each of these says instead."""
    proposals: dict[int, list[Proposal]] = {row: [] for row in told}
    for turn in range(max((len(some) for some in told.values()), default=0)):
        some = {row: variants[turn] for row, variants in told.items() if turn < len(variants)}
        market = with_people(basis.market, [person for _, person in some.values()])
        rows = np.array([market.row_of[person.id] for _, person in some.values()], dtype=np.int64)
        other = Table(market, rows)
        for at, (row, (fact, _)) in enumerate(some.items()):
            proposals[row].append(Proposal(fact, other.open_to(at)))
    return proposals


def _variants(basis: Basis, table: Table, row: int, at: int) -> list[tuple[Fact, Candidate]]:
    person, bits = basis.market.candidates[row], table.bits[at]
    by_dates = np.flatnonzero((bits & Refusal.DATES > 0) & (bits & ~DATES_ONLY == 0))
    wanted = [basis.market.placements[c] for c in by_dates.tolist()]
    if basis.held[row] >= 0:
        wanted = [place for place in wanted if place.id in person.choices]
        return other_dates(person, wanted)
    by_travel = (bits > 0) & (bits & ~TRAVEL_ONLY == 0)
    ways = other_ways(person) if by_travel.any() and basis.market.policy.travel != "none" else []
    return [*other_dates(person, wanted), *ways]


def with_people(market: Market, people: list[Candidate]) -> Market:
    """The placements of a market with other people, and no pins."""
    policy = dataclasses.replace(market.policy, pins=())
    return market.with_parts(candidates=read_records(Candidate, people), policy=policy)


def _of_placements(
    basis: Basis, table: Table, asking: dict[int, int]
) -> Iterator[tuple[int, Change]]:
    """One more place, or shifts that start half an hour later, where that gives it to someone."""
    wanted = _wanted(basis, table, asking, FOR_ONE_MORE)
    for col, rows in goes_to_with_one_more(basis, sorted(wanted)).items():
        seats = int(basis.market.capacities[col]) + 1
        fact = Fact("ONE_MORE", None, "placement", "capacity", seats, ONE_MORE)
        for row in wanted[col] & set(rows):
            yield row, _change(fact, basis.name(col))
    if basis.kind == OTHER and len(asking) == 1:
        yield from _solved_with_one_more(basis, wanted)
    wanted = _wanted(basis, table, asking, LATER_ONLY)
    for later in when_later(basis, wanted):
        fact = Fact("LATER_START", None, "placement", "shifts", later.shifts, LATER)
        for row in wanted[later.col] & set(later.new):
            yield row, _change(fact, basis.name(later.col))


def _solved_with_one_more(
    basis: Basis, wanted: dict[int, set[int]]
) -> Iterator[tuple[int, Change]]:
    """One more place at what one person would rather have, by solving again a few times."""
    for col, (row,) in sorted(wanted.items())[:MOST_CHANGES]:
        world = SolvingWorld(basis, row)
        seats = int(basis.market.capacities[col]) + 1
        more = basis.market.with_capacity(basis.name(col), seats)
        if world.tries and world.held(more) == col:
            fact = Fact("ONE_MORE", None, "placement", "capacity", seats, ONE_MORE)
            yield row, _change(fact, basis.name(col))


def _wanted(
    basis: Basis, table: Table, asking: dict[int, int], refused: Ints
) -> dict[int, set[int]]:
    """Placements that people would rather have and that nothing but this refuses, with who.

    Only ranked ones, but one more place is asked about anywhere for a person without a place.
    """
    wanted: dict[int, set[int]] = {}
    for row, at in asking.items():
        level = _level(basis, table, at)
        fits = np.isin(table.bits[at], refused)
        if level is not None or refused is not FOR_ONE_MORE:
            fits &= table.choice[at] < min(LIKED if level is None else level, LIKED)
        for col in np.flatnonzero(fits).tolist():
            wanted.setdefault(col, set()).add(row)
    return wanted
