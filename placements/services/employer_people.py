"""What an employer may know of the people who come, by the state they are in (I-37).

The name from the offer on; how to reach them and what helps them at work from their yes, and only
while they come. Nothing about what else they chose, ever.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import or_, select

from placements import clock
from placements.domain.errors import NotFound
from placements.domain.permissions import Actor
from placements.domain.personal_data import NOBODY_NAMED
from placements.domain.vocabulary import LIVE_ASSIGNMENT_STATES, Role
from placements.domain.working_days import add_working_days, london_date
from placements.extensions import db
from placements.models.assignments import WAS_OFFERED, Assignment
from placements.models.candidates import Application, Candidate
from placements.models.placements import Placement
from placements.models.rounds import Round

DAYS_TO_CONFIRM = 5
REACHABLE = ("accepted", "confirmed", "started")
NAMED = (*LIVE_ASSIGNMENT_STATES, "completed", "left_early", "ended_by_employer")
NAMED += ("did_not_start", "cancelled_by_candidate", "cancelled_by_employer")
NAMED += ("cancelled_by_staff",)


@dataclass(frozen=True)
class Person:
    """One person on a placement, with only what the employer may know in this state."""

    id: int
    placement_id: int
    placement_title: str
    state: str
    version: int
    name: str
    called: str | None
    email: str | None
    mobile: str | None
    access_needs: str | None
    answer_by: datetime | None
    confirm_by: date | None
    start_on: date | None
    end_on: date | None
    supervisor_name: str | None
    first_day: dict[str, Any]


def list_people(actor: Actor, states: Iterable[str] | None = None) -> list[Person]:
    """List the people on the actor's own placements, by placement; released rounds only."""
    wanted = _own(actor)
    if states is not None:
        wanted = wanted.where(Assignment.state.in_(tuple(states)))
    ordered = wanted.order_by(Placement.title, Placement.id, Assignment.id)
    return [_shown(*row) for row in db.session.execute(ordered)]


def get_person(actor: Actor, assignment_id: int) -> Person:
    """Return one person on one of the actor's own placements, or raise `NotFound`."""
    found = db.session.execute(_own(actor).where(Assignment.id == assignment_id)).first()
    if found is None:
        raise NotFound("There is no such person, or they are not yours to see.")
    return _shown(*found)


def _own(actor: Actor):
    if actor.role is not Role.EMPLOYER or actor.organisation_id is None:
        raise NotFound("There is no such person, or they are not yours to see.")
    released = or_(Assignment.round_id.is_(None), Round.release_at <= clock.now())
    return (
        select(Assignment, Placement, Candidate)
        .join(Placement, Assignment.placement_id == Placement.id)
        .join(Application, Assignment.application_id == Application.id)
        .join(Candidate, Application.candidate_id == Candidate.id)
        .join(Round, Assignment.round_id == Round.id, isouter=True)
        .where(Placement.employer_id == actor.organisation_id)
        .where(WAS_OFFERED, released)
    )


def _shown(assignment: Assignment, placement: Placement, candidate: Candidate) -> Person:
    named, reachable = assignment.state in NAMED, assignment.state in REACHABLE
    return Person(
        id=assignment.id,
        placement_id=placement.id,
        placement_title=placement.title or placement.reference,
        state=assignment.state,
        version=assignment.version,
        name=(candidate.name or NOBODY_NAMED) if named else "",
        called=candidate.preferred_name if named else None,
        email=candidate.email if reachable else None,
        mobile=candidate.mobile if reachable else None,
        access_needs=candidate.access_needs if reachable else None,
        answer_by=assignment.deadline_at if assignment.state == "offered" else None,
        confirm_by=confirm_by(assignment),
        start_on=assignment.start_on,
        end_on=assignment.end_on,
        supervisor_name=assignment.supervisor_name,
        first_day=assignment.first_day or {},
    )


def confirm_by(assignment: Assignment) -> date | None:
    """Return the day by which a yes must be confirmed, or None where there is none to confirm."""
    if assignment.state != "accepted" or assignment.answered_at is None:
        return None
    return add_working_days(london_date(assignment.answered_at), DAYS_TO_CONFIRM)
