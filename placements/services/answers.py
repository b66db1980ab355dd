"""An answer to an offer given for somebody else: yes or no, and how they told their provider."""

from placements import clock
from placements.domain.errors import Invalid, NotFound
from placements.domain.permissions import Actor
from placements.domain.vocabulary import Kind, Role
from placements.services.assignments import decline, get_assignment, take_offer
from placements.services.events import record_event
from placements.services.transactions import act

HOW_TOLD = {"phone": "By phone", "text": "By text", "email": "By email", "visit": "In person"}


@act
def answer_for_person(
    actor: Actor, assignment_id: int, *, yes: bool, how: str, reason: str | None = None
) -> None:
    """Say yes or no for a person, recorded as given by their provider, with how they told them.

    The same rules hold as for the person's own answer; a no cannot be taken back.
    """
    if actor.role is not Role.PROVIDER:
        raise NotFound("There is no such offer, or it is not yours.")
    if how not in HOW_TOLD:
        raise Invalid("how", "Choose how they told you.")
    assignment = get_assignment(actor, assignment_id)
    told = f"told_by_{how}"
    record_event(actor, told, Kind.ASSIGNMENT, assignment.id, ("", ""), clock.now())
    if yes:
        take_offer(actor, assignment)
    else:
        decline(actor, assignment, reason)
