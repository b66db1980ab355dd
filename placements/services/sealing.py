"""What a lock would seal and whom it would leave out, before anything is sealed."""

from collections import defaultdict
from dataclasses import dataclass, field

from sqlalchemy import func, select

from placements.domain.permissions import Actor
from placements.domain.vocabulary import HELD_ASSIGNMENT_STATES
from placements.extensions import db
from placements.models.assignments import Assignment
from placements.models.candidates import Application, Provider
from placements.models.employers import Employer
from placements.models.placements import Placement
from placements.services.rounds import get_round

ON_THEIR_OWN = "On their own"
WHY_LEFT_OUT = {
    "draft": "Not sent in yet",
    "submitted": "Not decided yet",
    "info_requested": "One more thing was asked for",
    "on_hold": "Taking a break",
    "ready": "Has an offer or a placement already",
}
WHY_CLOSED = {
    "draft": "Draft",
    "submitted": "To check",
    "changes_requested": "With the employer",
    "paused": "Paused",
    "suspended": "Suspended",
    "full": "Full",
}


@dataclass(frozen=True)
class LeftOut:
    """How many of a provider's people, or of the placements, stay out for one reason.

    `references` are those of people whom somebody could still make ready; names stay out of it.
    """

    owner: str
    reason: str
    n: int
    references: list[str] = field(default_factory=list)


def list_people_left_out(actor: Actor, round_id: int) -> list[LeftOut]:
    """List the people a seal would leave out, by provider and reason; who can be ready first."""
    region_id = get_round(actor, round_id).region_id
    held = select(Assignment.application_id).where(Assignment.state.in_(HELD_ASSIGNMENT_STATES))
    is_out = (Application.state != "ready") | Application.id.in_(held)
    rows = (
        select(Provider.name, Application.state, Application.reference)
        .select_from(Application)
        .outerjoin(Provider, Application.provider_id == Provider.id)
        .where(Application.region_id == region_id, Application.state.in_(WHY_LEFT_OUT), is_out)
        .order_by(Application.reference)
    )
    out: dict[tuple[str, str], list[str]] = defaultdict(list)
    for name, state, reference in db.session.execute(rows):
        out[name or ON_THEIR_OWN, state].append(reference)
    found = [
        LeftOut(owner, WHY_LEFT_OUT[state], len(who), who if state != "ready" else [])
        for (owner, state), who in out.items()
    ]
    return sorted(found, key=lambda line: (not line.references, -line.n, line.owner, line.reason))


def list_placements_left_out(actor: Actor, round_id: int) -> list[LeftOut]:
    """Count the placements a seal would leave out, by reason; most first."""
    region_id = get_round(actor, round_id).region_id
    rows = (
        select(Placement.state, func.count())
        .join(Employer, Placement.employer_id == Employer.id)
        .where(Employer.region_id == region_id, Placement.state.in_(WHY_CLOSED))
        .group_by(Placement.state)
    )
    found = [LeftOut("", WHY_CLOSED[state], n) for state, n in db.session.execute(rows)]
    return sorted(found, key=lambda line: (-line.n, line.reason))
