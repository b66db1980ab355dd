"""A deadline is worked out once and stored; only an operator moves one, and it stays on record."""

from datetime import date, datetime

from placements import clock
from placements.domain.errors import GuardRefused, Invalid, NotAllowed
from placements.domain.permissions import Actor
from placements.domain.vocabulary import Kind, Role
from placements.domain.working_days import end_of_day
from placements.extensions import db
from placements.models.assignments import Assignment, Extension
from placements.models.rounds import Round
from placements.services.assignments import get_assignment, lock_answer
from placements.services.events import record_event
from placements.services.notices import tell_more_time
from placements.services.occurrences import add_occurrence
from placements.services.transactions import act


@act
def extend_deadline(actor: Actor, assignment_id: int, until: date, reason: str) -> datetime:
    """Give an open offer until the end of a later day; return the new deadline (I-32).

    An operator may, with a reason, while the time to answer still runs. The person is told.
    """
    at, assignment = clock.now(), get_assignment(actor, assignment_id)
    if actor.role is not Role.OPERATOR or actor.account_id is None:
        raise NotAllowed("Only an operator moves a deadline. Nothing changed.")
    if not reason.strip():
        raise GuardRefused("Give a reason. It stays on record.")
    lock_answer(assignment)
    deadline = end_of_day(until)
    if assignment.state != "offered" or assignment.round_id is None or at >= assignment.deadline_at:
        raise GuardRefused("Only an offer that still waits for its answer can have more time.")
    if deadline <= assignment.deadline_at:
        raise Invalid("until", "Write a later day than the one they have now.")
    _move(actor, assignment, deadline, reason.strip(), at)
    return deadline


def _move(
    actor: Actor, assignment: Assignment, deadline: datetime, reason: str, at: datetime
) -> None:
    moved = Extension(assignment_id=assignment.id, from_at=assignment.deadline_at, to_at=deadline)
    moved.reason, moved.extended_by = reason, actor.account_id
    db.session.add(moved)
    db.session.flush()
    assignment.deadline_at = deadline
    states = (assignment.state, assignment.state)
    pending = record_event(actor, "extend", Kind.ASSIGNMENT, assignment.id, states, at)
    round_ = db.session.get_one(Round, assignment.round_id)
    tell_more_time(pending, assignment, round_)
    add_occurrence("offers.lapse", round_.id, deadline)
