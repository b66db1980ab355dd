"""What a person did in each month after a placement, from dated answers; what is called sustained.

An answer to a dated question speaks of the question's day, and of the time since the first day it
names. The same answer to two neighbouring questions, with no first day, speaks of the time between
them as well. Where two answers speak of one day, the one with better evidence stands.

A month is counted from the last day of the placement and is what most of its known days were; at
a tie, what came later. A month with no known day is not known.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from enum import StrEnum
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from placements.domain.checkpoints import LADDER, add_months
from placements.domain.vocabulary import CheckpointKind, OutcomeKind, Source

AFTER_THE_END = (CheckpointKind.W4, CheckpointKind.M3, CheckpointKind.M6, CheckpointKind.M12)
ORDER = {question: n for n, question in enumerate(AFTER_THE_END)}
RANK = {source: n for n, source in enumerate(LADDER)}
N_MONTHS, SIX = 12, 6
WORK_MONTHS, MOST_SWITCHES = 5, 1
LEAST_HOURS, LEAST_DAYS = 16, 26 * 7


class Activity(StrEnum):
    """What counts in a month; everything else that is known counts as none of these."""

    WORK = "work"
    EDUCATION = "education"
    TRAINING = "training"
    APPRENTICESHIP = "apprenticeship"
    NONE = "none of these"


ACTIVITY_OF = {
    OutcomeKind.JOB: Activity.WORK,
    OutcomeKind.SELF: Activity.WORK,
    OutcomeKind.APP: Activity.APPRENTICESHIP,
    OutcomeKind.EDU_FT: Activity.EDUCATION,
    OutcomeKind.EDU_PT: Activity.EDUCATION,
    OutcomeKind.TRAIN: Activity.TRAINING,
    OutcomeKind.UNKNOWN: None,
    OutcomeKind.UNCONTACTABLE: None,
    OutcomeKind.REFUSED: None,
}
"""What an answer counts as; an answer that is not listed is known and counts as none."""
EMPLOYED = (Activity.WORK, Activity.APPRENTICESHIP)
Months = tuple[Activity | None, ...]
"""The status of the twelve months after the end; None is not known."""


class Statement(NamedTuple):
    """An answer to one question: what, since when, and how well it is known."""

    question: CheckpointKind
    about: date
    kind: OutcomeKind
    from_on: date | None = None
    to_on: date | None = None
    hours_per_week: float | None = None
    with_whom: str | None = None
    hired: bool | None = None
    level: Source = Source.SELF


class Spell(NamedTuple):
    """Days, as ordinals and both inclusive, of which one statement speaks."""

    first: int
    last: int
    activity: Activity
    hours_per_week: float | None = None


def list_spells(statements: Iterable[Statement]) -> list[Spell]:
    """Return what is known of which days, no day twice, in order."""
    spells, levels = _read(statements)
    return _without_overlaps(spells, levels)


def _read(statements: Iterable[Statement]) -> tuple[list[Spell], list[int]]:
    """Return the days each statement speaks of, in the order of the questions, and its evidence."""
    spells: list[Spell] = []
    levels: list[int] = []
    before: Statement | None = None
    for statement in sorted(statements, key=lambda s: ORDER[s.question]):
        activity = ACTIVITY_OF.get(statement.kind, Activity.NONE)
        if activity is not None:
            first, last = _bounds(statement, before)
            spells.append(Spell(first, last, activity, statement.hours_per_week))
            levels.append(RANK[statement.level])
        before = statement
    return spells, levels


def _bounds(statement: Statement, before: Statement | None) -> tuple[int, int]:
    about = statement.about.toordinal()
    if statement.kind is OutcomeKind.START_AGREED:
        return about, about
    first = last = about
    if statement.from_on is not None:
        first = statement.from_on.toordinal()
        last = max(about, first)
    elif before is not None and _goes_on(before, statement):
        first = before.about.toordinal() + 1
    if statement.to_on is not None:
        last = min(last, statement.to_on.toordinal())
        first = min(first, last)
    return first, last


def _goes_on(before: Statement, after: Statement) -> bool:
    """Say whether the answer to the question before is the same, and nothing says it ended."""
    if ORDER[after.question] - ORDER[before.question] != 1:
        return False
    named = {s.with_whom for s in (before, after) if s.with_whom}
    hired = {s.hired for s in (before, after) if s.hired is not None}
    is_same = before.kind is after.kind and max(len(named), len(hired)) <= 1
    return is_same and before.to_on is None


def _without_overlaps(spells: Sequence[Spell], levels: Sequence[int]) -> list[Spell]:
    """Cut from each spell the days of which a better one, or an equal later one, speaks."""
    if all(earlier.last < later.first for earlier, later in pairwise(spells)):
        return list(spells)
    kept: list[Spell] = []
    for n in sorted(range(len(spells)), key=lambda n: (levels[n], n), reverse=True):
        pieces = [spells[n]]
        for better in kept:
            pieces = [piece for whole in pieces for piece in _cut(whole, better)]
        kept += pieces
    return sorted(kept)


def _cut(spell: Spell, better: Spell) -> Iterator[Spell]:
    """Yield what is left of a spell before and after a better one."""
    if spell.first < better.first:
        yield spell._replace(last=min(spell.last, better.first - 1))
    if spell.last > better.last:
        yield spell._replace(first=max(spell.first, better.last + 1))


@lru_cache(maxsize=4096)
def month_ends(ended_on: date) -> tuple[int, ...]:
    """Return the last day of the placement and of each month after it, as ordinals."""
    return tuple(add_months(ended_on, n).toordinal() for n in range(N_MONTHS + 1))


def list_months(ended_on: date, statements: Iterable[Statement]) -> Months:
    """Return what the person did in each of the twelve months after the last day."""
    ends = month_ends(ended_on)
    spells, levels = _read(statements)
    if len({spell.activity for spell in spells}) == 1:
        return _months_of_one(ends, spells)
    days: list[dict[Activity, tuple[int, int]]] = [{} for _ in range(N_MONTHS)]
    for spell in _without_overlaps(spells, levels):
        for month in _months_in(ends, spell):
            first, last = max(spell.first, ends[month] + 1), min(spell.last, ends[month + 1])
            n_days, _ = days[month].get(spell.activity, (0, 0))
            days[month][spell.activity] = (n_days + last - first + 1, last)
    return tuple(max(d, key=d.__getitem__) if d else None for d in days)


def _months_of_one(ends: Sequence[int], spells: Sequence[Spell]) -> Months:
    """Return the months of somebody of whom one thing alone is told, however often."""
    months: list[Activity | None] = [None] * N_MONTHS
    for spell in spells:
        for month in _months_in(ends, spell):
            months[month] = spell.activity
    return tuple(months)


def _months_in(ends: Sequence[int], spell: Spell) -> range:
    """Return the months of which a spell has a day."""
    first = max(bisect_left(ends, spell.first) - 1, 0)
    return range(first, min(bisect_left(ends, spell.last), N_MONTHS))


@lru_cache(maxsize=65536)
def is_sustained(months: Months) -> bool | None:
    """Say whether what followed was sustained; None while it hangs on a month not known.

    In the six months after the end: education in all six; or work, self-employment or an
    apprenticeship in five of six; or active in all six with at most one switch. Or any six
    consecutive months of apprenticeship in the year; one that nothing tells of by the sixth
    month is not waited for.
    """
    six = months[:SIX]
    if _has_rule(six, frozenset()) or any(_is_apprentice(run, False) for run in _runs(months)):
        return True
    may_be = frozenset({None})
    begun = any(_is_apprentice(run, True) for run in _runs(months)[:SIX])
    return None if begun or _has_rule(six, may_be) else False


def _has_rule(six: Months, wild: frozenset[None]) -> bool:
    """Say whether six months keep a rule, if those in `wild` are what helps most."""
    n_work = sum(month in EMPLOYED or month in wild for month in six)
    in_education = all(month is Activity.EDUCATION or month in wild for month in six)
    known = [month for month in six if month is not None]
    n_switches = sum(before is not after for before, after in pairwise(known))
    is_active = Activity.NONE not in known and (len(known) == SIX or bool(wild))
    return n_work >= WORK_MONTHS or in_education or (is_active and n_switches <= MOST_SWITCHES)


def _runs(months: Months) -> list[Months]:
    return [months[n : n + SIX] for n in range(N_MONTHS - SIX + 1)]


def _is_apprentice(run: Months, or_not_known: bool) -> bool:
    allowed = {Activity.APPRENTICESHIP, None} if or_not_known else {Activity.APPRENTICESHIP}
    return set(run) <= allowed


def has_half_a_year_of_work(ended_on: date, statements: Iterable[Statement]) -> bool | None:
    """Say whether work of 16 hours a week or more came to 26 weeks within the year after the end.

    A second measure beside `is_sustained`. The weeks need not follow one another. None while it
    hangs on days or hours that are not known.
    """
    ends = month_ends(ended_on)
    enough, unsure, known = 0, 0, 0
    for spell in list_spells(statements):
        n_days = min(spell.last, ends[-1]) - max(spell.first, ends[0] + 1) + 1
        if n_days <= 0:
            continue
        known += n_days
        if spell.activity in EMPLOYED and spell.hours_per_week is None:
            unsure += n_days
        elif spell.activity in EMPLOYED and (spell.hours_per_week or 0) >= LEAST_HOURS:
            enough += n_days
    if enough >= LEAST_DAYS:
        return True
    not_known = ends[-1] - ends[0] - known
    return None if enough + unsure + not_known >= LEAST_DAYS else False
