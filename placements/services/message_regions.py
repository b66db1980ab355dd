"""Which region's staff a message concerns."""

from placements.extensions import db
from placements.models.assignments import Assignment
from placements.models.candidates import Application
from placements.models.employers import Employer
from placements.models.operations import Message
from placements.models.outcomes import Checkpoint
from placements.models.placements import Placement
from placements.models.rounds import Round


def find_message_region(message: Message) -> int | None:
    """Return the region whose record a message is about; None for a sign-in, which has none."""
    record_id = message.subject_id
    if message.subject_kind == "checkpoint":
        checkpoint = db.session.get(Checkpoint, record_id)
        own = checkpoint.application_id if checkpoint else None
        via = db.session.get(Assignment, checkpoint.assignment_id or 0) if checkpoint else None
        return _region_of_application(via.application_id if via else own)
    if message.subject_kind == "assignment":
        assignment = db.session.get(Assignment, record_id)
        return _region_of_application(assignment.application_id if assignment else None)
    if message.subject_kind == "application":
        return _region_of_application(record_id)
    if message.subject_kind == "placement":
        placement = db.session.get(Placement, record_id)
        return placement.employer.region_id if placement else None
    owner = {"round": Round, "employer": Employer}.get(message.subject_kind)
    found = db.session.get(owner, record_id) if owner else None
    return found.region_id if found else None


def _region_of_application(application_id: int | None) -> int | None:
    found = db.session.get(Application, application_id or 0)
    return found.region_id if found else None
