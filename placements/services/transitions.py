"""The only code that sets a state: one road for every record and every actor."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm.attributes import set_committed_value

from placements.domain.errors import GuardRefused, Stale
from placements.domain.lifecycles import NONE, check_role, find_move
from placements.domain.permissions import Actor
from placements.domain.vocabulary import Kind
from placements.extensions import db
from placements.models.audit import History
from placements.models.columns import Stateful
from placements.services.events import PendingEvent, record_event

QUIET_KINDS = frozenset({Kind.MESSAGE, Kind.OCCURRENCE})


def begin(
    record: Stateful, kind: Kind, action: str, actor: Actor, at: datetime
) -> PendingEvent | None:
    """Give a new record its first state and store it."""
    move = find_move(kind, NONE, action)
    check_role(move, actor.role)
    record.state, record.version = move.target, 1
    db.session.add(record)
    if kind in QUIET_KINDS:
        return None
    db.session.flush()
    return _tell(record, kind, action, (NONE, move.target), actor, at)


def begin_all(
    records: Sequence[Stateful], kind: Kind, action: str, actor: Actor, at: datetime
) -> None:
    """Give many new records their first state in one write."""
    move = find_move(kind, NONE, action)
    check_role(move, actor.role)
    for record in records:
        record.state, record.version = move.target, 1
    db.session.add_all(records)
    db.session.flush()
    for record in () if kind in QUIET_KINDS else records:
        _tell(record, kind, action, (NONE, move.target), actor, at)


def move_all(records: Sequence[Any], kind: Kind, action: str, actor: Actor, at: datetime) -> None:
    """Move many records that share a state and a version in one write, or none of them."""
    if not records:
        return
    db.session.flush()
    table, state, version = type(records[0]), records[0].state, records[0].version
    legal = find_move(kind, state, action)
    check_role(legal, actor.role)
    same = (table.state == state, table.version == version)
    ids = [record.id for record in records]
    statement = update(table).where(table.id.in_(ids), *same)
    statement = statement.values(state=legal.target, version=version + 1)
    changed = db.session.execute(statement.execution_options(synchronize_session=False))
    if changed.rowcount != len(ids):
        raise Stale("This changed a moment ago. Look at it again, then decide.")
    for record in records:
        set_committed_value(record, "state", legal.target)
        set_committed_value(record, "version", version + 1)
        if kind not in QUIET_KINDS:
            _tell(record, kind, action, (state, legal.target), actor, at)


def move(
    record: Any,
    kind: Kind,
    action: str,
    actor: Actor,
    at: datetime,
    *,
    reason: str | None = None,
    seen_version: int | None = None,
) -> PendingEvent | None:
    """Move `record` by `action`, or raise a `Refusal` and change nothing.

    The row is updated only where it still has the state and version that were read (I-17);
    somebody else's change in between raises `Stale`.
    """
    db.session.flush()
    legal = find_move(kind, record.state, action)
    check_role(legal, actor.role)
    if legal.needs_reason and not (reason or "").strip():
        raise GuardRefused("Give a reason. The people it concerns will read it.")
    if seen_version is not None and seen_version != record.version:
        raise Stale("This changed since you opened it. Look at it again, then decide.")
    states = (record.state, legal.target)
    _update_where_unchanged(record, legal.target, reason)
    if kind in QUIET_KINDS:
        return None
    return _tell(record, kind, action, states, actor, at)


def _update_where_unchanged(record: Any, target: str, reason: str | None) -> None:
    table = type(record)
    values: dict[str, Any] = {"state": target, "version": record.version + 1}
    if reason and hasattr(table, "reason"):
        values["reason"] = reason.strip()
    same = (
        table.id == record.id,
        table.state == record.state,
        table.version == record.version,
    )
    statement = update(table).where(*same).values(**values)
    changed = db.session.execute(statement.execution_options(synchronize_session=False))
    if changed.rowcount != 1:
        raise Stale("This changed a moment ago. Look at it again, then decide.")
    for name, value in values.items():
        set_committed_value(record, name, value)


def _tell(
    record: Any, kind: Kind, action: str, states: tuple[str, str], actor: Actor, at: datetime
) -> PendingEvent:
    pending = record_event(actor, action, kind, record.id, states, at)
    pending.history = History(
        kind=kind.value,
        record_id=record.id,
        version=record.version,
        from_state=states[0],
        action=action,
        to_state=states[1],
        moved_at=at,
    )
    return pending
