"""What happened to a record, oldest first, in words."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from placements.domain.history_words import history_words
from placements.domain.permissions import Actor
from placements.domain.vocabulary import Kind
from placements.extensions import db
from placements.models.audit import Event, History
from placements.services.placements import get_placement


@dataclass(frozen=True)
class Happened:
    """One change of state: when, and what in words."""

    at: datetime
    words: str
    action: str


def list_placement_history(actor: Actor, placement_id: int) -> list[Happened]:
    """List what happened to a placement the actor may see, oldest first."""
    placement = get_placement(actor, placement_id)
    rows = select(History, Event.role).join(Event, Event.seq == History.event_seq)
    own = (History.kind == Kind.PLACEMENT.value, History.record_id == placement.id)
    found = db.session.execute(rows.where(*own).order_by(History.version))
    return [
        Happened(line.moved_at, history_words(line.action, role), line.action)
        for line, role in found
    ]
