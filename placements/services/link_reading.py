"""What a link opens; reading it never uses it up, because a mail scanner reads links too."""

from dataclasses import dataclass
from typing import Literal

from sqlalchemy import select

from placements import clock
from placements.domain.errors import NotFound
from placements.extensions import db
from placements.models.accounts import Account, Link
from placements.models.assignments import Assignment
from placements.models.candidates import Application, Candidate
from placements.models.outcomes import Checkpoint
from placements.outbox.links import hash_token


@dataclass(frozen=True)
class OpenLink:
    """What a token leads to, for whom, and whether it still does."""

    purpose: str
    account_id: int
    first_name: str
    subject_id: int | None
    state: Literal["open", "used", "old"]


def read_link(token: str) -> OpenLink:
    """Return what a link opens; raise `NotFound` for a token that was never sent."""
    link = get_link(token)
    account = db.session.get_one(Account, link.account_id)
    if account.erased:
        raise NotFound("There is no such link.")
    state = "open" if link.expires_at > clock.now() else "old"
    person = _find_person(link)
    name = person.preferred_name or person.name if person else account.name
    first = (name or "").split(" ")[0]
    shown = "used" if link.used_at else state
    return OpenLink(link.purpose, link.account_id, first, link.subject_id, shown)


def get_link(token: str) -> Link:
    """Return the row of a token, or raise `NotFound`."""
    found = db.session.scalar(select(Link).where(Link.token_hash == hash_token(token)))
    if found is None:
        raise NotFound("There is no such link.")
    return found


def _find_person(link: Link) -> Candidate | None:
    """Return whom an offer or a question is about: two people may share an account."""
    assignment_id = link.subject_id if link.purpose == "offer" else None
    application_id = None
    if link.purpose == "checkpoint":
        checkpoint = db.session.get_one(Checkpoint, link.subject_id)
        assignment_id, application_id = checkpoint.assignment_id, checkpoint.application_id
    if assignment_id is not None:
        application_id = db.session.get_one(Assignment, assignment_id).application_id
    application = db.session.get(Application, application_id or 0)
    return application.candidate if application else None
