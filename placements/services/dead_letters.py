"""Messages that could not be delivered, for staff who look at them."""

from placements import clock
from placements.domain.errors import NotFound
from placements.domain.permissions import Actor
from placements.domain.vocabulary import Kind
from placements.extensions import db
from placements.models.operations import Message
from placements.services import transitions
from placements.services.message_regions import find_message_region
from placements.services.transactions import act


@act
def retry_message(actor: Actor, message_id: int) -> None:
    """Put a message of the operator's region that could not be delivered back in the queue."""
    message = db.session.get(Message, message_id)
    if message is None or find_message_region(message) != actor.region_id:
        raise NotFound("There is no such message, or it is not yours.")
    transitions.move(message, Kind.MESSAGE, "retry", actor, clock.now())
    message.n_tries, message.send_at = 0, clock.now()
