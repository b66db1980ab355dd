"""Single facts edited by hand: who got what, when, by whose word; one statement each.

What is edited are the facts that some rule speaks of. Descriptions (names, addresses, summaries)
are in no hash: the audit holds ids alone.
"""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from factories.by_hand import unguarded
from sqlalchemy import Boolean, Column, Integer, Table, delete, select, update
from sqlalchemy.exc import DBAPIError

from placements.domain.lifecycles import LIFECYCLES
from placements.extensions import db
from placements.services.invariants import verifying
from placements.services.invariants.states import TOLD

SEALS = ("snapshot_hash", "plan_hash", "policy_hash", "approved_plan_hash", "record_hash")
EDITED: dict[str, tuple[str, ...]] = {
    "event": (
        *("seq", "happened_at", "role", "account_id", "action", "kind", "record_id"),
        *("from_state", "to_state", "request_id", "prev_hash", "hash"),
    ),
    "history": (
        *("kind", "record_id", "version", "from_state", "action", "to_state"),
        *("moved_at", "event_seq"),
    ),
    "audit_head": ("seq", "hash"),
    "transition": ("to_state", "action"),
    "snapshot": ("snapshot_hash", "taken_at", "n_candidates", "n_placements"),
    "snapshot_record": ("kind", "record_id", "record_hash", "salt", "body"),
    "plan": (
        *("snapshot_hash", "policy_hash", "plan_hash", "mechanism", "checked_ok", "chosen"),
        "sealed",
    ),
    "plan_row": (
        *("plan_id", "application_id", "placement_id", "choice_rank"),
        *("minutes_there", "minutes_back", "is_estimate"),
    ),
    "round": (
        *("opens_at", "locks_at", "release_at", "seed", "snapshot_hash", "plan_hash"),
        *("approved_plan_hash", "locked_by", "solved_by", "chosen_by", "approved_by"),
    ),
    "assignment": (
        *("application_id", "candidate_id", "placement_id", "round_id"),
        *("offered_at", "deadline_at", "original_deadline_at", "answered_at"),
    ),
    "extension": ("assignment_id", "from_at", "to_at"),
    "outcome": ("recorded_at", "recorded_by", "verified_by"),
    "placement": ("held",),
    "occurrence": ("done_at",),
    "message": ("sent_at",),
}
REMOVED = ("event", "history", "snapshot_record", "plan_row", "assignment", "audit_head", "edge")
QUICKEST_FIRST = sorted(verifying.ALL, key=lambda name: name not in ("I-27", "I-28", "I-15"))
STATES = {table.__tablename__: LIFECYCLES[kind].states for kind, table in TOLD.items()}


@dataclass(frozen=True)
class Edit:
    """One statement, and what it does in words."""

    words: str
    statement: Any


def list_edits(seed: int) -> list[Edit]:
    """List every single edit of the rows at hand, in an order that the seed gives."""
    chance = random.Random(seed)
    found = [edit for name, columns in EDITED.items() for edit in _edits(name, columns, chance)]
    for name, states in STATES.items():
        found += _edits(name, ("state", "version"), chance, states)
    for name in REMOVED:
        table = db.metadata.tables[name]
        for key in _keys(table):
            found.append(Edit(f"remove {name} {key}", delete(table).where(*_is(table, key))))
    chance.shuffle(found)
    return found


def is_found(edit: Edit) -> str:
    """Make an edit past every guard, check all, undo it; say `found`, `refused` or `missed`."""
    with unguarded(db.session.connection()):
        nested = db.session.begin_nested()
        try:
            changed = db.session.execute(edit.statement)
            assert changed.rowcount == 1, edit.words
            return "found" if any(map(_finds, QUICKEST_FIRST)) else "missed"
        except DBAPIError:
            return "refused"
        finally:
            nested.rollback()
            db.session.expire_all()


def _finds(name: str) -> bool:
    """Say whether one check finds something, or cannot even be made any more."""
    report = verifying.run_checks({name: verifying.ALL[name]})
    return report.exit_code != verifying.CLEAN


def _edits(name, columns, chance, states=()):
    table = db.metadata.tables[name]
    for row in db.session.execute(select(table)).mappings().all():
        key = tuple(row[column.name] for column in table.primary_key.columns)
        for column in columns:
            new = _another(table.c[column], row[column], chance, states)
            if new != row[column] and not (column == "seed" and row["plan_hash"] is None):
                words = f"{name} {key} {column}: {str(row[column])[:40]} to {str(new)[:40]}"
                change = update(table).where(*_is(table, key)).values({column: new})
                yield Edit(words, change)


def _another(column: Column, value: Any, chance: random.Random, states: tuple) -> Any:
    if column.name == "state":
        return chance.choice([state for state in states if state != value])
    if value is None or column.name in ("done_at", "sent_at"):
        return None
    if isinstance(column.type, Boolean):
        return not value
    if isinstance(column.type, Integer):
        return value + chance.choice((-1, 1, 7))
    if isinstance(value, datetime):
        return value + timedelta(seconds=chance.choice((-60, 1, 3600)))
    if column.name in SEALS or column.name.endswith("hash"):
        place = chance.randrange(len(value))
        return value[:place] + ("0" if value[place] != "0" else "1") + value[place + 1 :]
    return f"{value[:-1]}x" if value else "x"


def _keys(table: Table) -> list[tuple]:
    return [tuple(row) for row in db.session.execute(select(*table.primary_key.columns))]


def _is(table: Table, key: tuple) -> list:
    return [c == value for c, value in zip(table.primary_key.columns, key, strict=True)]
