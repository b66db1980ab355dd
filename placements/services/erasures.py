"""Erasing a person: every row, file and free page that says something of them, for good (I-38).

What stays is what the audit keeps too: ids, codes, counts and times, so that past figures stand.
The person's id goes on a list that is kept for ever and, beside the database, in a file: whatever
is restored later, everybody on it is erased again before anything is served.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

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
from placements.models.audit import History
from placements.models.candidates import Application, Candidate
from placements.models.operations import ErasureList, Message
from placements.models.outcomes import Checkpoint
from placements.models.rights import RightsRequest
from placements.models.rounds import Round, Snapshot, SnapshotRecord
from placements.services import emptying, erasure_file, transitions
from placements.services.events import record_event
from placements.services.kept_counts import code_rows, keep_district
from placements.services.personal_rows import ROUTES, TABLES, Person, find_person, read_rows
from placements.services.places import lock_places
from placements.services.transactions import act, lock_row
from placements.services.withdrawals import stop_taking_part
from placements.settings import Settings

HOLDS_A_PLACE = (
    "They hold an offer or a placement. Nothing was erased. End that first, or erase with"
    " stopping first (--stop-first): then everybody it concerns is told."
)


@dataclass(frozen=True)
class How:
    """Whether an offer or a placement ends first, and whether a hold or a solve is in the way."""

    stops: bool = False
    whatever_runs: bool = False


@dataclass(frozen=True)
class Erased:
    """What became of an erasure: `is_emptied` when no free page holds anything either."""

    candidate_id: int
    n_rows: int
    n_files: int
    is_emptied: bool


def erase_person(
    actor: Actor, candidate_id: int, settings: Settings, *, stop_first: bool = False
) -> Erased:
    """Erase a person for good; an operator may, and the system by the rules of retention.

    Somebody who holds an offer or a placement is refused, unless `stop_first` ends it first as
    if they had stopped taking part: then everybody it concerns is told. Run again, it goes on.
    """
    if actor.role not in (Role.OPERATOR, Role.SYSTEM):
        raise NotFound("Only an operator erases a person.")
    how = How(stops=stop_first)
    traces, n_rows = _erase_rows(actor, candidate_id, clock.now(), how)
    pass_failpoint("erase.mid")
    n_files = emptying.remove_letters(traces, settings.mail_sink_dir)
    finish_erasures(settings)
    return Erased(candidate_id, n_rows, n_files, candidate_id not in _list_not_emptied())


def erase_people(candidate_ids: Iterable[int], settings: Settings) -> set[int]:
    """Erase people whose time has come, each in a transaction of its own; return who may not go.

    Cut off, the next run goes on with who is left, and with what was not emptied yet.
    """
    refused: set[int] = set()
    for candidate_id in candidate_ids:
        try:
            traces, _ = _erase_rows(SYSTEM, candidate_id, clock.now(), How())
        except GuardRefused:
            refused.add(candidate_id)
            continue
        pass_failpoint("retention.mid")
        emptying.remove_letters(traces, settings.mail_sink_dir)
    finish_erasures(settings)
    return refused


def replay_erasures(settings: Settings) -> int:
    """Erase everybody on the list again, after a restore; return how many had come back.

    Who was erased since the backup was taken is in the file beside the database. Somebody who
    was registered after an id was erased is somebody else, and is left alone.
    """
    listed = dict(list_erased()) | dict(erasure_file.read_erased(settings.anchor_folder))
    n_back = 0
    for candidate_id, erased_at in sorted(listed.items()):
        if not _is_the_same(candidate_id, erased_at):
            continue
        how = How(stops=True, whatever_runs=True)
        traces, n_rows = _erase_rows(SYSTEM, candidate_id, erased_at, how)
        emptying.remove_letters(traces, settings.mail_sink_dir)
        n_back += n_rows > 0
    finish_erasures(settings)
    return n_back


def finish_erasures(settings: Settings) -> int:
    """Empty what erasures could not yet, because others were reading; return how many wait on."""
    for candidate_id, erased_at in list_erased():
        erasure_file.keep_erased(settings.anchor_folder, candidate_id, erased_at)
    if _list_not_emptied() and emptying.empty_free_pages():
        _mark_emptied(_list_not_emptied())
    return len(_list_not_emptied())


def list_erased() -> list[tuple[int, datetime]]:
    """List who was erased, by id, and when."""
    rows = select(ErasureList.candidate_id, ErasureList.erased_at)
    found = db.session.execute(rows.order_by(ErasureList.candidate_id)).all()
    return [(row.candidate_id, row.erased_at) for row in found]


def is_erased(candidate_id: int) -> bool:
    """Say whether a person is on the list."""
    return db.session.get(ErasureList, candidate_id) is not None


def _as_person(actor: Actor, candidate_id: int) -> Actor:
    """They asked for it, so it is their move; the line of the audit names who carried it out."""
    return Actor(Role.YOUNG_PERSON, actor.account_id, candidate_id=candidate_id)


@act
def _erase_rows(
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


def _list_not_emptied() -> list[int]:
    waiting = select(ErasureList.candidate_id).where(ErasureList.emptied_at.is_(None))
    found = db.session.scalars(waiting.order_by(ErasureList.candidate_id)).all()
    db.session.rollback()
    return list(found)


@act
def _mark_emptied(candidate_ids: Iterable[int]) -> None:
    at = clock.now()
    for candidate_id in candidate_ids:
        db.session.get_one(ErasureList, candidate_id).emptied_at = at


def _is_the_same(candidate_id: int, erased_at: datetime) -> bool:
    """Say whether a person with this id was here before that id was erased."""
    if db.session.get(Candidate, candidate_id) is None:
        return False
    first = (
        select(func.min(History.moved_at))
        .join(Application, Application.id == History.record_id)
        .where(History.kind == Kind.APPLICATION.value, Application.candidate_id == candidate_id)
    )
    begun_at = db.session.scalar(first)
    return begun_at is None or begun_at <= erased_at
