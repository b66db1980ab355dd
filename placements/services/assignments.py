"""An offer and its answer: yes, no, or no answer in time."""

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from placements import clock
from placements.domain.errors import GuardRefused, NotFound
from placements.domain.permissions import SYSTEM, Actor
from placements.domain.vocabulary import HELD_ASSIGNMENT_STATES, LOST_THROUGH_NO_DOING, Kind, Role
from placements.extensions import db
from placements.models.assignments import WAS_OFFERED, Assignment
from placements.models.candidates import Application
from placements.models.placements import Placement
from placements.services import transitions
from placements.services.lost_places import open_rescue
from placements.services.notices import tell_left, tell_said_yes
from placements.services.places import free_place, lock_places
from placements.services.reach import find_obstacle
from placements.services.transactions import act, lock_row
from placements.services.waves import schedule_cascade

# Who was offered a place answers also while a change of it is being checked: assignments stand.
MAY_ANSWER = ("live", "full", "paused", "submitted", "changes_requested")


def get_assignment(actor: Actor, assignment_id: int) -> Assignment:
    """Return an assignment the actor may see, or raise `NotFound`."""
    found = db.session.scalar(_visible_to(actor).where(Assignment.id == assignment_id))
    if found is None:
        raise NotFound("There is no such offer, or it is not yours.")
    return found


def list_assignments(actor: Actor, states: tuple[str, ...]) -> list[Assignment]:
    """List the assignments in `states` that the actor may see, oldest first."""
    wanted = _visible_to(actor).where(Assignment.state.in_(states))
    person = selectinload(Assignment.application).selectinload(Application.candidate)
    place = selectinload(Assignment.placement).selectinload(Placement.employer)
    return list(db.session.scalars(wanted.order_by(Assignment.id).options(person, place)))


def _visible_to(actor: Actor):
    rows = (
        select(Assignment)
        .join(Application, Assignment.application_id == Application.id)
        .join(Placement, Assignment.placement_id == Placement.id)
    )
    if actor.role is Role.SYSTEM:
        return rows
    scopes = {
        Role.YOUNG_PERSON: (Application.candidate_id, actor.candidate_id),
        Role.PROVIDER: (Application.provider_id, actor.organisation_id),
        Role.EMPLOYER: (Placement.employer_id, actor.organisation_id),
        Role.OPERATOR: (Application.region_id, actor.region_id),
        Role.APPROVER: (Application.region_id, actor.region_id),
    }
    column, own = scopes[actor.role]
    if own is None:
        raise NotFound("Sign in with the organisation this belongs to.")
    visible = rows.where(column == own)
    hidden_from = (Role.YOUNG_PERSON, Role.PROVIDER, Role.EMPLOYER)
    return visible.where(WAS_OFFERED) if actor.role in hidden_from else visible


@act
def accept_offer(actor: Actor, assignment_id: int) -> None:
    """Say yes before the deadline; the person, or their provider for them (I-09, I-18)."""
    take_offer(actor, get_assignment(actor, assignment_id))


def take_offer(actor: Actor, assignment: Assignment) -> None:
    """Say yes as `accept_offer` does; part of an act."""
    at = clock.now()
    lock_answer(assignment)
    if assignment.state == "offered" and at >= assignment.deadline_at:
        raise GuardRefused("The time to answer has ended. Ask who supports you what is next.")
    if assignment.application.state != "ready":
        raise GuardRefused("You are not taking part at the moment. Ask who supports you.")
    if assignment.placement.state not in MAY_ANSWER:
        raise GuardRefused("This place is not open now. It is not because of you.")
    if assignment.state == "offered":
        obstacle = find_obstacle(assignment.application, assignment.placement)
        if obstacle:
            raise GuardRefused(f"{obstacle} Ask who supports you what to do.")
    said_yes = transitions.move(assignment, Kind.ASSIGNMENT, "accept", actor, at)
    assignment.answered_at = at
    tell_said_yes(said_yes, assignment)


@act
def decline_offer(actor: Actor, assignment_id: int, reason: str | None = None) -> None:
    """Say no; the place goes to somebody else. The reason is optional."""
    decline(actor, get_assignment(actor, assignment_id), reason)


def decline(actor: Actor, assignment: Assignment, reason: str | None) -> None:
    """Say no as `decline_offer` does; part of an act."""
    at = clock.now()
    leave_assignment(assignment, "decline", actor, reason)
    assignment.answered_at = at


@act
def lapse_due_offers(round_id: int) -> int:
    """End the offers of a round whose deadline has come; return how many (I-18).

    The cascade that follows offers what is free again, or ends the round.
    """
    at = clock.now()
    late = (
        Assignment.round_id == round_id,
        Assignment.state == "offered",
        Assignment.deadline_at <= at,
    )
    lock_places(db.session.scalars(select(Assignment.placement_id).where(*late)))
    people = select(Assignment.application_id).where(*late)
    of_late = select(Application).where(Application.id.in_(people)).order_by(Application.id)
    db.session.scalars(of_late.with_for_update()).all()
    rows = select(Assignment).where(*late).order_by(Assignment.placement_id, Assignment.id)
    fresh = rows.with_for_update().execution_options(populate_existing=True)
    lapsed = db.session.scalars(fresh).all()
    for assignment in lapsed:
        leave_assignment(assignment, "lapse", SYSTEM)
    schedule_cascade(round_id, at)
    return len(lapsed)


@act
def cancel_assignment(actor: Actor, assignment_id: int, reason: str) -> None:
    """Cancel before the start, as the employer, the person, their provider or staff."""
    by = {Role.EMPLOYER: "employer", Role.OPERATOR: "staff"}.get(actor.role, "candidate")
    leave_assignment(get_assignment(actor, assignment_id), f"cancel_by_{by}", actor, reason)


def lock_answer(assignment: Assignment) -> None:
    """Read an answer's three rows again and keep them, in the order in which every act does."""
    for record in (assignment.placement, assignment.application, assignment):
        lock_row(record)


def leave_assignment(
    assignment: Assignment, action: str, actor: Actor, reason: str | None = None
) -> None:
    """Move to a state that holds no place, and give the place back; part of an act."""
    at = clock.now()
    lock_answer(assignment)
    held_before = assignment.state in HELD_ASSIGNMENT_STATES
    left = transitions.move(assignment, Kind.ASSIGNMENT, action, actor, at, reason=reason)
    tell_left(left, assignment, actor)
    if held_before and assignment.state not in HELD_ASSIGNMENT_STATES:
        free_place(assignment.placement, at)
        if assignment.round_id is not None:
            schedule_cascade(assignment.round_id, at)
    if assignment.state in LOST_THROUGH_NO_DOING:
        open_rescue(assignment, at)
