"""A placement taken back by its employer: nobody keeps an offer of it, and each is told."""

from sqlalchemy import select

from placements import clock
from placements.domain.errors import GuardRefused, NotFound
from placements.domain.permissions import Actor
from placements.domain.vocabulary import LIVE_ASSIGNMENT_STATES, Kind, Role
from placements.extensions import db
from placements.models.assignments import Assignment
from placements.services import transitions
from placements.services.assignments import leave_assignment
from placements.services.placements import get_placement
from placements.services.reserves import release_lines
from placements.services.starts import end_now
from placements.services.transactions import act, lock_row


@act
def withdraw_placement(
    actor: Actor, placement_id: int, reason: str, seen_version: int | None = None
) -> int:
    """Take a placement back for good; return how many people lose it (the employer may).

    Who holds an offer or said yes is cancelled by the employer; who has started ends today.
    """
    placement = lock_row(get_placement(actor, placement_id))
    if actor.role is not Role.EMPLOYER:
        raise NotFound("There is no such placement, or it is not yours.")
    if not reason.strip():
        raise GuardRefused("Give a reason. The people it concerns will read it.")
    at, lost = clock.now(), _list_live(placement.id)
    transitions.move(
        placement,
        Kind.PLACEMENT,
        "withdraw",
        actor,
        at,
        reason=reason,
        seen_version=seen_version,
    )
    release_lines(at, Assignment.placement_id == placement.id)
    for assignment in lost:
        if assignment.state == "started":
            end_now(assignment, "end", actor, reason)
        else:
            leave_assignment(assignment, "cancel_by_employer", actor, reason)
    return len(lost)


def _list_live(placement_id: int) -> list[Assignment]:
    held = (Assignment.placement_id == placement_id, Assignment.state.in_(LIVE_ASSIGNMENT_STATES))
    return list(db.session.scalars(select(Assignment).where(*held).order_by(Assignment.id)))
