"""Who came on which planned day, week by week; a provider keeps it for its own people."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import selectinload

from placements import clock
from placements.domain.errors import Invalid, NotFound
from placements.domain.permissions import Actor
from placements.domain.vocabulary import Role
from placements.extensions import db
from placements.models.assignments import Assignment
from placements.models.candidates import Application, Attendance
from placements.services.events import record_event
from placements.services.transactions import act

WEEK = 7
CAME, AWAY, NOT_SAID = "came", "away", ""
WAS_THERE = ("started", "completed", "left_early", "ended_by_employer")


@dataclass(frozen=True)
class Row:
    """One person's week: what is known of each planned day; days that are not planned are None."""

    assignment_id: int
    name: str
    placement: str
    days: tuple[str | None, ...]


def monday_of(day: date) -> date:
    """Return the Monday of a day's week."""
    return day - timedelta(days=day.weekday())


def list_week(actor: Actor, monday: date) -> list[Row]:
    """List the actor's people who had a planned day in the week that begins on `monday`."""
    people = _list_there(actor, monday)
    known = _read_known([one.id for one in people], monday)
    rows = [_row(one, monday, known) for one in people]
    return [row for row in rows if any(day is not None for day in row.days)]


def _list_there(actor: Actor, monday: date) -> list[Assignment]:
    if actor.role is not Role.PROVIDER or actor.organisation_id is None:
        raise NotFound("Sign in as the provider whose people these are.")
    rows = select(Assignment).join(Application, Assignment.application_id == Application.id)
    rows = rows.where(
        Application.provider_id == actor.organisation_id,
        Assignment.state.in_(WAS_THERE),
        Assignment.start_on < monday + timedelta(days=WEEK),
        or_(Assignment.end_on.is_(None), Assignment.end_on >= monday),
    )
    person = selectinload(Assignment.application).joinedload(Application.candidate)
    whole = (person, selectinload(Assignment.placement))
    return list(db.session.scalars(rows.order_by(Assignment.id).options(*whole)))


def _read_known(ids: list[int], monday: date) -> dict[tuple[int, date], bool | None]:
    rows = select(Attendance.assignment_id, Attendance.day, Attendance.came).where(
        Attendance.assignment_id.in_(ids),
        Attendance.day >= monday,
        Attendance.day < monday + timedelta(days=WEEK),
    )
    return {(one, day): came for one, day, came in db.session.execute(rows)}


def _row(
    assignment: Assignment, monday: date, known: Mapping[tuple[int, date], bool | None]
) -> Row:
    words = {True: CAME, False: AWAY, None: NOT_SAID}
    week = [monday + timedelta(days=n) for n in range(WEEK)]
    days = tuple(
        words[known.get((assignment.id, day))] if is_planned(assignment, day) else None
        for day in week
    )
    person, place = assignment.application.candidate, assignment.placement
    return Row(assignment.id, person.name or assignment.application.reference, place.title, days)


def is_planned(assignment: Assignment, day: date) -> bool:
    """Say whether somebody was to be at their placement on a day."""
    if assignment.start_on is None or day < assignment.start_on:
        return False
    if assignment.end_on is not None and day > assignment.end_on:
        return False
    return day.weekday() in {shift[0] for shift in assignment.placement.shifts}


@act
def save_week(actor: Actor, monday: date, said: Mapping[tuple[int, int], str]) -> int:
    """Keep what is said of planned days up to today, all or nothing; return how many changed.

    `said` is by assignment and weekday from 0 for Monday. A day that is not planned is ignored;
    a day to come is refused.
    """
    today, n_changed = clock.today(), 0
    for one in _list_there(actor, monday):
        for weekday in range(WEEK):
            day, answer = monday + timedelta(days=weekday), said.get((one.id, weekday))
            if answer is None or not is_planned(one, day):
                continue
            if answer != NOT_SAID and day > today:
                raise Invalid("", f"{day:%A %-d %B} has not come yet. Leave it empty.")
            n_changed += _keep(one.id, day, answer)
    if n_changed:
        record_event(
            actor, "save_attendance", "provider", actor.organisation_id or 0, ("", ""), clock.now()
        )
    return n_changed


def _keep(assignment_id: int, day: date, answer: str) -> int:
    if answer not in (CAME, AWAY, NOT_SAID):
        raise Invalid("", "Choose came, did not come, or nothing.")
    came = {CAME: True, AWAY: False, NOT_SAID: None}[answer]
    same = (Attendance.assignment_id == assignment_id, Attendance.day == day)
    kept = db.session.scalar(select(Attendance).where(*same))
    if kept is None and came is not None:
        db.session.add(Attendance(assignment_id=assignment_id, day=day, came=came))
        return 1
    if kept is None or kept.came == came:
        return 0
    kept.came = came
    return 1
