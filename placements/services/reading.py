"""Staff read about a person only for a purpose, and each reading is a line of the audit."""

from sqlalchemy import select

from placements import clock
from placements.domain.errors import Invalid, NotFound
from placements.domain.permissions import Actor
from placements.domain.vocabulary import Kind
from placements.extensions import db
from placements.models.candidates import Application
from placements.services.applications import get_application
from placements.services.events import record_event
from placements.services.transactions import act

PURPOSES = {
    "check": "To check a plan",
    "asked": "The person or their provider asked",
    "complaint": "A complaint",
    "safety": "To keep somebody safe",
}


def find_application_id(actor: Actor, reference: str) -> int:
    """Return the application of the actor's region with this reference, or raise `Invalid`."""
    mine = (Application.reference == reference.strip(), Application.region_id == actor.region_id)
    found = db.session.scalar(select(Application.id).where(*mine))
    if found is None:
        raise Invalid("reference", "There is no such reference here. Copy it from the list.")
    return found


@act
def record_reading(actor: Actor, application_id: int, purpose: str, what: str = "receipt") -> None:
    """Write down that the actor reads about a person, and what for."""
    if purpose not in PURPOSES:
        raise NotFound("Say what you need it for.")
    application = get_application(actor, application_id)
    action = f"read_{what}_to_{purpose}"
    record_event(actor, action, Kind.APPLICATION, application.id, ("", ""), clock.now())
