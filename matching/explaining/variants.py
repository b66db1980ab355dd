"""Facts of a person that could be otherwise, one at a time, the smallest change of each kind first.

A longer journey, something a placement needs, other hours, one more choice, other dates, one more
way of travelling. Each proposal carries all that would be open then, by the same rules as ever.
"""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Iterator

import numpy as np

from matching import words
from matching.eligibility import Refusal
from matching.explaining.basis import MOST_MINUTES
from matching.explaining.cases import Case
from matching.explaining.chains import Ints
from matching.explaining.options import Options
from matching.facts import Fact, Proposal
from matching.records import MAX_CHOICES, MODES, Candidate, Placement, Spans

HALF_AN_HOUR, END_OF_SPAN = 30, 2880
A_CHOICE, A_DAY, A_MODE, A_NEED = 20, 5, 120, 240
TRIES = 3


def longer_journeys(case: Case) -> Iterator[Proposal]:
    """A longer travel limit, by the minute that makes a difference."""
    opened = case.opened(case.table.refused_only_by(case.at, Refusal.TRAVEL_TOO_LONG))
    opened = opened.at(np.flatnonzero(opened.minutes <= MOST_MINUTES))
    for limit in np.unique(case.hopeful(opened).minutes)[:TRIES].tolist():
        size = limit - case.person.max_minutes
        fact = Fact("TRAVEL_TOO_LONG", limit, "candidate", "max_minutes", limit, size)
        near = opened.at(np.flatnonzero(opened.minutes <= limit))
        yield Proposal(fact, case.now.joined(near))


def needs_met(case: Case) -> Iterator[Proposal]:
    """What a placement needs, if the person had it."""
    cols = case.table.refused_only_by(case.at, Refusal.NEEDS)
    missing = {int(c): frozenset(case.table.needs[c]) - set(case.person.has) for c in cols}
    hopeful = case.hopeful(case.opened(cols)).cols.tolist()
    for more in sorted({missing[c] for c in hopeful}, key=lambda s: (len(s), sorted(s)))[:TRIES]:
        has = tuple(sorted({*case.person.has, *more}))
        fact = Fact("NEEDS", words.needs(set(more)), "candidate", "has", has, A_NEED * len(more))
        opened = np.array([c for c, needs in missing.items() if needs <= more], dtype=np.int64)
        yield Proposal(fact, case.now.joined(case.opened(opened)))


def half_an_hour(case: Case) -> Iterator[Proposal]:
    """Free half an hour earlier or later on every day, where that could matter."""
    cols = case.table.refused_only_by(case.at, Refusal.HOURS)
    if case.person.availability and len(case.hopeful(case.opened(cols)).cols):
        yield from half_hours(case)


def half_hours(case: Case) -> Iterator[Proposal]:
    """Free half an hour later, then earlier, on every day."""
    free = case.person.availability
    early = tuple((d, max(start - HALF_AN_HOUR, 0), end) for d, start, end in free)
    late = tuple((d, start, min(end + HALF_AN_HOUR, END_OF_SPAN)) for d, start, end in free)
    cols = case.table.refused_only_by(case.at, Refusal.HOURS)
    for rule, value in (("FINISH_LATER", late), ("START_EARLIER", early)):
        fact = Fact(rule, HALF_AN_HOUR, "candidate", "availability", value, HALF_AN_HOUR)
        yield Proposal(fact, case.now.joined(_covered(case, cols, value)))


def more_minutes(case: Case, more: int) -> Proposal:
    """A travel limit some minutes longer."""
    limit = case.person.max_minutes + more
    opened = case.opened(case.table.refused_only_by(case.at, Refusal.TRAVEL_TOO_LONG))
    near = opened.at(np.flatnonzero(opened.minutes <= limit))
    fact = Fact("TRAVEL_TOO_LONG", limit, "candidate", "max_minutes", limit, more)
    return Proposal(fact, case.now.joined(near))


