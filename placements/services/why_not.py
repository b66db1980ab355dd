"""Why one person cannot take one placement today, or that they can: for staff, by reference."""

from sqlalchemy import select

from placements.domain.errors import NotFound
from placements.domain.permissions import Actor
from placements.domain.vocabulary import Role
from placements.extensions import db
from placements.models.candidates import Application
from placements.models.employers import Employer
from placements.models.placements import Placement
from placements.services.reach import Reach, find_reach

STAFF = (Role.OPERATOR, Role.APPROVER, Role.SYSTEM)


def explain_pair(actor: Actor, application: str, placement: str) -> Reach:
    """Return the journey of a pair of the region and the rule that refuses it; staff only."""
    person = select(Application).where(Application.reference == application)
    place = select(Placement).where(Placement.reference == placement)
    if actor.role is not Role.SYSTEM:
        person = person.where(Application.region_id == actor.region_id)
        place = place.join(Employer, Placement.employer_id == Employer.id)
        place = place.where(Employer.region_id == actor.region_id)
    one = db.session.scalar(person) if actor.role in STAFF else None
    at = db.session.scalar(place) if actor.role in STAFF else None
    if one is None:
        raise NotFound(f"There is no application {application}.")
    if at is None:
        raise NotFound(f"There is no placement {placement}.")
    return find_reach(one, at)
