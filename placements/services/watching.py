"""What an operator watches: how much waits, since when, and when the worker was last seen."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select

from placements import clock
from placements.extensions import db
from placements.models.operations import Lease, Message, Occurrence
from placements.models.rounds import Plan, Round
from placements.services.occurrences import LEASE, LEASE_SECONDS

# A step is late when a worker that lives would long have taken it.
LATE = timedelta(minutes=5)
WORKER_GONE = timedelta(minutes=2)


@dataclass(frozen=True)
class Watched:
    """Counts, ages in seconds and times; nothing of a record."""

    outbox_waiting: int
    outbox_overdue_seconds: float
    dead_letters: int
    steps_due: int
    steps_late: int
    step_overdue_seconds: float
    rounds_by_state: dict[str, int]
    last_solve_seconds: float | None
    worker_seen_at: datetime | None


def watch() -> Watched:
    """Count what waits, at this instant."""
    at = clock.now()
    waiting = (Message.state == "queued",)
    due = (Occurrence.state.in_(("due", "claimed")), Occurrence.due_at <= at)
    rounds = db.session.execute(select(Round.state, func.count()).group_by(Round.state)).all()
    newest = select(Plan.solve_seconds).order_by(Plan.id.desc()).limit(1)
    watched = Watched(
        outbox_waiting=_count(Message, *waiting),
        outbox_overdue_seconds=_age(at, func.min(Message.send_at), *waiting),
        dead_letters=_count(Message, Message.state == "dead"),
        steps_due=_count(Occurrence, *due),
        steps_late=_count(Occurrence, due[0], Occurrence.due_at <= at - LATE),
        step_overdue_seconds=_age(at, func.min(Occurrence.due_at), *due),
        rounds_by_state={row[0]: row[1] for row in rounds},
        last_solve_seconds=db.session.scalar(newest),
        worker_seen_at=find_worker_seen_at(),
    )
    db.session.rollback()
    return watched


def find_worker_seen_at() -> datetime | None:
    """Return when a worker last held the schedule; None if none ever did."""
    expires_at = db.session.scalar(select(Lease.expires_at).where(Lease.name == LEASE))
    return expires_at - timedelta(seconds=LEASE_SECONDS) if expires_at else None


def is_worker_gone() -> bool:
    """Say whether there was a worker and none has been seen lately."""
    seen_at = find_worker_seen_at()
    return seen_at is not None and clock.now() - seen_at > WORKER_GONE


def has_late_steps() -> bool:
    """Say whether a step waits that a worker would long have taken."""
    late = (Occurrence.state.in_(("due", "claimed")), Occurrence.due_at <= clock.now() - LATE)
    return _count(Occurrence, *late) > 0


def _count(kind: type[Message] | type[Occurrence], *which: object) -> int:
    return db.session.scalar(select(func.count(kind.id)).where(*which)) or 0


def _age(at: datetime, oldest: object, *which: object) -> float:
    since = db.session.scalar(select(oldest).where(*which))
    return max((at - since).total_seconds(), 0.0) if since else 0.0
