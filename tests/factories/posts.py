"""Many messages at once that all wait to leave."""

from datetime import timedelta

from factories.records import make_assignment
from sqlalchemy import select

from placements.domain.permissions import SYSTEM
from placements.extensions import db
from placements.models.candidates import Application
from placements.models.placements import Placement
from placements.outbox.write import Recipient, queue_message
from placements.services.events import record_event
from placements.services.transactions import act


@act
def queue_offers(world, n, at):
    """Queue `n` emails and `n` texts about an offer that is open for a week."""
    application = db.session.scalar(select(Application))
    placement = db.session.get_one(Placement, world.placement_id)
    deadline = at.replace(hour=23, minute=0) + timedelta(days=7)
    offer = make_assignment(
        application, placement, deadline_at=deadline, original_deadline_at=deadline
    )
    told = record_event(SYSTEM, "tell", "assignment", offer.id, ("", ""), at)
    to = Recipient(world.people[0].account_id, True, True)
    for number in range(n):
        queue_message(told, "offer", to, ("assignment", offer.id), at, once=f"n{number}")