def one_need(case: Case, need: str) -> Proposal:
    """One thing more that placements need."""
    has = {*case.person.has, need}
    cols = case.table.refused_only_by(case.at, Refusal.NEEDS)
    opened = np.array([c for c in cols.tolist() if has.issuperset(case.table.needs[c])], np.int64)
    fact = Fact("NEEDS", words.needs({need}), "candidate", "has", tuple(sorted(has)), A_NEED)
    return Proposal(fact, case.now.joined(case.opened(opened)))


def its_hours(case: Case) -> Iterator[Proposal]:
    """Free in the hours of one placement as well."""
    cols = case.table.refused_only_by(case.at, Refusal.HOURS)
    hopeful = case.hopeful(case.opened(cols)).cols.tolist()
    asked = {case.table.shifts[col]: None for col in hopeful}
    for shifts in sorted(asked, key=_minutes_a_week)[:TRIES]:
        value = case.person.availability + shifts
        size = HALF_AN_HOUR + _minutes_a_week(shifts) // 5
        fact = Fact("HOURS", words.hours(shifts), "candidate", "availability", value, size)
        yield Proposal(fact, case.now.joined(_covered(case, cols, value)))


def _minutes_a_week(shifts: Spans) -> int:
    return sum(end - start for _, start, end in shifts)


def _covered(case: Case, cols: Ints, free: Spans) -> Options:
    """The placements among ``cols`` whose hours all lie in ``free``."""
    return case.opened(cols[case.table.free_for(free)[cols]])


def another_choice(case: Case) -> Iterator[Proposal]:
    """One placement more at the end of the ranked choices of a person without a place."""
    rank = len(case.person.choices)
    if case.level is not None or rank >= MAX_CHOICES:
        return
    unranked = case.table.refused_only_by(case.at, Refusal.UNRANKED)
    open_now = case.now.at(np.flatnonzero(case.now.choice >= MAX_CHOICES))
    ranked = open_now.joined(case.opened(unranked)).ranked(rank)
    hopeful = case.hopeful(ranked)
    order = np.lexsort((hopeful.cols, hopeful.minutes))[:TRIES]
    for col in hopeful.cols[order].tolist():
        choices = (*case.person.choices, case.table.name(col))
        fact = Fact("CHOICE", None, "candidate", "choices", choices, A_CHOICE)
        others = case.now.at(np.flatnonzero(case.now.cols != col))
        one = ranked.at(np.flatnonzero(ranked.cols == col))
        yield Proposal(fact, others.joined(one))


KINDS = (longer_journeys, needs_met, half_an_hour, its_hours, another_choice)


def other_ways(person: Candidate) -> list[tuple[Fact, Candidate]]:
    """The person with one more way of travelling."""
    found = []
    for at, mode in enumerate(m for m in MODES if m not in person.modes):
        modes = (*person.modes, mode)
        fact = Fact("MODE", words.BY[mode], "candidate", "modes", modes, A_MODE + at)
        found.append((fact, dataclasses.replace(person, modes=modes)))
    return found


def other_dates(person: Candidate, wanted: list[Placement]) -> list[tuple[Fact, Candidate]]:
    """The person starting as much sooner or later as each placement asks."""
    found: dict[tuple[str, str], tuple[Fact, Candidate]] = {}
    for place in wanted:
        if person.start_from and place.start_to and person.start_from > place.start_to:
            key = ("start_from", place.start_to)
            size = _days(place.start_to, person.start_from)
        elif person.start_to and place.start_from and person.start_to < place.start_from:
            key = ("start_to", place.start_from)
            size = _days(person.start_to, place.start_from)
        else:
            continue
        field, day = key
        fact = Fact("DATES", words.day(day), "candidate", field, day, A_DAY * size)
        first = day if field == "start_from" else person.start_from
        last = day if field == "start_to" else person.start_to
        found[key] = fact, dataclasses.replace(person, start_from=first, start_to=last)
    return list(found.values())


def _days(first: str, last: str) -> int:
    return (datetime.date.fromisoformat(last) - datetime.date.fromisoformat(first)).days
