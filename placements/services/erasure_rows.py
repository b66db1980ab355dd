"""Emptying every row of one person in one transaction, and nothing of anybody else's."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from placements import clock
from placements.domain.errors import GuardRefused, NotFound
from placements.domain.permissions import SYSTEM, Actor
from placements.domain.personal_data import CODED, INVENTORY, ROW_GOES, STAYS
from placements.domain.vocabulary import (
    LIVE_ASSIGNMENT_STATES,
    OPEN_APPLICATION_STATES,
    Kind,
    Role,
)
from placements.extensions import db
from placements.failpoints import pass_failpoint
from placements.models.accounts import Account
from placements.models.assignments import Assignment
from placements.models.candidates import Application, Candidate
from placements.models.operations import ErasureList, Message
from placements.models.outcomes import Checkpoint
from placements.models.rights import RightsRequest
from placements.models.rounds import Round, Snapshot, SnapshotRecord
from placements.services import emptying, transitions
from placements.services.events import record_event
from placements.services.kept_counts import code_rows, keep_district
from placements.services.personal_rows import ROUTES, TABLES, Person, find_person, read_rows
from placements.services.places import lock_places
from placements.services.transactions import act, lock_row
from placements.services.withdrawals import stop_taking_part

HOLDS_A_PLACE = (
    "They hold an offer or a placement. Nothing was erased. End that first, or erase with"
    " stopping first (--stop-first): then everybody it concerns is told."
)


@dataclass(frozen=True)
class How:
    """Whether an offer or a placement ends first, and whether a hold or a solve is in the way."""

    stops: bool = False
    whatever_runs: bool = False


@act
def erase_rows(
    actor: Actor, candidate_id: int, at: datetime, how: How
) -> tuple[emptying.Traces, int]:
    """Empty every row of a person in one transaction, and put them on the list."""
    candidate = db.session.get(Candidate, candidate_id)
    if candidate is None:
        raise NotFound("There is no such person.")
    live = _lock_live(candidate_id)
    entries = _lock_entries(candidate_id)
    if actor.region_id is not None and actor.region_id not in {e.region_id for e in entries}:
        raise NotFound("There is no such person, or they are not of your region.")
    if not how.whatever_runs:
        _check_nothing_needs(candidate_id)
    if live and not how.stops:
        raise GuardRefused(HOLDS_A_PLACE)
    _stop(actor, candidate_id, entries)
    person = find_person(candidate)
    traces = emptying.find_traces(person)
    _close(person, entries)
    for entry in entries:
        entry.counted_district = entry.counted_district or keep_district(candidate)
    for request in read_rows(RightsRequest, person):
        if request.kind == "erasure" and request.closed_at is None:
            close_request(actor, request, "done")
    n_rows = sum(_empty(table, person) for table in ROUTES)
    pass_failpoint("erase.mid")
    _list(actor, candidate_id, at, is_new=n_rows > 0)
    return traces, n_rows


def _lock_live(candidate_id: int) -> bool:
    """Say whether the person holds an offer or a placement; its places are locked first."""
    live = select(Assignment.placement_id).where(
        Assignment.candidate_id == candidate_id, Assignment.state.in_(LIVE_ASSIGNMENT_STATES)
    )
    places = db.session.scalars(live).all()
    lock_places(places)
    return bool(places)


def _lock_entries(candidate_id: int) -> list[Application]:
    mine = select(Application).where(Application.candidate_id == candidate_id)
    return [lock_row(entry) for entry in db.session.scalars(mine.order_by(Application.id)).all()]


def _check_nothing_needs(candidate_id: int) -> None:
    _check_no_hold(candidate_id)
    solving = (
        select(SnapshotRecord.id)
        .join(Snapshot, SnapshotRecord.snapshot_id == Snapshot.id)
        .join(Round, Round.id == Snapshot.round_id)
        .join(Application, Application.id == SnapshotRecord.record_id)
        .where(SnapshotRecord.kind == "application", Application.candidate_id == candidate_id)
        .where(Round.state == "simulating")
    )
    if db.session.scalar(solving.limit(1)):
        raise GuardRefused("A plan with them in it is being made. Try again in a few minutes.")


def _check_no_hold(candidate_id: int) -> None:
    open_ones = select(RightsRequest.kind).where(
        RightsRequest.candidate_id == candidate_id, RightsRequest.closed_at.is_(None)
    )
    kinds = set(db.session.scalars(open_ones))
    if "hold" in kinds:
        raise GuardRefused("Their data is on hold. Nothing was erased. End the hold first.")
    if "access" in kinds:
        raise GuardRefused(
            "They asked to see their data and were not answered yet. Nothing was erased."
            " Answer that first."
        )


def _stop(actor: Actor, candidate_id: int, entries: list[Application]) -> None:
    """End what runs the way it ends when the person stops: everybody it concerns is told."""
    for entry in entries:
        if entry.state in OPEN_APPLICATION_STATES:
            stop_taking_part(_as_person(actor, candidate_id), entry)
    db.session.flush()


def _as_person(actor: Actor, candidate_id: int) -> Actor:
    """They asked for it, so it is their move; the line of the audit names who carried it out."""
    return Actor(Role.YOUNG_PERSON, actor.account_id, candidate_id=candidate_id)


def close_request(actor: Actor, request: RightsRequest, result: str) -> None:
    """Close what was asked about a person's data, with its result; part of an act."""
    request.closed_at, request.closed_by = clock.now(), actor.account_id
    request.result = result
    told = (f"close_{request.kind}", "candidate", request.candidate_id)
    record_event(actor, *told, ("", result), request.closed_at)


