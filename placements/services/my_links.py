"""Links from a message: whose they are, without using them up.

Several young people may share one account (a sibling's phone), so a link leads to the person
whom its record is about, and to nobody else of that account.
"""

from dataclasses import dataclass

from sqlalchemy import select

from placements.domain.errors import NotFound
from placements.domain.permissions import Actor
from placements.domain.vocabulary import Role
from placements.extensions import db
from placements.models.assignments import Assignment
from placements.models.candidates import Application, Candidate
from placements.models.outcomes import Checkpoint
from placements.services import accounts


@dataclass(frozen=True)
class OpenedLink:
    """Who may act by a link, on which record, and whether it is open, used or old."""

    actor: Actor
    subject_id: int
    state: str

    @property
    def hat_key(self) -> str:
        """Tell this person from the others of the account."""
        return f"{Role.YOUNG_PERSON.value}:{self.actor.candidate_id}"


def open_link(token: str, purpose: str) -> OpenedLink:
    """Return whose link it is, however often it is read; raise `NotFound` for any other."""
    link = accounts.read_link(token)
    if link.purpose != purpose or link.subject_id is None:
        raise NotFound("There is no such link.")
    owner = _OWNERS[purpose](link.subject_id)
    mine = owner.where(Candidate.account_id == link.account_id)
    candidate_id = db.session.scalar(mine)
    if candidate_id is None:
        raise NotFound("There is no such link.")
    actor = Actor(Role.YOUNG_PERSON, link.account_id, candidate_id=candidate_id)
    return OpenedLink(actor, link.subject_id, link.state)


def _owner_of_offer(assignment_id: int):
    rows = select(Candidate.id).join(Assignment, Assignment.candidate_id == Candidate.id)
    return rows.where(Assignment.id == assignment_id)


def _owner_of_question(checkpoint_id: int):
    rows = select(Candidate.id).join(Application, Application.candidate_id == Candidate.id)
    rows = rows.join(Assignment, Assignment.application_id == Application.id, isouter=True)
    about = (Checkpoint.application_id == Application.id) | (
        Checkpoint.assignment_id == Assignment.id
    )
    return rows.join(Checkpoint, about).where(Checkpoint.id == checkpoint_id).limit(1)


_OWNERS = {"offer": _owner_of_offer, "checkpoint": _owner_of_question}
