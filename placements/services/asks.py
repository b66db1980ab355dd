"""What a young person asks of staff: a check, help with something wrong, the next round.

Each is a line of the audit, in codes, so that staff see who asked what, when; nothing is typed.
"""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import aliased

from placements import clock
from placements.domain.errors import GuardRefused, Invalid, NotFound
from placements.domain.permissions import Actor
from placements.domain.vocabulary import Kind, Role
from placements.domain.working_days import add_working_days, london_date
from placements.extensions import db
from placements.models.assignments import Assignment
from placements.models.audit import Event
from placements.models.candidates import Application
from placements.services.applications import get_application
from placements.services.assignments import get_assignment
from placements.services.events import record_event
from placements.services.transactions import act

ANSWER_WITHIN_DAYS = 5
CHECK, STAY, ANSWERED = "ask_for_check", "stay_in_next_round", "answer_asked"
TROUBLES = ("safety", "hours", "travel", "other_work")


@dataclass(frozen=True)
class Asked:
    """Something a young person asked: what, about which record, and when an answer comes.

    `reference` names their entry where staff list what is asked.
    """

    action: str
    kind: str
    record_id: int
    asked_at: datetime
    answer_by: date
    reference: str = ""


@act
def ask_for_check(actor: Actor, assignment_id: int) -> None:
    """Ask a person to look at a decision again; asking twice is asking once."""
    assignment = get_assignment(actor, assignment_id)
    if find_asked(CHECK, Kind.ASSIGNMENT, assignment.id) is None:
        _keep(actor, CHECK, Kind.ASSIGNMENT, assignment)


@act
def ask_for_no_place_check(actor: Actor, application_id: int) -> None:
    """Ask a person to look again at why there was no place; asking twice is asking once."""
    application = get_application(actor, application_id)
    if find_asked(CHECK, Kind.APPLICATION, application.id) is None:
        _keep(actor, CHECK, Kind.APPLICATION, application)


@act
def tell_something_wrong(actor: Actor, assignment_id: int, trouble: str) -> None:
    """Tell staff which kind of thing is wrong at a placement."""
    assignment = get_assignment(actor, assignment_id)
    if trouble not in TROUBLES:
        raise Invalid("trouble", "Choose what is wrong.")
    _keep(actor, f"wrong_{trouble}", Kind.ASSIGNMENT, assignment)


@act
def stay_in_next_round(actor: Actor, application_id: int) -> None:
    """Say that the person wants to be in the next round; they must not be on a break."""
    application = get_application(actor, application_id)
    if application.state != "ready":
        raise GuardRefused("You are not taking part now. Come back from your break first.")
    _keep(actor, STAY, Kind.APPLICATION, application)


def find_asked(action: str, kind: Kind, record_id: int) -> Asked | None:
    """Return the first time that this was asked about this record, or None."""
    same = (Event.action == action, Event.kind == kind.value, Event.record_id == record_id)
    found = db.session.scalar(select(Event).where(*same).order_by(Event.seq).limit(1))
    return _asked(found) if found else None


def list_asked(actor: Actor) -> list[Asked]:
    """List what young people of a region asked and nobody answered yet, newest first; for staff."""
    if actor.role not in (Role.OPERATOR, Role.APPROVER) or actor.region_id is None:
        raise NotFound("Sign in as the authority's staff.")
    of_place = (Event.kind == Kind.ASSIGNMENT.value) & (Assignment.id == Event.record_id)
    of_entry = (Event.kind == Kind.APPLICATION.value) & (Application.id == Event.record_id)
    actions = (CHECK, *(f"wrong_{trouble}" for trouble in TROUBLES))
    answer = aliased(Event)
    answered = exists().where(
        answer.action == ANSWERED,
        answer.kind == Event.kind,
        answer.record_id == Event.record_id,
        answer.seq > Event.seq,
    )
    rows = (
        select(Event, Application.reference)
        .outerjoin(Assignment, of_place)
        .join(Application, of_entry | (Application.id == Assignment.application_id))
        .where(Event.action.in_(actions), Application.region_id == actor.region_id, ~answered)
        .order_by(Event.seq.desc())
    )
    return [_asked(event, reference) for event, reference in db.session.execute(rows)]


@act
def mark_answered(actor: Actor, kind: Kind, record_id: int) -> None:
    """Note that a member of staff has spoken with the young person; an operator may."""
    read = {Kind.APPLICATION: get_application, Kind.ASSIGNMENT: get_assignment}
    if actor.role is not Role.OPERATOR or kind not in read:
        raise NotFound("Sign in as an operator of the authority.")
    record = read[kind](actor, record_id)
    record_event(actor, ANSWERED, kind, record.id, (record.state, record.state), clock.now())


def _asked(event: Event, reference: str = "") -> Asked:
    answer_by = add_working_days(london_date(event.happened_at), ANSWER_WITHIN_DAYS)
    about = (event.action, event.kind, event.record_id)
    return Asked(*about, event.happened_at, answer_by, reference)


def _keep(actor: Actor, action: str, kind: Kind, record: Assignment | Application) -> None:
    if actor.role is not Role.YOUNG_PERSON:
        raise NotFound("Only the young person asks this.")
    record_event(actor, action, kind, record.id, (record.state, record.state), clock.now())