def _close(person: Person, entries: list[Application]) -> None:
    """Bring every record of the person to where nothing more is done with it."""
    at = clock.now()
    for line in read_rows(Assignment, person):
        if line.state == "reserve":
            transitions.move(line, Kind.ASSIGNMENT, "release", SYSTEM, at)
    for question in read_rows(Checkpoint, person):
        if question.state in ("scheduled", "due", "chasing"):
            transitions.move(question, Kind.CHECKPOINT, "not_applicable", SYSTEM, at)
    for message in read_rows(Message, person):
        if message.state == "queued" and message.account_id == person.account_id:
            transitions.move(message, Kind.MESSAGE, "drop", SYSTEM, at)
    for entry in entries:
        if entry.state != "anonymised":
            transitions.move(entry, Kind.APPLICATION, "anonymise", SYSTEM, at)


def _empty(table: str, person: Person) -> int:
    """Empty the person's rows of one table as the inventory says; return how many changed."""
    fields = [f for f in INVENTORY if f.table == table]
    left = {f.column: f.erased_to for f in fields if f.erased_to not in (STAYS, CODED)}
    n_changed = code_rows(table, person)
    if not left:
        return n_changed
    for row in read_rows(TABLES[table], person):
        if ROW_GOES in left.values():
            db.session.delete(row)
            n_changed += 1
        else:
            n_changed += _empty_row(row, left)
    db.session.flush()
    return n_changed


def _empty_row(row: Any, left: dict[str, Any]) -> bool:
    told = {name: getattr(row, name) for name in left}
    changed = {
        name: value
        for name, value in left.items()
        if told[name] is not None and told[name] != value
    }
    for name, value in changed.items():
        setattr(row, name, value)
    if isinstance(row, Account):
        row.erased = True
    return bool(changed)


def _list(actor: Actor, candidate_id: int, at: datetime, *, is_new: bool) -> None:
    listed = db.session.get(ErasureList, candidate_id)
    if listed is None:
        db.session.add(ErasureList(candidate_id=candidate_id, erased_at=at))
    elif is_new:
        listed.emptied_at = None
    if listed is None or is_new:
        record_event(actor, "erase", "candidate", candidate_id, ("", ""), clock.now())
