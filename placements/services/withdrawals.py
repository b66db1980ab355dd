"""A young person stops taking part: their application is closed, and no place is kept for them."""

from sqlalchemy import select

from placements import clock
from placements.domain.permissions import Actor
from placements.domain.vocabulary import LIVE_ASSIGNMENT_STATES, Kind
from placements.extensions import db
from placements.models.assignments import Assignment
from placements.models.candidates import Application
from placements.services import transitions
from placements.services.applications import get_application
from placements.services.assignments import leave_assignment
from placements.services.notices import tell_entry_changed
from placements.services.places import lock_places
from placements.services.starts import end_now
from placements.services.told import note_how_told
from placements.services.transactions import act, lock_row

NO_REASON = "They stopped taking part."


@act
def withdraw_application(
    actor: Actor,
    application_id: int,
    reason: str | None = None,
    seen_version: int | None = None,
    how: str | None = None,
) -> None:
    """Stop taking part; the person may, or their provider. The reason is optional.

    A place held is given back: cancelled by the person, or left early if they had started. A
    provider who does it for somebody says `how` they told them; the person is told of it.
    """
    application = get_application(actor, application_id)
    if how is not None:
        note_how_told(actor, Kind.APPLICATION, application.id, how)
    stop_taking_part(actor, application, reason, seen_version)


def stop_taking_part(
    actor: Actor, application: Application, reason: str | None = None, seen: int | None = None
) -> None:
    """Stop taking part as `withdraw_application` does; part of an act."""
    words = (reason or "").strip() or NO_REASON
    lock_places(assignment.placement_id for assignment in _list_live(application.id))
    lock_row(application)
    for assignment in _list_live(application.id):
        if assignment.state == "started":
            end_now(assignment, "leave_early", actor, words)
        else:
            leave_assignment(assignment, "cancel_by_candidate", actor, words)
    stopped = transitions.move(
        application,
        Kind.APPLICATION,
        "withdraw",
        actor,
        clock.now(),
        reason=words,
        seen_version=seen,
    )
    tell_entry_changed(stopped, application, actor)


def _list_live(application_id: int) -> list[Assignment]:
    own = (Assignment.application_id == application_id,)
    live = (*own, Assignment.state.in_(LIVE_ASSIGNMENT_STATES))
    return list(db.session.scalars(select(Assignment).where(*live).order_by(Assignment.id)))
