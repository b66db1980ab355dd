"""Which region's staff a message concerns."""

from sqlalchemy import ColumnElement, case, func, select

from placements.extensions import db
from placements.models.assignments import Assignment
from placements.models.candidates import Application
from placements.models.employers import Employer
from placements.models.operations import Message
from placements.models.outcomes import Checkpoint
from placements.models.placements import Placement
from placements.models.rounds import Round


def region_of_message() -> ColumnElement[int | None]:
    """Return the region whose record a message is about, to ask of many messages at once."""
    of_person = select(Application.region_id)
    by_assignment = of_person.join(Assignment, Assignment.application_id == Application.id)
    by_question = by_assignment.join(Checkpoint, Checkpoint.assignment_id == Assignment.id)
    own_question = of_person.join(Checkpoint, Checkpoint.application_id == Application.id)
    by_placement = select(Employer.region_id).join(Placement, Placement.employer_id == Employer.id)
    about = {
        "application": of_person.where(Application.id == Message.subject_id),
        "assignment": by_assignment.where(Assignment.id == Message.subject_id),
        "placement": by_placement.where(Placement.id == Message.subject_id),
        "employer": select(Employer.region_id).where(Employer.id == Message.subject_id),
        "round": select(Round.region_id).where(Round.id == Message.subject_id),
    }
    whens = {kind: rows.correlate(Message).scalar_subquery() for kind, rows in about.items()}
    asked = [
        rows.where(Checkpoint.id == Message.subject_id).correlate(Message).scalar_subquery()
        for rows in (by_question, own_question)
    ]
    return case({**whens, "checkpoint": func.coalesce(*asked)}, value=Message.subject_kind)


def find_message_region(message: Message) -> int | None:
    """Return the region whose record a message is about; None for a sign-in, which has none."""
    return db.session.scalar(select(region_of_message()).where(Message.id == message.id))
