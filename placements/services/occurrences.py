"""Due steps as rows: the database decides who runs each one, and that it runs once (I-33, I-34)."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from placements import clock
from placements.domain.errors import Refusal
from placements.domain.permissions import SYSTEM
from placements.domain.vocabulary import Kind
from placements.extensions import db
from placements.models.operations import Lease, Occurrence
from placements.models.rounds import Round
from placements.services import transitions
from placements.services.transactions import act, fenced_by

LEASE, LEASE_SECONDS = "schedule", 60
OF_ROUNDS = (
    *("round.open", "round.lock", "round.solve", "round.release", "round.cascade"),
    "offers.lapse",
)


class LeaseLost(Refusal):
    """The worker slept past its lease, and another one holds it."""


@dataclass(frozen=True)
class Claim:
    """A due step that this worker may run, under the lease it holds."""

    occurrence_id: int
    schedule: str
    subject_id: int
    due_at: datetime
    epoch: int
    was_begun: bool
    version: int


def add_occurrence(schedule: str, subject_id: int, due_at: datetime) -> None:
    """Add a due step, once, as part of the act that makes it necessary."""
    same = (
        Occurrence.schedule == schedule,
        Occurrence.subject_id == subject_id,
        Occurrence.due_at == due_at,
    )
    if db.session.scalar(select(Occurrence.id).where(*same)) is None:
        occurrence = Occurrence(schedule=schedule, subject_id=subject_id, due_at=due_at)
        transitions.begin(occurrence, Kind.OCCURRENCE, "schedule", SYSTEM, due_at)


def find_next_due_at() -> datetime | None:
    """Return the instant of the next step that waits, or None."""
    waiting = select(Occurrence.due_at).where(Occurrence.state.in_(("due", "claimed")))
    return db.session.scalar(waiting.order_by(Occurrence.due_at).limit(1))


def list_occurrences() -> list[Occurrence]:
    """List every step, the earliest first."""
    return list(db.session.scalars(select(Occurrence).order_by(Occurrence.due_at, Occurrence.id)))


def describe_occurrence(occurrence: Occurrence) -> dict[str, str | int]:
    """Return a step as plain values, for a list that people or machines read."""
    return {
        "schedule": occurrence.schedule,
        "subject_id": occurrence.subject_id,
        "due_at": f"{occurrence.due_at:%Y-%m-%dT%H:%M:%SZ}",
        "state": occurrence.state,
        "reason": occurrence.reason or "",
    }


@act
def claim_next(holder: str) -> Claim | None:
    """Claim the earliest step that is due; None if there is none or another holds the lease."""
    at = clock.now()
    lease = _hold_lease(holder, at)
    if lease is None:
        return None
    _hand_back_abandoned(lease.epoch)
    due = (Occurrence.state == "due", Occurrence.due_at <= at)
    earliest = select(Occurrence).where(*due).order_by(Occurrence.due_at, Occurrence.id)
    found = db.session.scalar(earliest.limit(1))
    if found is None:
        return None
    was_begun = found.lease_epoch is not None
    transitions.move(found, Kind.OCCURRENCE, "claim", SYSTEM, at)
    found.lease_epoch = lease.epoch
    step = (found.id, found.schedule, found.subject_id, found.due_at)
    return Claim(*step, epoch=lease.epoch, was_begun=was_begun, version=found.version)


@act
def take_claimed(occurrence_id: int, *, was_begun: bool) -> Claim | None:
    """Take a step that was handed out; None if it was run, or handed back, meanwhile.

    Whoever took it before writes nothing any more.
    """
    at, lease = clock.now(), _lock_lease()
    found = db.session.get(Occurrence, occurrence_id)
    if lease is None or found is None or found.state != "claimed":
        return None
    for action in ("hand_back", "claim"):
        transitions.move(found, Kind.OCCURRENCE, action, SYSTEM, at)
    found.lease_epoch = lease.epoch
    step = (found.id, found.schedule, found.subject_id, found.due_at)
    return Claim(*step, epoch=lease.epoch, was_begun=was_begun, version=found.version)


def find_region(claim: Claim) -> int | None:
    """Return the region whose round a step is about; None for a step of the whole service."""
    if claim.schedule not in OF_ROUNDS:
        return None
    return db.session.scalar(select(Round.region_id).where(Round.id == claim.subject_id))


@act
def renew_lease(holder: str) -> None:
    """Keep the lease of a worker that is still at a long step."""
    lease = _lock_lease()
    if lease is not None and lease.holder == holder:
        lease.expires_at = clock.now() + timedelta(seconds=LEASE_SECONDS)


@act
def release_lease(holder: str) -> None:
    """Let another worker take the schedule at once, when this one stops in order."""
    lease = _lock_lease()
    if lease is not None and lease.holder == holder:
        lease.expires_at = clock.now()


@contextmanager
def held_by(claim: Claim) -> Iterator[None]:
    """Keep nothing of any act inside once another worker holds the lease (I-34)."""

    def still_may() -> None:
        held = select(Lease.epoch).where(Lease.name == LEASE).with_for_update(read=True)
        if db.session.scalar(held) != claim.epoch:
            raise LeaseLost("Another worker has taken this step over. Nothing was changed.")

    with fenced_by(still_may):
        yield


@act
def finish(claim: Claim) -> bool:
    """Mark a claimed step as done; False, and nothing changed, under a lease that has gone."""
    return _close(claim, "finish")


@act
def note(claim: Claim, words: str) -> bool:
    """Write on a claimed step what it found; False under a lease that has gone."""
    lease = _lock_lease()
    occurrence = db.session.get_one(Occurrence, claim.occurrence_id)
    if lease is None or not _is_ours(claim, occurrence, lease):
        return False
    occurrence.reason = words[:200]
    return True


@act
def skip(claim: Claim, reason: str) -> bool:
    """Mark a claimed step as passed over, and why."""
    return _close(claim, "skip", reason)


@act
def hand_back(claim: Claim) -> bool:
    """Let a claimed step be claimed again; False under a lease that has gone."""
    lease = _lock_lease()
    occurrence = db.session.get_one(Occurrence, claim.occurrence_id)
    if lease is None or not _is_ours(claim, occurrence, lease):
        return False
    transitions.move(occurrence, Kind.OCCURRENCE, "hand_back", SYSTEM, clock.now())
    return True


def _close(claim: Claim, action: str, reason: str | None = None) -> bool:
    at = clock.now()
    lease = _lock_lease()
    occurrence = db.session.get_one(Occurrence, claim.occurrence_id)
    if lease is None or not _is_ours(claim, occurrence, lease):
        return False
    transitions.move(occurrence, Kind.OCCURRENCE, action, SYSTEM, at, reason=reason)
    occurrence.done_at = at
    return True


def _is_ours(claim: Claim, occurrence: Occurrence, lease: Lease) -> bool:
    """Say whether a claim still stands: its lease has not passed on, and nobody took it since."""
    is_of_lease = lease.epoch == claim.epoch == occurrence.lease_epoch
    return is_of_lease and occurrence.version == claim.version


def _hold_lease(holder: str, at: datetime) -> Lease | None:
    lease = _lock_lease()
    if lease is None:
        lease = Lease(name=LEASE, holder=holder, epoch=1, expires_at=at)
        db.session.add(lease)
    elif lease.expires_at <= at:  # also its own: what it left unfinished is begun again
        lease.holder, lease.epoch = holder, lease.epoch + 1
    elif lease.holder != holder:
        return None
    lease.expires_at = at + timedelta(seconds=LEASE_SECONDS)
    db.session.flush()
    return lease


def _lock_lease() -> Lease | None:
    return db.session.scalar(select(Lease).where(Lease.name == LEASE).with_for_update())


def _hand_back_abandoned(epoch: int) -> None:
    """Give back what a worker with an older lease began and never finished."""
    left = (Occurrence.state == "claimed", Occurrence.lease_epoch < epoch)
    for occurrence in db.session.scalars(select(Occurrence).where(*left)).all():
        transitions.move(occurrence, Kind.OCCURRENCE, "hand_back", SYSTEM, occurrence.due_at)
