"""What happened to one of a provider's people, and which messages went to them."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from placements.domain.permissions import Actor
from placements.domain.provider_history_words import BY, MESSAGES, WORDS
from placements.domain.vocabulary import CheckpointKind, Kind, Role
from placements.extensions import db
from placements.models.accounts import Account
from placements.models.assignments import WAS_OFFERED, Assignment
from placements.models.audit import Event
from placements.models.operations import Message
from placements.models.outcomes import Checkpoint
from placements.services.applications import get_application
from placements.services.key_workers import READ_BY_ANOTHER
from placements.services.sight import find_hidden


@dataclass(frozen=True)
class Line:
    """One thing that happened: when, what, by whom."""

    at: datetime
    words: str
    who: str


@dataclass(frozen=True)
class Sent:
    """One message to the person: when it went or goes, by what way, what about, and its state."""

    at: datetime
    words: str
    way: str
    state: str


def list_person_history(actor: Actor, application_id: int) -> list[Line]:
    """List what is recorded of an application the actor may see, the newest first."""
    application = get_application(actor, application_id)
    own = (Assignment.application_id == application.id, WAS_OFFERED)
    held = {a.id: a for a in db.session.scalars(select(Assignment).where(*own))}
    asked = select(Checkpoint.id).where(
        Checkpoint.assignment_id.in_(held) | (Checkpoint.application_id == application.id)
    )
    before = set(db.session.scalars(asked.where(Checkpoint.kind == CheckpointKind.BASE.value)))
    about = (
        ((Event.kind == Kind.APPLICATION.value) & (Event.record_id == application.id))
        | ((Event.kind == Kind.ASSIGNMENT.value) & Event.record_id.in_(held))
        | ((Event.kind == Kind.CHECKPOINT.value) & Event.record_id.in_(asked))
    )
    events = db.session.scalars(select(Event).where(about).order_by(Event.seq.desc()))
    since = find_hidden([application.id]).get(application.id)
    seen = (event for event in events if _may_see(actor, since, event))
    return [line for event in seen if (line := _describe(event, held, before)) is not None]


def _may_see(actor: Actor, since: datetime | None, event: Event) -> bool:
    """Say whether a line is no answer that the young person hides from their provider."""
    if since is None or actor.role is not Role.PROVIDER or event.kind != Kind.CHECKPOINT.value:
        return True
    return event.role == Role.PROVIDER.value or event.happened_at < since


def _describe(event: Event, held: dict[int, Assignment], before: set[int]) -> Line | None:
    words = WORDS[event.kind].get(event.action)
    if words is None or event.to_state == "reserve":
        return None
    if event.kind == Kind.CHECKPOINT.value and event.record_id in before:
        # Nobody was asked on a day: it is said with the entry.
        words = None if event.action == "fall_due" else f"Before: {words[0].lower()}{words[1:]}"
    if words is None:
        return None
    if event.kind == Kind.ASSIGNMENT.value:
        placement = held[event.record_id].placement
        words = words.format(title=f"{placement.title}, {placement.employer.name}")
    if event.action == READ_BY_ANOTHER:
        reader = db.session.get(Account, event.account_id or 0)
        words = words.format(reader=reader.name if reader and reader.name else "a member")
    return Line(event.happened_at, words, BY[event.role])


def list_person_messages(actor: Actor, application_id: int) -> list[Sent]:
    """List the messages written to an application's person, the newest first; never their words."""
    application = get_application(actor, application_id)
    account_id = application.candidate.account_id
    if account_id is None:
        return []
    held = select(Assignment.id).where(Assignment.application_id == application.id)
    asked = select(Checkpoint.id).where(
        Checkpoint.assignment_id.in_(held) | (Checkpoint.application_id == application.id)
    )
    about = (
        ((Message.subject_kind == "application") & (Message.subject_id == application.id))
        | ((Message.subject_kind == "assignment") & Message.subject_id.in_(held))
        | ((Message.subject_kind == "checkpoint") & Message.subject_id.in_(asked))
    )
    own = (Message.account_id == account_id, Message.template.in_(MESSAGES), about)
    rows = select(Message).where(*own).order_by(Message.send_at.desc(), Message.id.desc())
    return [
        Sent(row.sent_at or row.send_at, MESSAGES[row.template], row.channel, row.state)
        for row in db.session.scalars(rows)
    ]
