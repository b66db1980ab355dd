"""Each morning the messages of the day are written, each for its hour.

What a message is for is looked up on its day: whoever joined since is told, a first day that
moved is told once, on its new day. Each is written once, however often a morning is run.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import exists, select

from placements import clock
from placements.domain.errors import GuardRefused
from placements.domain.freshness import ASK_AFTER, asks_again_on, asks_on, pauses_on
from placements.domain.permissions import SYSTEM
from placements.domain.sending_times import at_hour
from placements.domain.vocabulary import Kind
from placements.domain.working_days import is_working_day, last_working_day, london_date
from placements.extensions import db
from placements.models.assignments import Assignment
from placements.models.operations import Message, Occurrence
from placements.models.outcomes import Checkpoint
from placements.models.placements import Placement
from placements.models.rounds import Round
from placements.outbox.for_days import CHECKED, was_hired
from placements.outbox.write import Recipient, queue_message
from placements.services import freshness, transitions
from placements.services.events import record_event
from placements.services.invariants.messages_and_time import DAY_MESSAGES
from placements.services.occurrences import Claim, add_occurrence
from placements.services.recipients import (
    list_choosing,
    list_employer,
    list_person,
    list_provider,
    list_providers_of,
)
from placements.services.transactions import act

HOUR = time(6)
ONE_DAY = timedelta(days=1)
EARLY, MORNING, REMINDER, LATE_MORNING = 8, 9, 10, 11
LATE_AFTER, HIRED_AFTER = timedelta(days=5), timedelta(days=10)
Wanted = Iterable[tuple[int, str, Iterable[Recipient]]]


@act
def begin_days() -> int:
    """Schedule the first morning; return 0 if one is scheduled already."""
    if db.session.scalar(select(exists().where(Occurrence.schedule == DAY_MESSAGES))):
        return 0
    add_occurrence(DAY_MESSAGES, 0, _morning_of(clock.today()))
    return 1


def write_day(claim: Claim) -> None:
    """Write the messages of one day; a morning that was slept through is passed over."""
    day = claim.due_at.astimezone(clock.LONDON).date()
    if _schedule_next(day) <= clock.now():
        raise GuardRefused("A later morning tells what is still true.")
    freshness.end_pauses(day)
    freshness.pause_unanswered(day)
    for write in (write_first_days, write_last_days, write_late_questions):
        write(day)
    if is_working_day(day):
        write_choosing(day)
        write_still_true(day)


@act
def _schedule_next(day: date) -> datetime:
    due_at = _morning_of(day + ONE_DAY)
    add_occurrence(DAY_MESSAGES, 0, due_at)
    return due_at


def _morning_of(day: date) -> datetime:
    return datetime.combine(day, HOUR, clock.LONDON).astimezone(UTC)


@act
def write_choosing(day: date) -> None:
    """Say 5 days and 1 day before a lock that choices close, on the working day before."""
    rows = select(Round).where(Round.state == "open", Round.locks_at > clock.now())
    for round_ in db.session.scalars(rows.order_by(Round.id)).all():
        name = _nudge_of(round_, day)
        if name:
            people, providers = list_choosing(round_.region_id, unchosen=True), list_providers_of
            _write(name, "round", [(round_.id, "", people)], day, REMINDER)
            all_of_them = providers(round_.region_id)
            _write(f"{name}_for", "round", [(round_.id, "", all_of_them)], day, REMINDER)


def _nudge_of(round_: Round, day: date) -> str:
    locks_on, opened_on = london_date(round_.locks_at), london_date(round_.opens_at)
    last, first = (last_working_day(locks_on - timedelta(days=days)) for days in (1, 5))
    if not opened_on < day < locks_on:
        return ""
    if day >= last:
        return "round_locks_in_1"
    return "round_locks_in_5" if day >= first else ""


@act
def write_still_true(day: date) -> None:
    """Ask employers about placements that nobody has called true for 30 days, and for 40."""
    old = (Placement.state.in_(CHECKED), Placement.checked_at < clock.now() - ASK_AFTER + ONE_DAY)
    found = db.session.scalars(select(Placement).where(*old).order_by(Placement.id)).all()
    asked = [one for one in found if asks_on(one.checked_at) <= day < asks_again_on(one.checked_at)]
    again = [
        one for one in found if asks_again_on(one.checked_at) <= day < pauses_on(one.checked_at)
    ]
    for name, placements in (("still_true_30", asked), ("still_true_40", again)):
        wanted = [(one.id, _checked(one), list_employer(one.employer_id)) for one in placements]
        _write(name, "placement", wanted, day, MORNING)


def _checked(placement: Placement) -> str:
    return f"{london_date(placement.checked_at):%Y%m%d}" if placement.checked_at else ""


@act
def write_first_days(day: date) -> None:
    """Say where to go a week before the first day and on it; at 11am ask why nobody came."""
    soon = _list_assignments(
        "confirmed", Assignment.start_on.between(day + 2 * ONE_DAY, _week(day))
    )
    today = _list_assignments("confirmed", Assignment.start_on == day)
    for when, found, hour in (("next_week", soon, REMINDER), ("today", today, EARLY)):
        _write(f"start_{when}", "assignment", _people(found), day, hour)
        _write(f"person_starts_{when}", "assignment", _employers(found), day, hour)
    wanted = [(a.id, _start(a), list_provider(a.application.provider_id)) for a in today]
    _write("not_started", "assignment", wanted, day, LATE_MORNING)


@act
def write_last_days(day: date) -> None:
    """Say the day before the last one that it is the last, and ask how it went."""
    found = _list_assignments("started", Assignment.end_on == day + ONE_DAY)
    _write("end_tomorrow", "assignment", _people(found), day, REMINDER)
    _write("person_ends_tomorrow", "assignment", _employers(found), day, REMINDER)


@act
def write_late_questions(day: date) -> None:
    """Tell providers which questions wait for 5 days, and employers who hired, for 10."""
    rows = select(Checkpoint, Assignment).join(
        Assignment, Checkpoint.assignment_id == Assignment.id
    )
    is_open = (Checkpoint.state.in_(("due", "chasing")), Checkpoint.window_closes_on >= day)
    late = rows.where(*is_open, Checkpoint.due_on <= day - LATE_AFTER).order_by(Checkpoint.id)
    found = db.session.execute(late).all()
    for checkpoint, _ in found:
        if checkpoint.state == "due":
            transitions.move(checkpoint, Kind.CHECKPOINT, "chase", SYSTEM, clock.now())
    wanted = [(c.id, "", list_provider(a.application.provider_id)) for c, a in found]
    _write("checkpoint_late", "checkpoint", wanted, day, REMINDER)
    hired = late.where(Checkpoint.due_on <= day - HIRED_AFTER, was_hired())
    wanted = [
        (c.id, "", list_employer(a.placement.employer_id)) for c, a in db.session.execute(hired)
    ]
    _write("checkpoint_hired", "checkpoint", wanted, day, REMINDER)


def _week(day: date) -> date:
    return day + 7 * ONE_DAY


def _list_assignments(state: str, *where: Any) -> Sequence[Assignment]:
    rows = select(Assignment).where(Assignment.state == state, *where)
    return db.session.scalars(rows.order_by(Assignment.id)).all()


def _people(found: Sequence[Assignment]) -> Wanted:
    return [(a.id, _start(a), list_person(a.application.candidate.account_id)) for a in found]


def _employers(found: Sequence[Assignment]) -> Wanted:
    return [(a.id, _start(a), list_employer(a.placement.employer_id)) for a in found]


def _start(assignment: Assignment) -> str:
    """Tell apart the messages of a first day that was moved."""
    return f"{assignment.start_on:%Y%m%d}"


def _write(template: str, kind: str, wanted: Wanted, day: date, hour: int) -> None:
    """Write a message to everybody it was not written to yet; part of an act."""
    about = {record_id: (once, recipients) for record_id, once, recipients in wanted}
    written = select(Message.key).where(Message.template == template, Message.subject_id.in_(about))
    known = {key.rpartition(":")[0] for key in db.session.scalars(written)} if about else set()
    send_at = max(at_hour(day, hour), clock.now())
    for record_id, (once, recipients) in about.items():
        name = ":".join((template, kind, str(record_id), once))
        new = [to for to in recipients if f"{name}:{to.account_id}" not in known]
        if new:
            told = record_event(SYSTEM, "remind", kind, record_id, ("", ""), clock.now())
        for to in new:
            queue_message(told, template, to, (kind, record_id), send_at, once=once)
