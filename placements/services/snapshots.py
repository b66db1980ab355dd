"""The sealed input of a round: one salted, hashed record for each person and each place.

The snapshot's hash is over the sorted hashes of its records, so that erasing a person blanks
one body and one salt while the whole still recomputes (I-19).
"""

import hashlib
import json
from datetime import date, datetime
from typing import Any

from sqlalchemy import exists, select

from placements.domain.vocabulary import HELD_ASSIGNMENT_STATES
from placements.extensions import db
from placements.models.assignments import Assignment
from placements.models.candidates import Application
from placements.models.employers import Employer
from placements.models.placements import Placement
from placements.models.rounds import Round, Snapshot, SnapshotRecord


def take_snapshot(round_: Round, at: datetime) -> Snapshot:
    """Seal who and what the round is about; part of the act that locks it.

    A round that was unlocked and locked again with nothing changed keeps its first seal.
    """
    people = [_seal("application", a.id, a.salt, _describe_person(a)) for a in _people(round_)]
    places = [_seal("placement", p.id, _salt(round_, p), _describe_place(p)) for p in _open(round_)]
    records = [*people, *places]
    seal = hash_records([record.record_hash for record in records])
    same = (Snapshot.round_id == round_.id, Snapshot.snapshot_hash == seal)
    earlier = db.session.scalar(select(Snapshot).where(*same))
    if earlier is not None:
        return earlier
    snapshot = Snapshot(
        round_id=round_.id,
        snapshot_hash=seal,
        taken_at=at,
        n_candidates=len(people),
        n_placements=len(places),
    )
    db.session.add(snapshot)
    db.session.flush()
    for record in records:
        record.snapshot_id = snapshot.id
    db.session.add_all(records)
    return snapshot


def read_snapshot(round_: Round) -> dict[str, list[dict[str, Any]]]:
    """Return the sealed people and places of the round as the engine reads them."""
    sealed = _sealed_records(round_)
    return {
        "candidates": [json.loads(r.body) for r in sealed if r.kind == "application" and r.body],
        "placements": [json.loads(r.body) for r in sealed if r.kind == "placement" and r.body],
    }


def list_broken_records(round_: Round) -> list[int]:
    """List ids of sealed records whose bytes no longer give their hash; [-1] if the whole fails."""
    sealed = _sealed_records(round_)
    broken = [
        r.id for r in sealed if r.body is not None and _hash(f"{r.salt}{r.body}") != r.record_hash
    ]
    whole = hash_records([record.record_hash for record in sealed])
    return broken if whole == round_.snapshot_hash else [*broken, -1]


def find_record_ids(round_: Round) -> dict[tuple[str, str], int]:
    """Return the row id of each sealed record by its kind and public reference."""
    sealed = [r for r in _sealed_records(round_) if r.body is not None]
    return {(r.kind, json.loads(r.body)["id"]): r.record_id for r in sealed}


def hash_records(hashes: list[str]) -> str:
    """Return the hash of a snapshot from the hashes of its records, in any order."""
    return _hash("\n".join(sorted(hashes)))


def canonical(value: object) -> str:
    """Write `value` as JSON that is the same bytes everywhere."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def _sealed_records(round_: Round) -> list[SnapshotRecord]:
    rows = (
        select(SnapshotRecord)
        .join(Snapshot, SnapshotRecord.snapshot_id == Snapshot.id)
        .where(Snapshot.round_id == round_.id, Snapshot.snapshot_hash == round_.snapshot_hash)
    )
    return list(db.session.scalars(rows.order_by(SnapshotRecord.record_hash)))


def _people(round_: Round) -> list[Application]:
    held = exists().where(
        Assignment.application_id == Application.id,
        Assignment.state.in_(HELD_ASSIGNMENT_STATES),
    )
    ready = (Application.region_id == round_.region_id, Application.state == "ready", ~held)
    return list(db.session.scalars(select(Application).where(*ready).order_by(Application.id)))


def _open(round_: Round) -> list[Placement]:
    live = select(Placement).join(Employer, Placement.employer_id == Employer.id)
    live = live.where(Employer.region_id == round_.region_id, Placement.state == "live")
    return list(db.session.scalars(live.order_by(Placement.id)))


def _describe_person(application: Application) -> dict[str, Any]:
    candidate, never = application.candidate, application.never or {}
    return {
        "id": application.reference,
        "lat": candidate.latitude,
        "lon": candidate.longitude,
        "born_on": _iso(candidate.date_of_birth),
        "modes": application.modes,
        "max_minutes": application.max_minutes,
        "availability": application.availability,
        "start_from": _iso(application.start_from),
        "start_to": _iso(application.start_to),
        "has": application.needs_met,
        "sectors": application.sectors,
        "choices": application.choices,
        "never_placements": never.get("placements", []),
        "never_employers": never.get("employers", []),
        "never_sectors": never.get("sectors", []),
        "priority": application.priority,
    }


def _describe_place(placement: Placement) -> dict[str, Any]:
    return {
        "id": placement.reference,
        "employer": placement.employer.name,
        "sector": placement.sector,
        "lat": placement.site.latitude,
        "lon": placement.site.longitude,
        "capacity": placement.capacity - placement.held,
        "min_age": placement.min_age or 0,
        "needs": placement.needs,
        "shifts": placement.shifts,
        "start_from": _iso(placement.start_from),
        "start_to": _iso(placement.start_to),
    }


def _seal(kind: str, record_id: int, salt: str, facts: dict[str, Any]) -> SnapshotRecord:
    body = canonical(facts)
    sealed = SnapshotRecord(kind=kind, record_id=record_id, salt=salt, body=body)
    sealed.record_hash = _hash(f"{salt}{body}")
    return sealed


def _salt(round_: Round, placement: Placement) -> str:
    return _hash(f"{round_.seed}:{placement.reference}")[:32]


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
