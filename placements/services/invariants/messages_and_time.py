"""Messages, deadlines and due steps: none lost, none twice, none moved (I-30 to I-35)."""

from datetime import datetime, timedelta
from itertools import pairwise

from sqlalchemy import exists, or_, select, text, true
from sqlalchemy.orm import aliased

from placements.extensions import db
from placements.models.assignments import Assignment, Extension
from placements.models.audit import Event
from placements.models.columns import UtcDateTime
from placements.models.operations import Lease, Message, Occurrence
from placements.models.rounds import Round
from placements.services import outcomes
from placements.services.invariants.rows import Check, Rows, rows_of

LONGEST_DAY = timedelta(hours=25)
STEPS = {"open": "opens_at", "lock": "locks_at", "solve": "locks_at", "release": "release_at"}
NIGHTLY, RETAINING = "records.verify", "records.retain"
DAY_MESSAGES = "messages.of_the_day"
EACH_DAY = (outcomes.DAILY, NIGHTLY, RETAINING, DAY_MESSAGES)
WITH_A_ZONE = text("""SELECT c.relname, a.attname FROM pg_attribute a
 JOIN pg_class c ON c.oid = a.attrelid AND c.relnamespace = current_schema()::regnamespace
 WHERE a.atttypid = 'timestamptz'::regtype AND NOT a.attisdropped""")
FIXED_WIDTH = "dddd-dd-ddTdd:dd:dd.dddZ".replace("d", "[0-9]")


def without_event() -> Rows:
    """I-30: every message hangs on a line of the audit."""
    of_event = select(Message.id).outerjoin(Event, Event.seq == Message.event_seq)
    return rows_of(Message, of_event.where(Event.seq.is_(None)))


def sent_twice() -> Rows:
    """I-31: one message a key; `sent` and when it was sent go together."""
    twin = aliased(Message)
    same = exists().where(twin.key == Message.key, twin.id < Message.id)
    unclear = (Message.state == "sent") != Message.sent_at.is_not(None)
    return rows_of(Message, select(Message.id).where(or_(same, unclear)))


def moved_deadlines() -> Rows:
    """I-32: a deadline is the first one, or where its last extension put it."""
    moved: dict[int, list[tuple[datetime, datetime]]] = {}
    rows = select(Extension.assignment_id, Extension.from_at, Extension.to_at)
    for assignment_id, *step in db.session.execute(rows.order_by(Extension.id)):
        moved.setdefault(assignment_id, []).append(tuple(step))
    columns = (Assignment.id, Assignment.original_deadline_at, Assignment.deadline_at)
    timed = or_(Assignment.original_deadline_at.is_not(None), Assignment.id.in_(moved))
    for assignment_id, first, last in db.session.execute(select(*columns).where(timed)):
        stands = first
        for from_at, to_at in moved.get(assignment_id, ()):
            stands = to_at if from_at == stands else None
        if stands is None or stands != last:
            yield Assignment.__tablename__, assignment_id


def lost_steps() -> Rows:
    """I-33: each due step is there once, ended or waiting, and no day is left out."""
    twin = aliased(Occurrence)
    same = exists().where(
        twin.schedule == Occurrence.schedule,
        twin.subject_id == Occurrence.subject_id,
        twin.due_at == Occurrence.due_at,
        twin.id < Occurrence.id,
    )
    waits = Occurrence.state.in_(("due", "claimed"))
    unclear = waits != Occurrence.done_at.is_(None)
    yield from rows_of(Occurrence, select(Occurrence.id).where(or_(same, unclear)))
    yield from _left_out_days()
    yield from _rounds_without_a_step()
    yield from _offers_that_never_end()


def _left_out_days() -> Rows:
    for schedule in EACH_DAY:
        due = select(Occurrence.id, Occurrence.due_at).where(Occurrence.schedule == schedule)
        days = db.session.execute(due.order_by(Occurrence.due_at)).all()
        for (_, before), (occurrence_id, after) in pairwise(days):
            if after - before > LONGEST_DAY:
                yield Occurrence.__tablename__, occurrence_id


def _rounds_without_a_step() -> Rows:
    for step, column in STEPS.items():
        there = exists().where(
            Occurrence.schedule == f"round.{step}",
            Occurrence.subject_id == Round.id,
            Occurrence.due_at == getattr(Round, column),
        )
        yield from rows_of(Round, select(Round.id).where(~there))


def _offers_that_never_end() -> Rows:
    there = exists().where(
        Occurrence.schedule == "offers.lapse",
        Occurrence.subject_id == Assignment.round_id,
        Occurrence.due_at == Assignment.deadline_at,
    )
    waiting = (Assignment.state == "offered", Assignment.round_id.is_not(None))
    return rows_of(Assignment, select(Assignment.id).where(*waiting, ~there))


def stale_claims() -> Rows:
    """I-34: a claimed step is claimed under the lease that stands."""
    of_lease = select(Occurrence.id).outerjoin(Lease, true())
    stale = or_(Lease.epoch.is_(None), Occurrence.lease_epoch != Lease.epoch)
    claimed = of_lease.where(Occurrence.state == "claimed", stale)
    yield from rows_of(Occurrence, claimed)
    ahead = select(Occurrence.id).join(Lease, Occurrence.lease_epoch > Lease.epoch)
    yield from rows_of(Occurrence, ahead)


def odd_times() -> Rows:
    """I-35: times are UTC, all of one width, so that their order is the order of time."""
    on_postgresql = db.session.get_bind().dialect.name == "postgresql"
    zoned = {tuple(row) for row in db.session.execute(WITH_A_ZONE)} if on_postgresql else set()
    for table in db.metadata.sorted_tables:
        columns = [c.name for c in table.c if isinstance(c.type, UtcDateTime)]
        if columns and not on_postgresql:
            yield from _of_odd_width(table.name, columns)
        elif not zoned.issuperset((table.name, name) for name in columns):
            yield table.name, 0


def _of_odd_width(table: str, columns: list[str]) -> Rows:
    odd = " OR ".join(f"{name} NOT GLOB '{FIXED_WIDTH}'" for name in columns)
    for (row_id,) in db.session.execute(text(f'SELECT rowid FROM "{table}" WHERE {odd}')):
        yield table, row_id


CHECKS: dict[str, Check] = {
    "I-30": without_event,
    "I-31": sent_twice,
    "I-32": moved_deadlines,
    "I-33": lost_steps,
    "I-34": stale_claims,
    "I-35": odd_times,
}
