"""A placement or an employer put on hold for safety, and the most places an employer may give."""

from sqlalchemy import select

from placements import clock
from placements.domain.errors import Invalid, NotAllowed
from placements.domain.permissions import Actor
from placements.domain.vocabulary import LIVE_ASSIGNMENT_STATES, Kind, Role
from placements.extensions import db
from placements.models.assignments import Assignment
from placements.models.employers import Employer
from placements.models.placements import Placement
from placements.services import transitions
from placements.services.employers import get_employer
from placements.services.events import record_event
from placements.services.placements import get_placement
from placements.services.transactions import act, lock_row

OPEN = ("live", "paused", "full")
MOST_CAP = 10_000


def list_affected(actor: Actor, employer_id: int) -> list[Assignment]:
    """List who has an offer or a place at an employer now: staff decide each of them."""
    employer = get_employer(actor, employer_id)
    rows = select(Assignment).join(Placement, Assignment.placement_id == Placement.id)
    rows = rows.where(Placement.employer_id == employer.id)
    rows = rows.where(Assignment.state.in_(LIVE_ASSIGNMENT_STATES))
    return list(db.session.scalars(rows.order_by(Assignment.id)))


@act
def suspend_employer(actor: Actor, employer_id: int, reason: str) -> int:
    """Put an employer and its open placements on hold; return how many people have a place there.

    An operator may. No new offer is made and nobody starts there; who has a place keeps it until
    staff decide.
    """
    _check_operator(actor)
    employer, at = lock_row(get_employer(actor, employer_id)), clock.now()
    transitions.move(employer, Kind.EMPLOYER, "suspend", actor, at, reason=reason)
    theirs = select(Placement).where(Placement.employer_id == employer.id)
    for placement in db.session.scalars(theirs.where(Placement.state.in_(OPEN))).all():
        transitions.move(placement, Kind.PLACEMENT, "suspend", actor, at, reason=reason)
    return len(list_affected(actor, employer_id))


@act
def suspend_placement(actor: Actor, placement_id: int, reason: str) -> None:
    """Put one placement on hold; an operator may."""
    _check_operator(actor)
    placement = lock_row(get_placement(actor, placement_id))
    transitions.move(placement, Kind.PLACEMENT, "suspend", actor, clock.now(), reason=reason)


@act
def reinstate_placement(actor: Actor, placement_id: int) -> None:
    """Open a placement again that was on hold; an operator may, if its employer is verified."""
    _check_operator(actor)
    placement = lock_row(get_placement(actor, placement_id))
    if placement.employer.state != "verified":
        raise Invalid("", "Verify the employer again first.")
    is_full = placement.held >= placement.capacity
    action = "reinstate_full" if is_full else "reinstate"
    transitions.move(placement, Kind.PLACEMENT, action, actor, clock.now())


@act
def set_cap(actor: Actor, employer_id: int, cap: int | None) -> None:
    """Set the most people an employer takes in one round, or none; an operator may.

    Rounds that are sealed keep the lower of the two.
    """
    _check_operator(actor)
    employer: Employer = lock_row(get_employer(actor, employer_id))
    if cap is not None and not 0 <= cap <= MOST_CAP:
        raise Invalid("cap", f"Write a whole number from 0 to {MOST_CAP:,}, or leave it empty.")
    employer.cap = cap
    states = (employer.state, employer.state)
    record_event(actor, "set_cap", Kind.EMPLOYER, employer.id, states, clock.now())


def _check_operator(actor: Actor) -> None:
    if actor.role is not Role.OPERATOR:
        raise NotAllowed("Only an operator may do this. Nothing changed.")
