"""An earlier round, lived day by day through the services, to outcomes of six months and more."""

from datetime import date, datetime, time, timedelta

from sqlalchemy import select

from placements import clock
from placements.domain.invented.calendar import Dates, name_round
from placements.domain.permissions import SYSTEM
from placements.domain.region import RoundCalendar
from placements.domain.round_dates import at_london
from placements.domain.vocabulary import Kind
from placements.extensions import db
from placements.models.assignments import Assignment
from placements.models.candidates import Application, Candidate
from placements.models.operations import Message
from placements.models.placements import Placement
from placements.services import outcomes, rounds, transitions
from placements.services.demo.days import Deed, RunDue, approve, live
from placements.services.demo.outcomes import answer_questions
from placements.services.demo.people import (
    answer_offers,
    confirm_and_sign,
    start_and_end,
    weekdays,
)
from placements.services.demo.records import Here
from placements.services.reserves import release_lines
from placements.services.transactions import act

SAYS_YES, SAYS_NO = 0.80, 0.09
LONGEST_SETTLING = timedelta(days=60)
TWO_DAYS = timedelta(days=2)
IN_ONE_WRITE = 1000


def live_through(
    here: Here, calendar: RoundCalendar, dates: Dates, seed: int, run_due: RunDue, until: datetime
) -> int:
    """Run a round by its schedule and live what follows up to an instant; return its id."""
    operator, approver = here.staff["operator"], here.staff["approver"]
    with clock.held_at(dates.opens_at - TWO_DAYS):
        name = name_round(calendar, dates.opens_at.date())
        instants = (dates.opens_at, dates.locks_at, dates.release_at)
        round_id = rounds.create_round(operator, name, instants, seed)
    deeds: list[Deed] = [(dates.locks_at + TWO_DAYS, lambda: approve(approver, round_id))]
    deeds += _settling(round_id, dates)
    deeds += _afterwards(dates, until)
    # Held here, because the session alone would forget and read them again every day.
    kept = [
        list(db.session.scalars(select(table))) for table in (Application, Candidate, Placement)
    ]
    live(deeds, run_due)
    with clock.held_at(until):
        _close_the_past()
        outcomes.begin_mornings()
        drop_old_messages(until)
    kept.clear()
    return round_id


def _settling(round_id: int, dates: Dates) -> list[Deed]:
    first = dates.release_at.date() + timedelta(days=1)
    deeds: list[Deed] = []
    for day in weekdays(first, first + LONGEST_SETTLING):
        deeds.append((_at(day, 11), lambda: answer_offers(round_id, SAYS_YES, SAYS_NO)))
        deeds.append((_at(day, 14), confirm_and_sign))
    return deeds


def _afterwards(dates: Dates, until: datetime) -> list[Deed]:
    first = dates.release_at.date() + timedelta(days=28)
    deeds: list[Deed] = []
    for day in weekdays(first, until.date() - timedelta(days=1)):
        deeds.append((_at(day, 6), _ask))
        deeds.append((_at(day, 15), start_and_end))
        deeds.append((_at(day, 16), answer_questions))
    return deeds


def _ask() -> None:
    """Open the questions whose day has come, as the schedule does every morning."""
    outcomes.fall_due(clock.today())


def _at(day: date, hour: int) -> datetime:
    return at_london(day, time(hour))


@act
def _close_the_past() -> None:
    """Close placements whose time has passed, and end applications that wait for nothing more."""
    at, today = clock.now(), clock.today()
    passed = (Placement.state.in_(("live", "full", "paused")), Placement.start_to < today)
    for placement in db.session.scalars(select(Placement).where(*passed)).all():
        transitions.move(placement, Kind.PLACEMENT, "close", SYSTEM, at)
        release_lines(at, Assignment.placement_id == placement.id)
    asked_still = select(Assignment.application_id).where(Assignment.state == "completed")
    waiting_for_nothing = (Application.state == "ready", Application.id.not_in(asked_still))
    for application in db.session.scalars(select(Application).where(*waiting_for_nothing)).all():
        transitions.move(application, Kind.APPLICATION, "exit", SYSTEM, at)


@act
def drop_old_messages(before: datetime) -> None:
    """Drop what was to be said before an instant: its day is over, and nobody waits for it."""
    old = select(Message).where(Message.state == "queued", Message.send_at < before)
    found = db.session.scalars(old.order_by(Message.id)).all()
    for at in range(0, len(found), IN_ONE_WRITE):
        part = found[at : at + IN_ONE_WRITE]
        transitions.move_all(part, Kind.MESSAGE, "drop", SYSTEM, clock.now())
