"""States: known, reached by legal moves that join up, each in its time (I-13 to I-18)."""

from functools import cache
from typing import Any

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import aliased

from placements.domain.lifecycles import LIFECYCLES
from placements.domain.vocabulary import Kind
from placements.extensions import db
from placements.models.assignments import Assignment
from placements.models.audit import History, Transition
from placements.services.invariants.rows import STATEFUL, Check, Rows, rows_of
from placements.services.transitions import QUIET_KINDS

TOLD = {kind: table for kind, table in STATEFUL.items() if kind not in QUIET_KINDS}


def unknown_states() -> Rows:
    """I-13: every state is in its lifecycle."""
    for kind, table in STATEFUL.items():
        unknown = table.state.not_in(LIFECYCLES[kind].states)
        yield from rows_of(table, select(table.id).where(unknown))


def illegal_moves() -> Rows:
    """I-14: every change is a move of the tables, and the tables are those of this version."""
    legal = and_(
        Transition.kind == History.kind,
        Transition.from_state == History.from_state,
        Transition.action == History.action,
        Transition.to_state == History.to_state,
    )
    wanted = select(History.id).outerjoin(Transition, legal).where(Transition.kind.is_(None))
    yield from rows_of(History, wanted)
    columns = (Transition.kind, Transition.from_state, Transition.action, Transition.to_state)
    stored = {tuple(row) for row in db.session.execute(select(*columns))}
    known = {(kind.value, *edge) for kind, table in LIFECYCLES.items() for edge in table.edges}
    if stored != known:
        yield Transition.__tablename__, 0


def broken_histories() -> Rows:
    """I-15: each change begins where the last one ended, and the last is where the record is."""
    by_record = {
        "partition_by": (History.kind, History.record_id),
        "order_by": History.version,
    }
    lines = select(
        History.id,
        History.from_state,
        History.version,
        func.lag(History.to_state, 1, "").over(**by_record).label("ended"),
        func.row_number().over(**by_record).label("place"),
    ).subquery()
    broken = or_(lines.c.from_state != lines.c.ended, lines.c.version != lines.c.place)
    yield from rows_of(History, select(lines.c.id).where(broken))
    for kind, table in TOLD.items():
        yield from _not_where_history_ends(kind, table)


def _not_where_history_ends(kind: Kind, table: Any) -> Rows:
    elsewhere, orphans = _select_ends(kind)
    yield from rows_of(table, elsewhere)
    yield from rows_of(History, orphans)


@cache
def _select_ends(kind: Kind) -> tuple[Select, Select]:
    """Select records that are not where history ends, and history of no record; made once."""
    table = TOLD[kind]
    last = (
        select(History.record_id, func.max(History.version).label("version"))
        .where(History.kind == kind.value)
        .group_by(History.record_id)
        .subquery()
    )
    line = aliased(History)
    ended = and_(
        line.kind == kind.value,
        line.record_id == last.c.record_id,
        line.version == last.c.version,
    )
    told = select(table.id).outerjoin(last, last.c.record_id == table.id).outerjoin(line, ended)
    orphan = select(History.id).outerjoin(table, table.id == History.record_id)
    return (
        told.where(or_(line.id.is_(None), line.to_state != table.state)),
        orphan.where(History.kind == kind.value, table.id.is_(None)),
    )


def moved_after_the_end() -> Rows:
    """I-16: no record moves on from a state that ends it."""
    for kind, lifecycle in LIFECYCLES.items():
        ended = (History.kind == kind.value, History.from_state.in_(lifecycle.terminal_states))
        yield from rows_of(History, select(History.id).where(*ended))


def miscounted_changes() -> Rows:
    """I-17: the version that a form is held to counts the record's changes."""
    for kind, table in TOLD.items():
        changes = (
            select(func.count())
            .where(History.kind == kind.value, History.record_id == table.id)
            .correlate(table)
            .scalar_subquery()
        )
        yield from rows_of(table, select(table.id).where(table.version != changes))


def answered_out_of_time() -> Rows:
    """I-18: a yes comes before the deadline, a lapse not before it, each when history says."""
    at = History.moved_at
    answers = (
        select(Assignment.id)
        .join(History, and_(History.record_id == Assignment.id, History.kind == "assignment"))
        .where(
            or_(
                and_(History.action == "accept", at >= Assignment.deadline_at),
                and_(History.action == "lapse", at < Assignment.deadline_at),
                and_(
                    History.action.in_(("accept", "decline")),
                    Assignment.answered_at.is_not(None),
                    at != Assignment.answered_at,
                ),
            )
        )
    )
    return rows_of(Assignment, answers.distinct())


CHECKS: dict[str, Check] = {
    "I-13": unknown_states,
    "I-14": illegal_moves,
    "I-15": broken_histories,
    "I-16": moved_after_the_end,
    "I-17": miscounted_changes,
    "I-18": answered_out_of_time,
}
