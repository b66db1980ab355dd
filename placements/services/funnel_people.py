"""The people of the funnel: what each reached, and what is known of them after."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import lru_cache

from sqlalchemy import Select, Text, cast, exists, func, or_, select
from sqlalchemy.orm import aliased

from placements import clock
from placements.domain.checkpoints import add_months
from placements.domain.funnel import JUDGED_STAGES, NO_GROUP, REACHED_STAGES, Stage
from placements.domain.vocabulary import Kind
from placements.extensions import db
from placements.models.assignments import WAS_OFFERED, Assignment, Edge
from placements.models.audit import History
from placements.models.candidates import Application, Candidate
from placements.models.placements import Placement
from placements.services.destinations import (
    ENDED_STATES,
    STARTED_STATES,
    read_after,
)
from placements.services.funnel_bands import Band
from placements.services.streams import stream

DISTRICT = func.coalesce(Candidate.district, Application.counted_district)
STARTED = REACHED_STAGES.index("started")
FURTHEST = {
    **dict.fromkeys(("accepted", "confirmed", "did_not_start"), 1),
    **dict.fromkeys(STARTED_STATES, STARTED),
    "completed": 3,
}
"""The number furthest on that counts who is in a state, among `REACHED_STAGES`; else the first."""
Value = int | str | None
Verdict = bool | str | None
NOT_TOLD = (None, None)


@dataclass(frozen=True)
class Narrow:
    """Which part of a region to count; None is all. Only employers and sectors have pledges.

    With `known_on` as it was known at the end of that day. What keeps no history, as the district
    somebody lives in, is as it is now.
    """

    provider_id: int | None = None
    sector: str | None = None
    district: str | None = None
    employer_id: int | None = None
    group: str | None = None
    known_on: date | None = None

    @property
    def until(self) -> datetime | None:
        """The instant at which `known_on` ended in London."""
        return clock.end_of(self.known_on) if self.known_on else None


ALL = Narrow()


@dataclass
class Counts:
    """The people of one part, by the furthest they reached and what is known of them after."""

    furthest: list[set[int]] = field(default_factory=lambda: [set() for _ in REACHED_STAGES])
    verdicts: dict[str, dict[Verdict, set[int]]] = field(
        default_factory=lambda: {name: defaultdict(set) for name in JUDGED_STAGES}
    )

    def stages(self) -> list[Stage]:
        """Return the numbers of people."""
        reached = [set().union(*self.furthest[n:]) for n in range(len(REACHED_STAGES))]
        people = [
            Stage(name, "people", len(ids), tuple(sorted(ids)))
            for name, ids in zip(REACHED_STAGES, reached, strict=True)
        ]
        return [*people, *(self._judged(name) for name in JUDGED_STAGES)]

    def _judged(self, name: str) -> Stage:
        by = self.verdicts[name]
        yes = by[True]
        unknown = by[None] - yes
        early = by["early"] - yes - unknown
        no = by[False] - yes - unknown - early
        ids = (tuple(sorted(found)) for found in (yes, no, unknown, early))
        return Stage(name, "people", len(yes), *ids)


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
        "year": Assignment.offered_at,
        "hours": Placement.shifts,
        "travel": Edge.travel_minutes,
        "delay": Assignment.placement_id,
        "support": Assignment.id,
    }
    facts = (Assignment.id, Assignment.candidate_id, _state(narrow), Assignment.end_on)
    rows = select(*facts, columns[key].label("key"))
    rows = rows.join(Application, Application.id == Assignment.application_id)
    rows = rows.where(Application.region_id == region_id, WAS_OFFERED)
    if narrow.until is not None:
        rows = _as_known(rows, narrow.until)
    of_places = (narrow.sector, narrow.employer_id) != (None, None)
    if key in ("employer", "sector", "hours") or of_places:
        rows = rows.join(Placement, Placement.id == Assignment.placement_id)
    if key == "travel":
        pair = (Edge.application_id == Assignment.application_id) & (
            Edge.placement_id == Assignment.placement_id
        )
        rows = rows.outerjoin(Edge, pair)
    if key == "district" or narrow.district is not None:
        rows = rows.join(Candidate, Candidate.id == Assignment.candidate_id)
    for column, wanted in (
        (Assignment.round_id, round_id),
        (Application.provider_id, narrow.provider_id),
        (Placement.sector, narrow.sector),
        (DISTRICT, narrow.district),
        (Placement.employer_id, narrow.employer_id),
    ):
        if wanted is not None:
            rows = rows.where(column == wanted)
    if narrow.group is not None:
        told = cast(Application.priority, Text).contains(f'"{narrow.group}"', autoescape=True)
        rows = rows.where(told)
    return rows


def _state(narrow: Narrow):
    return Assignment.state if narrow.known_on is None else History.to_state


def _as_known(rows: Select, until: datetime) -> Select:
    """Join the last move of each assignment before an instant."""
    moved = (History.kind == Kind.ASSIGNMENT.value, History.moved_at < until)
    last = select(History.record_id, func.max(History.version).label("version"))
    last = last.where(*moved).group_by(History.record_id).subquery()
    same = (History.record_id == last.c.record_id) & (History.version == last.c.version)
    rows = rows.join(last, last.c.record_id == Assignment.id).join(History, same)
    return rows.where(*moved, Assignment.offered_at < until)


def count_people(
    rows: Select, key: str | None = None, band: Band | None = None, narrow: Narrow = ALL
) -> dict[Value, Counts]:
    """Put every person into every part and number they belong to."""
    counts: dict[Value, Counts] = defaultdict(Counts)
    said_yes, verdicts = _said_yes(rows, narrow), _judge_all(rows, narrow)
    today = narrow.known_on or clock.today()
    for assignment_id, person, state, end_on, value in stream(rows):
        reached = FURTHEST.get(state, 0)
        if assignment_id in said_yes:
            reached = 1
        parts = [counts[part] for part in _parts_of(key, band(value) if band else value)]
        for count in parts:
            count.furthest[reached].add(person)
        if reached >= STARTED:
            for name, verdict in _in_time(verdicts.get(assignment_id, NOT_TOLD), end_on, today):
                for count in parts:
                    count.verdicts[name][verdict].add(person)
    return counts


def _parts_of(key: str | None, value: object) -> Iterable[Value]:
    if key is None:
        return (None,)
    if key == "group":
        return value or (NO_GROUP,)
    return (value,)


def _said_yes(rows: Select, narrow: Narrow) -> set[int]:
    """Return the assignments that were accepted and then given up before they started."""
    state, earlier = _state(narrow), aliased(History)
    given_up = or_(
        state == "offer_withdrawn",
        state.startswith("cancelled_by_", autoescape=True),
    )
    accepted = exists().where(
        earlier.kind == Kind.ASSIGNMENT.value,
        earlier.record_id == Assignment.id,
        earlier.to_state == "accepted",
    )
    return set(db.session.scalars(rows.where(given_up, accepted).with_only_columns(Assignment.id)))


def _judge_all(rows: Select, narrow: Narrow) -> dict[int, tuple[Verdict, Verdict]]:
    """Judge everybody whose placement ended and of whom something was told."""
    ended = rows.where(_state(narrow).in_(ENDED_STATES), Assignment.end_on.is_not(None))
    ids = ended.with_only_columns(Assignment.id)
    return {
        assignment_id: (after.has_destination, after.is_sustained(end_on))
        for assignment_id, end_on, after in read_after(ids, narrow.until)
    }


def _in_time(
    verdicts: tuple[Verdict, Verdict], end_on: date | None, today: date
) -> Iterable[tuple[str, Verdict]]:
    """Tell what is not known from what is too early to know."""
    times = _times(end_on) if end_on else (date.max, date.max)
    return [
        (name, "early" if verdict is None and today < time else verdict)
        for name, verdict, time in zip(JUDGED_STAGES, verdicts, times, strict=True)
    ]


@lru_cache
def _times(end_on: date) -> tuple[date, date]:
    """Return the days on which it is time to know a destination, and that it was sustained."""
    return end_on + timedelta(weeks=4), add_months(end_on, 6)
