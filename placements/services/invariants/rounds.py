"""Rounds: sealed, planned, approved by another, out at once and not before (I-19 to I-26)."""

import json
from collections.abc import Iterator
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import aliased

from placements.domain.vocabulary import Kind
from placements.extensions import db
from placements.models.assignments import Assignment
from placements.models.audit import Event, History
from placements.models.candidates import Application
from placements.models.operations import Message
from placements.models.placements import Placement
from placements.models.rounds import Plan, PlanRow, Round, Skip, Snapshot, SnapshotRecord
from placements.services.invariants.rows import Check, Rows, rows_of
from placements.services.rounds import PREPARING
from placements.services.snapshots import hash_records
from placements.services.solving import hash_result, is_intact, read_plan

PUBLISHED = ("published", "settling", "final")
APPROVED = ("approved", *PUBLISHED)
PLANNED = ("proposed", *APPROVED)
LAST = {"locked_by": ("lock",), "chosen_by": ("solve", "choose_plan")}


def _fresh(table: Any, *where: Any) -> Iterator[Any]:
    """Read records as they are stored now, whatever the session holds of them."""
    rows = select(table).where(*where).execution_options(populate_existing=True)
    return iter(db.session.scalars(rows.order_by(table.id)).all())


def _rounds(only: int | None, *where: Any) -> list[Round]:
    return list(_fresh(Round, *([Round.id == only] if only else []), *where))


def broken_seals(only: int | None) -> Rows:
    """I-19: each sealed record gives its hash, and all of them the snapshot's."""
    for round_ in _rounds(only):
        seals = set()
        for snapshot in _fresh(Snapshot, Snapshot.round_id == round_.id):
            seals.add(snapshot.snapshot_hash)
            yield from _broken_seal(snapshot)
        if round_.snapshot_hash is not None and round_.snapshot_hash not in seals:
            yield Round.__tablename__, round_.id


def _broken_seal(snapshot: Snapshot) -> Rows:
    hashes, kinds = [], []
    for record, reference in db.session.execute(_sealed(snapshot)):
        hashes.append(record.record_hash)
        kinds.append(record.kind)
        if record.body is not None and (
            hash_records([f"{record.salt}{record.body}"]) != record.record_hash
            or json.loads(record.body)["id"] != reference
        ):
            yield SnapshotRecord.__tablename__, record.id
    counts = (kinds.count("application"), kinds.count("placement"))
    locked = (Event.kind == Kind.ROUND.value, Event.record_id == snapshot.round_id)
    locked += (Event.action == "lock", Event.happened_at == snapshot.taken_at)
    if (
        hash_records(hashes) != snapshot.snapshot_hash
        or counts != (snapshot.n_candidates, snapshot.n_placements)
        or db.session.scalar(select(Event.seq).where(*locked)) is None
    ):
        yield Snapshot.__tablename__, snapshot.id


def _sealed(snapshot: Snapshot) -> Select:
    """Select the sealed records with the reference of the record each is of."""
    person = and_(SnapshotRecord.kind == "application", SnapshotRecord.record_id == Application.id)
    place = and_(SnapshotRecord.kind == "placement", SnapshotRecord.record_id == Placement.id)
    reference = func.coalesce(Application.reference, Placement.reference)
    rows = select(SnapshotRecord, reference).outerjoin(Application, person)
    rows = rows.outerjoin(Placement, place).where(SnapshotRecord.snapshot_id == snapshot.id)
    return rows.execution_options(populate_existing=True)


