"""What goes to a parent or guardian: a copy of an offer, the link to sign; parts of acts."""

import secrets
from datetime import datetime

from placements.domain.permissions import SYSTEM
from placements.domain.signing import guardian_way
from placements.domain.working_days import london_date
from placements.extensions import db
from placements.models.accounts import Link
from placements.models.assignments import Assignment
from placements.models.candidates import Candidate
from placements.outbox.facts import still_to_sign
from placements.outbox.for_guardians import reads_offers
from placements.outbox.write import Recipient, queue_message
from placements.services.events import PendingEvent, record_event

FIRST, COPY = "agreement_guardian", "offer_guardian"
TEMPLATES = (FIRST, f"{FIRST}_again")


def tell_guardian(pending: PendingEvent, assignment: Assignment, again: datetime | None) -> None:
    """Send the guardian the link, and once more `again` if it is still needed."""
    candidate, at = assignment.application.candidate, pending.event.happened_at
    way = guardian_way(candidate.guardian_contact)
    if way is None or candidate.account_id is None:
        return
    if "guardian" not in still_to_sign(assignment, london_date(at)):
        return
    to = Recipient(candidate.account_id, way == "email", way == "text")
    subject, once = ("assignment", assignment.id), secrets.token_hex(8)
    queue_message(pending, FIRST, to, subject, at, once=once, ways=(way,))
    if again is not None:
        queue_message(pending, TEMPLATES[1], to, subject, again, once=once, ways=(way,))


def tell_guardian_of_offer(
    pending: PendingEvent, assignment: Assignment, person: Candidate
) -> None:
    """Send the guardian a copy of an offer, where the person is under 18 and agreed."""
    at, way = pending.event.happened_at, guardian_way(person.guardian_contact)
    if way is None or person.account_id is None or not reads_offers(person, london_date(at)):
        return
    to = Recipient(person.account_id, way == "email", way == "text")
    queue_message(pending, COPY, to, ("assignment", assignment.id), at, ways=(way,))


def send_again(link: Link, at: datetime) -> None:
    """Send who has an old link a new one, to the contact on record."""
    assignment = db.session.get_one(Assignment, link.subject_id)
    states = (assignment.state, assignment.state)
    told = record_event(SYSTEM, "send_guardian_link", "assignment", assignment.id, states, at)
    tell_guardian(told, assignment, None)
