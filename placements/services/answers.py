"""An answer to an offer given for somebody else: yes or no, and how they told their provider."""

from placements.domain.permissions import Actor
from placements.domain.vocabulary import Kind
from placements.services.assignments import decline, get_assignment, take_offer
from placements.services.notices import tell_yes_given
from placements.services.told import note_how_told
from placements.services.transactions import act


@act
def answer_for_person(
    actor: Actor, assignment_id: int, *, yes: bool, how: str, reason: str | None = None
) -> None:
    """Say yes or no for a person, recorded as given by their provider, with how they told them.

    The person is told that it was said for them.
    The same rules hold as for the person's own answer; a no cannot be taken back.
    """
    assignment = get_assignment(actor, assignment_id)
    told = note_how_told(actor, Kind.ASSIGNMENT, assignment.id, how)
    if yes:
        take_offer(actor, assignment)
        tell_yes_given(told, assignment)
    else:
        decline(actor, assignment, reason)