def unequal_hashes(only: int | None) -> Rows:
    """I-20: solve, approval and publication are of one snapshot and one plan."""
    for round_ in _rounds(only):
        chosen = []
        for plan in _fresh(Plan, Plan.round_id == round_.id):
            is_of_seal = plan.snapshot_hash == round_.snapshot_hash
            in_use = is_of_seal and (plan.chosen or plan.is_cascade)
            if not is_intact(plan) or not _is_as_sealed(round_, plan, in_use):
                yield Plan.__tablename__, plan.id
            if is_of_seal and plan.chosen:
                chosen.append(plan.plan_hash)
        is_planned, is_approved = round_.state in PLANNED, round_.state in APPROVED
        wanted = round_.plan_hash if is_approved else None
        if (is_planned and chosen != [round_.plan_hash]) or (
            round_.state != "cancelled" and round_.approved_plan_hash != wanted
        ):
            yield Round.__tablename__, round_.id


def _is_as_sealed(round_: Round, plan: Plan, in_use: bool) -> bool:
    sealed = read_plan(plan)
    hashes = hash_result(round_, sealed) if in_use else (plan.policy_hash, plan.plan_hash)
    return (sealed.mechanism, *hashes) == (plan.mechanism, plan.policy_hash, plan.plan_hash)


def approved_by_one(only: int | None) -> Rows:
    """I-21: the approver is not who locked, solved or chose; each is who the audit says."""
    for round_ in _rounds(only):
        lines = list(_lines(round_))
        approved = [seq for seq, action, _ in lines if action == "approve"]
        prepared = {who for seq, action, who in lines if action in PREPARING}
        wrong = round_.approved_by is not None and (
            not approved
            or round_.approved_by in prepared
            or round_.approved_by != {seq: who for seq, _, who in lines}[approved[-1]]
        )
        missing = round_.state in APPROVED and round_.approved_by is None
        if wrong or missing or _is_misnamed(round_, lines):
            yield Round.__tablename__, round_.id


def _is_misnamed(round_: Round, lines: list[tuple[int, str, int | None]]) -> bool:
    """Say whether who locked, solved or chose is another than the audit's last line of it."""
    since = max((seq for seq, action, _ in lines if action == "unlock"), default=0)
    for column, actions in {**LAST, "solved_by": ("solve",)}.items():
        named = [who for seq, action, who in lines if action in actions and seq > since]
        if getattr(round_, column) != (named[-1] if named else None):
            return True
    return False


def _lines(round_: Round) -> Iterator[tuple[int, str, int | None]]:
    own = (Event.kind == Kind.ROUND.value, Event.record_id == round_.id)
    rows = select(Event.seq, Event.action, Event.account_id).where(*own)
    return (tuple(row) for row in db.session.execute(rows.order_by(Event.seq)))


def seen_early(only: int | None) -> Rows:
    """I-22: nothing of a result before the release; an offer bears the time it was made.

    What the audit has after a release at its hour was not early, whatever a clock set back said.
    """
    at = History.moved_at
    of_offer = and_(
        History.kind == Kind.ASSIGNMENT.value,
        History.record_id == Assignment.id,
        History.action == "offer",
    )
    offers = select(Assignment.id).outerjoin(Round, Round.id == Assignment.round_id)
    offers = offers.join(History, of_offer)
    went_out = _line_of_release()
    before = and_(at < Round.release_at, History.event_seq <= went_out)
    early = or_(before, at != Assignment.offered_at)
    scope = [Assignment.round_id == only] if only else []
    yield from rows_of(Assignment, offers.where(early, *scope))
    about = and_(Message.subject_kind == "assignment", Message.subject_id == Assignment.id)
    told = select(Message.id).join(Assignment, about).join(Round, Round.id == Assignment.round_id)
    told = told.join(Event, Event.seq == Message.event_seq)
    early = or_(Event.seq <= went_out, Message.send_at < Event.happened_at)
    yield from rows_of(Message, told.where(Message.send_at < Round.release_at, early, *scope))


def _line_of_release() -> ColumnElement[int]:
    """The number of the audit's line with which a round went out in time; of none, the highest."""
    told = aliased(History)
    same = (told.kind == Kind.ROUND.value, told.record_id == Round.id, told.action == "publish")
    line = select(func.min(told.event_seq)).where(*same, told.moved_at >= Round.release_at)
    last = select(func.max(Event.seq)).scalar_subquery()
    return func.coalesce(line.correlate(Round).scalar_subquery(), last)


