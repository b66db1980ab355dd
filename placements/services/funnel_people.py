"""The people of the funnel: what each reached, and what is known of them after."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache

from sqlalchemy import Select, exists, func, or_, select

from placements import clock
from placements.domain.checkpoints import add_months
from placements.domain.funnel import JUDGED_STAGES, NO_GROUP, REACHED_STAGES, Stage
from placements.domain.vocabulary import Kind
from placements.extensions import db
from placements.models.assignments import WAS_OFFERED, Assignment
from placements.models.audit import History
from placements.models.candidates import Application, Candidate
from placements.models.placements import Placement
from placements.services.destinations import (
    ENDED_STATES,
    NOTHING,
    STARTED_STATES,
    After,
    read_after,
)

ACCEPTED_STATES = ("accepted", "confirmed", "did_not_start")
DISTRICT = func.coalesce(Candidate.district, Application.counted_district)
Value = int | str | None


@dataclass(frozen=True)
class Narrow:
    """Which part of a region to count; None is all. Providers and districts have no pledges."""

    provider_id: int | None = None
    sector: str | None = None
    district: str | None = None


ALL = Narrow()


@dataclass
class Counts:
    """The people of one part, by what they reached and what is known of them after."""

    reached: dict[str, set[int]] = field(
        default_factory=lambda: {name: set() for name in REACHED_STAGES}
    )
    verdicts: dict[str, dict[bool | str | None, set[int]]] = field(
        default_factory=lambda: {name: defaultdict(set) for name in JUDGED_STAGES}
    )

    def stages(self) -> list[Stage]:
        """Return the numbers of people."""
        people = [
            Stage(name, "people", len(ids), tuple(sorted(ids)))
            for name, ids in self.reached.items()
        ]
        return [*people, *(self._judged(name) for name in JUDGED_STAGES)]

    def _judged(self, name: str) -> Stage:
        by = self.verdicts[name]
        yes = by[True]
        unknown = by[None] - yes
        early = by["early"] - yes - unknown
        base = len(yes | by[False] | unknown | early) - len(early)
        ids = (tuple(sorted(found)) for found in (yes, unknown, early))
        return Stage(name, "people", len(yes), *ids, base)


def select_assignments(
    region_id: int, round_id: int | None, narrow: Narrow, key: str | None = None
) -> Select:
    """Select what to count: id, person, furthest state, last day, and the value of `key`."""
    columns = {
        None: Assignment.id,
        "round": Assignment.round_id,
        "provider": Application.provider_id,
        "employer": Placement.employer_id,
        "sector": Placement.sector,
        "district": DISTRICT,
        "group": Application.priority,
    }
    facts = (Assignment.id, Assignment.candidate_id, Assignment.state, Assignment.end_on)
    rows = select(*facts, columns[key].label("key"))
    rows = rows.join(Application, Application.id == Assignment.application_id)
    rows = rows.where(Application.region_id == region_id, WAS_OFFERED)
    if key in ("employer", "sector") or narrow.sector is not None:
        rows = rows.join(Placement, Placement.id == Assignment.placement_id)
    if key == "district" or narrow.district is not None:
        rows = rows.join(Candidate, Candidate.id == Assignment.candidate_id)
    for column, wanted in (
        (Assignment.round_id, round_id),
        (Application.provider_id, narrow.provider_id),
        (Placement.sector, narrow.sector),
        (DISTRICT, narrow.district),
    ):
        if wanted is not None:
            rows = rows.where(column == wanted)
    return rows


def count_people(rows: Select, key: str | None = None) -> dict[Value, Counts]:
    """Put every person into every part and number they belong to."""
    counts: dict[Value, Counts] = defaultdict(Counts)
    said_yes, after, today = _said_yes(rows), _after(rows), clock.today()
    for assignment_id, person, state, end_on, value in db.session.execute(rows):
        stages = _reached(state, assignment_id in said_yes)
        judged = ()
        if state in STARTED_STATES:
            judged = _judge(after.get(assignment_id, NOTHING), end_on, today)
        for part in _parts_of(key, value):
            count = counts[part]
            for stage in stages:
                count.reached[stage].add(person)
            for name, verdict in judged:
                count.verdicts[name][verdict].add(person)
    return counts


def _parts_of(key: str | None, value: object) -> Iterable[Value]:
    if key is None:
        return (None,)
    if key == "group":
        return value or (NO_GROUP,)
    return (value,)


@lru_cache
def _reached(state: str, said_yes: bool) -> tuple[str, ...]:
    """Return the numbers that count somebody who was offered a place and is in `state`."""
    if state == "completed":
        return REACHED_STAGES
    if state in STARTED_STATES:
        return REACHED_STAGES[:3]
    return REACHED_STAGES[: 2 if said_yes or state in ACCEPTED_STATES else 1]


def _said_yes(rows: Select) -> set[int]:
    """Return the assignments that were accepted and then given up before they started."""
    given_up = or_(
        Assignment.state == "offer_withdrawn",
        Assignment.state.startswith("cancelled_by_", autoescape=True),
    )
    accepted = exists().where(
        History.kind == Kind.ASSIGNMENT.value,
        History.record_id == Assignment.id,
        History.to_state == "accepted",
    )
    return set(db.session.scalars(rows.where(given_up, accepted).with_only_columns(Assignment.id)))


def _after(rows: Select) -> dict[int, After]:
    ended = rows.where(Assignment.state.in_(ENDED_STATES))
    return read_after(ended.with_only_columns(Assignment.id))


def _judge(
    after: After, end_on: date | None, today: date
) -> tuple[tuple[str, bool | str | None], ...]:
    if end_on is None:
        return tuple((name, "early") for name in JUDGED_STAGES)
    first, last = _times(end_on)
    found = (after.has_destination, first), (after.is_sustained(end_on), last)
    return tuple(
        (name, "early" if verdict is None and today < time else verdict)
        for name, (verdict, time) in zip(JUDGED_STAGES, found, strict=True)
    )


@lru_cache
def _times(end_on: date) -> tuple[date, date]:
    """Return the days on which it is time to know a destination, and that it was sustained."""
    return end_on + timedelta(weeks=4), add_months(end_on, 6)
