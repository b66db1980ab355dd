"""The audit: one line a change, one chain, its head as anchored outside (I-27 to I-29)."""

import re

from sqlalchemy import and_, or_, select

from placements.extensions import db
from placements.models.audit import AuditHead, Event, History, Transition
from placements.services.events import FIRST_HASH, hash_event
from placements.services.invariants.rows import Check, Rows, rows_of

CODE, REQUEST = re.compile(r"[A-Za-z0-9_.]*"), re.compile(r"[A-Za-z0-9-]{1,36}")
CODED = ("role", "action", "kind", "from_state", "to_state")


def unmatched_lines() -> Rows:
    """I-27: every change has exactly one line of the audit, and every such line its change."""
    differ = or_(
        Event.seq.is_(None),
        Event.kind != History.kind,
        Event.record_id != History.record_id,
        Event.from_state != History.from_state,
        Event.action != History.action,
        Event.to_state != History.to_state,
        Event.happened_at != History.moved_at,
    )
    told = select(History.id).outerjoin(Event, Event.seq == History.event_seq).where(differ)
    yield from rows_of(History, told)
    move = and_(
        Transition.kind == Event.kind,
        Transition.from_state == Event.from_state,
        Transition.action == Event.action,
        Transition.to_state == Event.to_state,
    )
    untold = select(Event.seq).join(Transition, move)
    untold = untold.outerjoin(History, History.event_seq == Event.seq)
    yield from rows_of(Event, untold.where(History.id.is_(None)))


def broken_chain() -> Rows:
    """I-28: each line follows the one before it, gives its hash, and the last is the head."""
    seq, last = 0, FIRST_HASH
    lines = select(*Event.__table__.c).order_by(Event.seq)
    for line in db.session.execute(lines.execution_options(yield_per=1000)):
        if line.seq != seq + 1 or line.prev_hash != last or line.hash != hash_event(line):
            yield Event.__tablename__, line.seq
        seq, last = line.seq, line.hash
    heads = db.session.execute(select(AuditHead.seq, AuditHead.hash)).all()
    if [tuple(head) for head in heads] != [(seq, last)]:
        yield AuditHead.__tablename__, 1


def uncoded_lines() -> Rows:
    """I-29: the audit holds ids, codes and times only."""
    columns = [getattr(Event, name) for name in CODED]
    lines = select(Event.seq, Event.request_id, *columns)
    for seq, request_id, *codes in db.session.execute(lines.execution_options(yield_per=1000)):
        known = request_id is None or REQUEST.fullmatch(request_id)
        if not known or not all(CODE.fullmatch(code) for code in codes):
            yield Event.__tablename__, seq


CHECKS: dict[str, Check] = {
    "I-27": unmatched_lines,
    "I-28": broken_chain,
    "I-29": uncoded_lines,
}