def half_published(only: int | None) -> Rows:
    """I-23: a published round offered or passed over every place; another offered none."""
    offered, skipped = (
        exists().where(
            table.round_id == Plan.round_id,
            table.application_id == PlanRow.application_id,
            table.placement_id == PlanRow.placement_id,
        )
        for table in (Assignment, Skip)
    )
    scope = [Round.id == only] if only else []
    rows = select(PlanRow.id).join(Plan, PlanRow.plan_id == Plan.id)
    rows = rows.join(Round, Round.id == Plan.round_id).where(*scope)
    sent = (Round.state.in_(PUBLISHED), or_(Plan.chosen, Plan.is_cascade))
    placed = PlanRow.placement_id.is_not(None)
    yield from rows_of(PlanRow, rows.where(*sent, placed, ~offered, ~skipped))
    early = select(Assignment.id).join(Round, Round.id == Assignment.round_id).where(*scope)
    yield from rows_of(Assignment, early.where(Round.state.not_in(PUBLISHED)))


def unchecked_plans(only: int | None) -> Rows:
    """I-24: a plan is kept only after the checker passed it."""
    scope = [Plan.round_id == only] if only else []
    return rows_of(Plan, select(Plan.id).where(~Plan.checked_ok, *scope))


def lost_people(only: int | None) -> Rows:
    """I-26: each sealed person has one line of the plan: as it was sealed, or why not."""
    scope = [Plan.round_id == only] if only else []
    for plan in _fresh(Plan, or_(Plan.chosen, Plan.is_cascade), *scope):
        if not is_intact(plan):
            continue
        sealed = {p.candidate: p for p in read_plan(plan).assignments}
        lines = 0
        for row, line, person in _plan_lines(plan):
            lines += 1
            if line != _sealed_line(sealed.pop(person, None)) or not (row.placement_id or row.why):
                yield PlanRow.__tablename__, row.id
        if sealed or (plan.chosen and lines < _n_still_sealed(plan)):
            yield Plan.__tablename__, plan.id


def _plan_lines(plan: Plan) -> Iterator[tuple[Any, tuple, str]]:
    columns = (PlanRow.id, PlanRow.placement_id, PlanRow.reasons.label("why"))
    line = (Placement.reference, PlanRow.choice_rank, PlanRow.minutes_there)
    line += (PlanRow.minutes_back, PlanRow.is_estimate)
    rows = (
        select(*columns, Application.reference.label("person"), *line)
        .join(Application, PlanRow.application_id == Application.id)
        .outerjoin(Placement, PlanRow.placement_id == Placement.id)
        .where(PlanRow.plan_id == plan.id)
    )
    for row in db.session.execute(rows):
        yield row, tuple(row[4:]), row.person


def _sealed_line(placed: Any) -> tuple:
    if placed is None:
        return None, None, None, None, True
    minutes = (placed.minutes_there, placed.minutes_back)
    return placed.placement, placed.choice, *minutes, placed.estimate


def _n_still_sealed(plan: Plan) -> int:
    """Count the sealed people who were not erased since."""
    of_plan = (Snapshot.round_id == plan.round_id, Snapshot.snapshot_hash == plan.snapshot_hash)
    people = (SnapshotRecord.kind == "application", SnapshotRecord.body.is_not(None))
    rows = select(func.count()).select_from(SnapshotRecord)
    rows = rows.join(Snapshot, SnapshotRecord.snapshot_id == Snapshot.id)
    return db.session.scalar(rows.where(*of_plan, *people)) or 0


OF_ROUND = {
    "I-19": broken_seals,
    "I-20": unequal_hashes,
    "I-21": approved_by_one,
    "I-22": seen_early,
    "I-23": half_published,
    "I-24": unchecked_plans,
    "I-26": lost_people,
}
CHECKS: dict[str, Check] = {name: partial(check, None) for name, check in OF_ROUND.items()}
