"""An offer and what became of it, as the young person reads it."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from placements import clock
from placements.domain.errors import NotFound
from placements.domain.first_day_file import FirstDay, write_first_day
from placements.domain.plain_words import shift_words
from placements.domain.signing import PARTY_WORDS
from placements.domain.spoken import read_time
from placements.domain.state_words import state_words
from placements.domain.vocabulary import LIVE_ASSIGNMENT_STATES, Kind, Role
from placements.domain.working_days import add_working_days, london_date
from placements.extensions import db
from placements.models.assignments import Assignment, Edge
from placements.services.agreements import list_missing_signatures

CONFIRM_WITHIN_DAYS = 5
YES_STATES = ("accepted", "confirmed", "started", "completed")
SEEN_STATES = (
    *("offered", "accepted", "confirmed", "started", "completed", "declined", "lapsed"),
    *("offer_withdrawn", "released", "cancelled_by_candidate", "cancelled_by_employer"),
    *("cancelled_by_staff", "did_not_start", "left_early", "ended_by_employer"),
)
NINE = "9am"
MAP = "https://www.openstreetmap.org/?mlat={lat}&mlon={lon}#map=16/{lat}/{lon}"


@dataclass(frozen=True)
class OfferFacts:
    """An assignment with everything its pages show; the flags are what pages ask about."""

    assignment: Assignment
    title: str
    employer: str
    site: Any
    minutes: int
    is_estimate: bool
    hours: list[str]
    words: str
    is_open: bool
    is_live: bool
    is_over: bool
    said_yes: bool
    said_no: bool
    is_confirmed: bool
    is_started: bool
    is_day_one: bool
    confirm_by: date | None
    first_day: dict[str, Any]
    missing_signatures: list[str]

    @property
    def where(self) -> str:
        """Where to go on the first day: the door, the workplace and its postcode."""
        return where_words(self.assignment)

    @property
    def map_url(self) -> str:
        """Where the workplace is on a public map."""
        return map_url(self.site) if self.site else ""

    @property
    def needs_my_signature(self) -> bool:
        """Whether the agreement waits for the young person."""
        return "young_person" in self.missing_signatures

    @property
    def waits_for(self) -> list[str]:
        """Who else has not signed yet, in words."""
        return [PARTY_WORDS[p] for p in self.missing_signatures if p != "young_person"]


def where_words(assignment: Assignment) -> str:
    """Return where to go: what the employer told, then the workplace and its postcode."""
    site, told = assignment.placement.site, (assignment.first_day or {}).get("place")
    parts = [told, *((site.name, site.postcode) if site else ())]
    return ", ".join(dict.fromkeys(part for part in parts if part))


def map_url(site: Any) -> str:
    """Return the address of a public map of a workplace; never of anybody's home."""
    return MAP.format(lat=site.latitude, lon=site.longitude)


def describe_offer(assignment: Assignment) -> OfferFacts:
    """Return what the pages show of an assignment that was read for its own person."""
    placement, at, state = assignment.placement, clock.now(), assignment.state
    edge = db.session.get_one(Edge, (assignment.application_id, assignment.placement_id))
    in_time = assignment.deadline_at is None or at < assignment.deadline_at
    is_confirmed = state == "confirmed"
    return OfferFacts(
        assignment=assignment,
        title=placement.title or "",
        employer=placement.employer.name,
        site=placement.site,
        minutes=edge.travel_minutes,
        is_estimate=edge.is_estimate,
        hours=shift_words(placement.shifts),
        words=state_words(Kind.ASSIGNMENT, state, Role.YOUNG_PERSON),
        is_open=state == "offered" and in_time,
        is_live=state in LIVE_ASSIGNMENT_STATES,
        is_over=state == "lapsed" or (state == "offered" and not in_time),
        said_yes=state in YES_STATES,
        said_no=state == "declined",
        is_confirmed=is_confirmed,
        is_started=state == "started",
        is_day_one=is_confirmed and clock.today() >= assignment.start_on,
        confirm_by=_confirm_by(assignment),
        first_day=assignment.first_day or {},
        missing_signatures=(
            list_missing_signatures(assignment, clock.today()) if is_confirmed else []
        ),
    )


def _confirm_by(assignment: Assignment) -> date | None:
    if assignment.answered_at is None:
        return None
    return add_working_days(london_date(assignment.answered_at), CONFIRM_WITHIN_DAYS)


def write_calendar_file(assignment: Assignment, host: str) -> bytes:
    """Return the first day as a calendar file; raise `NotFound` until it is set."""
    placement = assignment.placement
    if assignment.start_on is None:
        raise NotFound("The first day is not set yet.")
    begins, ends = _first_hours(assignment)
    told = assignment.first_day or {}
    notes = [f"Ask for {assignment.supervisor_name}."] if assignment.supervisor_name else []
    notes += [f"{word}: {told[key]}" for key, word in _NOTES if told.get(key)]
    day = FirstDay(
        uid=f"first-day-{assignment.id}@{host}",
        sequence=assignment.version,
        title=f"First day: {placement.title}, {placement.employer.name}",
        begins=begins,
        ends=ends,
        where=where_words(assignment),
        notes=" ".join(notes),
        written_at=clock.now(),
    )
    return write_first_day(day)


_NOTES = (("bring", "Bring"), ("wear", "Wear"))


def _first_hours(assignment: Assignment) -> tuple[datetime, datetime]:
    """Return when the first day begins and ends: as told, else as the shift of that weekday."""
    day = assignment.start_on
    midnight = datetime(day.year, day.month, day.day, tzinfo=clock.LONDON)
    shifts = [shift for shift in assignment.placement.shifts if shift[0] == day.weekday()]
    told = (assignment.first_day or {}).get("time")
    if shifts and not told:
        begins = midnight + timedelta(minutes=shifts[0][1])
    else:
        begins = _at_time(midnight, told or NINE)
    ends = midnight + timedelta(minutes=shifts[0][2]) if shifts else begins + timedelta(hours=1)
    return begins, max(ends, begins + timedelta(hours=1))


def _at_time(midnight: datetime, told: str) -> datetime:
    try:
        time_of_day = read_time(told)
    except ValueError:
        time_of_day = read_time(NINE)
    return midnight.replace(hour=time_of_day.hour, minute=time_of_day.minute)
