"""The audit: every line is written in the transaction of the change it tells of.

Lines are gathered while an act runs and chained at its end, because the head of the chain is
the last row that any transaction locks.
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from placements.domain.permissions import Actor
from placements.domain.vocabulary import Kind
from placements.extensions import db
from placements.models.audit import AuditHead, Event, History
from placements.models.operations import Message

PENDING = "pending_events"
FIRST_HASH = "0" * 64


@dataclass
class PendingEvent:
    """A line not yet chained, with the rows that point at it."""

    event: Event
    history: History | None
    messages: list[Message]


def record_event(
    actor: Actor,
    action: str,
    kind: Kind | str,
    record_id: int,
    states: tuple[str, str],
    at: datetime,
) -> PendingEvent:
    """Add a line to the audit of the running act; it takes ids, codes and times only."""
    event = Event(
        happened_at=at,
        role=actor.role.value,
        account_id=actor.account_id,
        action=action,
        kind=str(kind),
        record_id=record_id,
        from_state=states[0],
        to_state=states[1],
        request_id=db.session.info.get("request_id"),
    )
    pending = PendingEvent(event, None, [])
    db.session.info.setdefault(PENDING, []).append(pending)
    return pending


def find_pending(kind: Kind, action: str) -> dict[int, PendingEvent]:
    """Return the lines of the running act that tell of `action`, by the record each tells of."""
    gathered: list[PendingEvent] = db.session.info.get(PENDING, [])
    lines = (p for p in gathered if (p.event.kind, p.event.action) == (kind.value, action))
    return {pending.event.record_id: pending for pending in lines}


def use_request_id(request_id: str) -> None:
    """Name the request that the next lines of the audit come from."""
    db.session.info["request_id"] = request_id


def chain_pending(session: Session) -> None:
    """Give every gathered line its number and hash, and store it with what points at it."""
    gathered: list[PendingEvent] = session.info.pop(PENDING, [])
    if not gathered:
        return
    session.execute(update(AuditHead).where(AuditHead.id == 1).values(seq=AuditHead.seq))
    head = session.get_one(AuditHead, 1, populate_existing=True)
    for pending in gathered:
        _link(pending, head)
    session.add_all([pending.event for pending in gathered])
    session.flush()
    for pending in gathered:
        rows = [*pending.messages, *([pending.history] if pending.history else [])]
        for row in rows:
            row.event_seq = pending.event.seq
        session.add_all(rows)
    session.flush()


def forget_pending(session: Session) -> None:
    """Drop what a failed act gathered."""
    session.info.pop(PENDING, None)


def count_pending() -> int:
    """Return how many lines the running act has gathered."""
    return len(db.session.info.get(PENDING, []))


def forget_pending_after(mark: int) -> None:
    """Drop the lines gathered since `mark`, for a part of an act that was undone."""
    del db.session.info.get(PENDING, [])[mark:]


def hash_event(event: Event) -> str:
    """Return the SHA-256 of the line's facts and the hash before it."""
    at = event.happened_at
    facts = [
        event.seq,
        f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03d}Z",
        event.role,
        event.account_id,
        event.action,
        event.kind,
        event.record_id,
        event.from_state,
        event.to_state,
        event.request_id,
        event.prev_hash,
    ]
    return hashlib.sha256(json.dumps(facts, separators=(",", ":")).encode()).hexdigest()


def _link(pending: PendingEvent, head: AuditHead) -> None:
    event = pending.event
    event.seq, event.prev_hash = head.seq + 1, head.hash
    event.hash = hash_event(event)
    head.seq, head.hash = event.seq, event.hash
