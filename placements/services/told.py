"""What a provider does for somebody: recorded as given by them, with how they were told."""

from placements import clock
from placements.domain.errors import Invalid, NotFound
from placements.domain.permissions import Actor
from placements.domain.vocabulary import Kind, Role
from placements.services.events import PendingEvent, record_event

HOW_TOLD = {"phone": "By phone", "text": "By text", "email": "By email", "visit": "In person"}


def note_how_told(actor: Actor, kind: Kind, record_id: int, how: str) -> PendingEvent:
    """Write down how somebody told their provider; part of an act, a provider's alone."""
    if actor.role is not Role.PROVIDER:
        raise NotFound("There is no such record, or it is not yours.")
    if how not in HOW_TOLD:
        raise Invalid("how", "Choose how they told you.")
    return record_event(actor, f"told_by_{how}", kind, record_id, ("", ""), clock.now())
