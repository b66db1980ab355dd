"""The link by which a parent or guardian signs is sent: parts of acts."""

import secrets
from datetime import datetime

from placements.domain.permissions import SYSTEM
from placements.domain.signing import guardian_way
from placements.domain.working_days import london_date
from placements.extensions import db
from placements.models.accounts import Link
from placements.models.assignments import Assignment
from placements.outbox.facts import still_to_sign
from placements.outbox.write import Recipient, queue_message
from placements.services.events import PendingEvent, record_event

FIRST = "agreement_guardian"
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


def send_again(link: Link, at: datetime) -> None:
    """Send who has an old link a new one, to the contact on record."""
    assignment = db.session.get_one(Assignment, link.subject_id)
    states = (assignment.state, assignment.state)
    told = record_event(SYSTEM, "send_guardian_link", "assignment", assignment.id, states, at)
    tell_guardian(told, assignment, None)
