"""The sealed input of a round: one salted, hashed record for each person and each place.

The snapshot's hash is over the sorted hashes of its records, so that erasing a person blanks
one body and one salt while the whole still recomputes (I-19).
"""

import hashlib
import json
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import joinedload

from placements.domain.errors import GuardRefused
from placements.domain.vocabulary import HELD_ASSIGNMENT_STATES
from placements.extensions import db
from placements.models.assignments import Assignment
from placements.models.candidates import Application
from placements.models.employers import Employer
from placements.models.placements import Placement
from placements.models.rounds import Round, Snapshot, SnapshotRecord
from placements.services.travel import describe_travel, read_sealed_travel

Facts = dict[str, Any]


def take_snapshot(round_: Round, at: datetime) -> Snapshot:
    """Seal who and what the round is about; part of the act that locks it.

    A round that was unlocked and locked again with nothing changed keeps its first seal.
    """
    ready, live = list_ready(round_.region_id), list_live(round_.region_id)
    people = [_seal("application", a.id, a.salt, describe_person(a)) for a in ready]
    described = _describe_places(live, describe_travel(round_.region_id))
    places = [
        _seal("placement", p.id, _salt(round_, p), facts)
        for p, facts in zip(live, described, strict=True)
    ]
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


def read_snapshot(round_: Round) -> Facts:
    """Return the sealed people, places, caps and travel of the round as the engine reads them.

    A record that was erased is blank and left out.
    """
    sealed = _sealed_records(round_)
    places = [json.loads(r.body) for r in sealed if r.kind == "placement" and r.body]
    caps = {p["employer"]: p.pop("employer_cap") for p in places if "employer_cap" in p}
    travel = [p.pop("travel") for p in places if "travel" in p]
    return {
        "candidates": [json.loads(r.body) for r in sealed if r.kind == "application" and r.body],
        "placements": places,
        "host_caps": caps,
        "travel": read_sealed_travel(round_.region_id, travel[0] if travel else None),
    }


def get_snapshot(round_: Round) -> Snapshot:
    """Return when the round was sealed and how many records it holds; refused if it is not."""
    same = (Snapshot.round_id == round_.id, Snapshot.snapshot_hash == round_.snapshot_hash)
    found = db.session.scalar(select(Snapshot).where(*same))
    if found is None:
        raise GuardRefused("The round is not sealed. Lock it first.")
    return found


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


def find_record_hashes(round_: Round) -> dict[tuple[str, str], str]:
    """Return the salted hash of each sealed record by its kind and public reference."""
    sealed = [r for r in _sealed_records(round_) if r.body is not None]
    return {(r.kind, json.loads(r.body)["id"]): r.record_hash for r in sealed}


def list_blank_records(round_: Round) -> dict[str, list[tuple[int, str]]]:
    """List the sealed records that were erased, by kind: the row's id and the record's hash."""
    blank: dict[str, list[tuple[int, str]]] = {}
    for record in _sealed_records(round_):
        if record.body is None:
            blank.setdefault(record.kind, []).append((record.record_id, record.record_hash))
    return blank


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


def list_ready(region_id: int) -> list[Application]:
    """List who could be placed: ready, and holding no place now or before."""
    wanted = select(Application).where(*is_ready(region_id)).order_by(Application.id)
    return list(db.session.scalars(wanted.options(joinedload(Application.candidate))))


def is_ready(region_id: int) -> tuple[ColumnElement[bool], ...]:
    """Say whose applications are of those who could be placed in a region."""
    held = exists().where(
        Assignment.application_id == Application.id,
        Assignment.state.in_(HELD_ASSIGNMENT_STATES),
    )
    return Application.region_id == region_id, Application.state == "ready", ~held


def list_live(region_id: int) -> list[Placement]:
    """List the placements of a region that have a free place."""
    live = select(Placement).join(Employer, Placement.employer_id == Employer.id)
    live = live.where(Employer.region_id == region_id, Placement.state == "live")
    whole = (joinedload(Placement.employer), joinedload(Placement.site))
    return list(db.session.scalars(live.order_by(Placement.id).options(*whole)))


def is_live_in(placement: Placement, region_id: int) -> bool:
    """Say whether a placement is one of those that `list_live` lists."""
    return placement.state == "live" and placement.employer.region_id == region_id


def describe_person(application: Application) -> dict[str, Any]:
    """Return what the engine reads of an application: no name, no contact, no address."""
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


def describe_place(placement: Placement) -> dict[str, Any]:
    """Return what the engine reads of a placement, with its free places."""
    site = placement.site
    return {
        "id": placement.reference,
        "employer": placement.employer.name,
        "sector": placement.sector or "",
        "lat": site.latitude if site else None,
        "lon": site.longitude if site else None,
        "capacity": placement.capacity - placement.held,
        "min_age": placement.min_age or 0,
        "needs": placement.needs,
        "shifts": placement.shifts,
        "start_from": _iso(placement.start_from),
        "start_to": _iso(placement.start_to),
        **describe_honesty(placement.group_min, placement.capacity_min, placement.held),
    }


def describe_honesty(group_min: int | None, sure_of: int | None, held: int) -> dict[str, int]:
    """Return how many more people a placement needs to run, and how many more places are certain.

    Those who hold a place already count in both. What the employer did not say is left out.
    """
    told = {"group_min": group_min, "capacity_min": sure_of}
    return {name: max(n - held, 0) for name, n in told.items() if n is not None}


def _describe_places(live: list[Placement], travel: Facts | None) -> list[Facts]:
    """Add employers' caps, and to the first how people travel: what binds the plan is sealed."""
    described = []
    for placement in live:
        cap, facts = placement.employer.cap, describe_place(placement)
        described.append(facts if cap is None else {**facts, "employer_cap": cap})
    if described and travel is not None:
        described[0]["travel"] = travel
    return described


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
