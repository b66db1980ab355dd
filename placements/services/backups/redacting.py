"""A copy for whoever mends a fault: ids, codes, counts and times, and nothing of anybody.

A column is left out unless it is named or of a kind that can hold no words, so that a column made
tomorrow is left out until somebody thinks about it.
"""

import json
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import Boolean, CheckConstraint, Column, Integer, String, Table, select, text
from sqlalchemy.engine import Connection

from placements import clock
from placements.database import WRITING
from placements.extensions import Base, db
from placements.models.columns import UtcDateTime
from placements.services.backups.files import Manifest, pack
from placements.services.backups.making import HEAD, SCHEMA

REDACTED = "redacted"
# What is said of one person by a number or a yes is left out with what is said by words.
OF_A_PERSON = {
    "account",
    "agreement",
    "application",
    "attendance",
    "candidate",
    "edge",
    "ending",
    "equality_answer",
    "key_worker",
    "outcome",
    "signature",
}
WHOLE_TABLES_OUT = {"gazetteer_postcode", "session", "sign_in_attempt", "link", "idempotency_key"}
CODES = {
    "event": {"action", "kind", "from_state", "to_state", "prev_hash", "hash"},
    "history": {"kind", "from_state", "action", "to_state"},
    "transition": {"kind", "from_state", "action", "to_state"},
    "audit_head": {"hash"},
    "message": {"template", "subject_kind"},
    "occurrence": {"schedule"},
    "plan": {"snapshot_hash", "policy_hash", "plan_hash"},
    "round": {"snapshot_hash", "plan_hash", "approved_plan_hash"},
    "snapshot": {"snapshot_hash"},
    "snapshot_record": {"record_hash"},
}
STAYS_OF_A_PERSON = {"version", "seq", "state"}


def dump_redacted(path: Path) -> int:
    """Write every row without what says something of anybody; return how many rows."""
    taken_at = f"{clock.now():%Y-%m-%dT%H:%M:%SZ}"
    options = {WRITING: False}
    if db.engine.dialect.name == "postgresql":
        options |= {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    tables: dict[str, int] = {}
    with (
        pack(path) as packing,
        db.engine.connect().execution_options(**options) as connection,
        connection.begin(),
    ):
        schema = connection.scalar(text(SCHEMA))
        seq, head = connection.execute(text(HEAD)).one()
        for table in Base.metadata.sorted_tables:
            columns = kept_columns(table)
            if not columns:
                continue
            packing.add(f"tables/{table.name}.jsonl", _lines(connection, table, columns, tables))
        facts = (REDACTED, schema, taken_at, seq, head, tables, {}, packing.members)
        packing.close(Manifest(*facts))
    return sum(tables.values())


def kept_columns(table: Table) -> list[Column]:
    """List the columns that say nothing of anybody."""
    if table.name in WHOLE_TABLES_OUT:
        return []
    return [column for column in table.columns if _is_kept(table, column)]


def _is_kept(table: Table, column: Column) -> bool:
    if column.primary_key and isinstance(column.type, Integer):
        return True
    if column.foreign_keys and isinstance(column.type, Integer):
        return True
    if table.name in OF_A_PERSON:
        return column.name in STAYS_OF_A_PERSON
    if column.name in CODES.get(table.name, ()):
        return True
    if isinstance(column.type, String) and not isinstance(column.type, UtcDateTime):
        return _is_one_of(table, column)
    return isinstance(column.type, Integer | Boolean | UtcDateTime)


def _is_one_of(table: Table, column: Column) -> bool:
    """Say whether the database holds the column to a list of words of ours."""
    checks = (c for c in table.constraints if isinstance(c, CheckConstraint))
    return any(str(check.sqltext).startswith(f"{column.name} IN (") for check in checks)


def _lines(
    connection: Connection, table: Table, columns: list[Column], tables: dict[str, int]
) -> Iterator[bytes]:
    tables[table.name] = 0
    ordered = select(*columns).order_by(*table.primary_key.columns)
    for row in connection.execute(ordered).mappings():
        tables[table.name] += 1
        yield json.dumps(dict(row), default=str).encode() + b"\n"
