"""Taking a backup while people work: one picture of every row, at one instant.

SQLite writes a copy of itself without its free pages (VACUUM INTO), so that nothing that was
erased is carried along. PostgreSQL gives every table under one snapshot (COPY, REPEATABLE READ):
no tool of its version need be there, and nothing but reading rights.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from sqlalchemy import text
from sqlalchemy.engine import Connection

from placements import clock
from placements.domain.errors import Refusal
from placements.extensions import Base, db
from placements.services.backups.files import Manifest, Packing, file_pieces, pack, room_beside

SQLITE, POSTGRESQL = "sqlite", "postgresql"
SQLITE_MEMBER = "placements.db"
SCHEMA, HEAD = "SELECT version_num FROM alembic_version", "SELECT seq, hash FROM audit_head"


DAMAGED = "The database's file is damaged. Restore a backup."


class CannotCopy(Refusal):
    """There is no room for the copy, or no way to write it; nothing was written."""


class DamagedDatabase(Refusal):
    """The database itself is damaged, so that a copy of it would be too."""


def back_up(path: Path) -> Manifest:
    """Write everything to one file, complete or not there; return what it holds."""
    with pack(path) as packing:
        take = _take_sqlite if db.engine.dialect.name == SQLITE else _take_postgresql
        manifest = take(packing, path)
        packing.close(manifest)
    return manifest


def _facts() -> dict[str, Any]:
    return {"taken_at": f"{clock.now():%Y-%m-%dT%H:%M:%SZ}"}


def _take_sqlite(packing: Packing, path: Path) -> Manifest:
    facts = _facts()
    with room_beside(path) as room:
        copy = room / SQLITE_MEMBER
        _copy_sqlite(copy)
        with closing(sqlite3.connect(copy)) as connection:
            check_sqlite(connection)
            schema = connection.execute(SCHEMA).fetchone()[0]
            seq, head = connection.execute(HEAD).fetchone()
            tables = count_sqlite(connection)
        packing.add(SQLITE_MEMBER, file_pieces(copy))
    return Manifest(SQLITE, schema, facts["taken_at"], seq, head, tables, {}, packing.members)


def _copy_sqlite(copy: Path) -> None:
    try:
        # A connection that no transaction of the service holds.
        with closing(sqlite3.connect(db.engine.url.database or "", timeout=30)) as connection:
            connection.execute("VACUUM INTO ?", (str(copy),))
    except sqlite3.OperationalError as error:
        raise CannotCopy(f"The database could not be copied: {error}.") from error
    except sqlite3.DatabaseError as error:
        raise DamagedDatabase(DAMAGED) from error


def check_sqlite(connection: sqlite3.Connection) -> None:
    """Raise `DamagedDatabase` when a page or a key of the file is broken."""
    try:
        pages = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
        keys = connection.execute("PRAGMA foreign_key_check").fetchone()
    except sqlite3.DatabaseError as error:
        raise DamagedDatabase(DAMAGED) from error
    if pages != "ok" or keys is not None:
        raise DamagedDatabase(DAMAGED)


def count_sqlite(connection: sqlite3.Connection) -> dict[str, int]:
    """Count the rows of each table."""
    listed = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
    names = [name for (name,) in connection.execute(listed)]
    return {n: connection.execute(f'SELECT count(*) FROM "{n}"').fetchone()[0] for n in names}


def _take_postgresql(packing: Packing, _path: Path) -> Manifest:
    options = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    with db.engine.connect().execution_options(**options) as connection, connection.begin():
        facts = _facts()
        schema = connection.scalar(text(SCHEMA))
        seq, head = connection.execute(text(HEAD)).one()
        tables = {}
        for table in Base.metadata.sorted_tables:
            columns = ", ".join(f'"{column.name}"' for column in table.columns)
            packing.add(f"tables/{table.name}.copy", _copy_out(connection, table.name, columns))
            counted = text(f'SELECT count(*) FROM "{table.name}"')
            tables[table.name] = connection.scalar(counted) or 0
            packing.add(f"tables/{table.name}.columns", iter([columns.encode()]))
        sequences = _read_sequences(connection)
    members = packing.members
    return Manifest(POSTGRESQL, schema, facts["taken_at"], seq, head, tables, sequences, members)


def _copy_out(connection: Connection, table: str, columns: str) -> Iterator[bytes]:
    cursor = connection.connection.cursor()
    with cursor.copy(f'COPY "{table}" ({columns}) TO STDOUT') as copy:
        yield from map(bytes, copy)


def _read_sequences(connection: Connection) -> dict[str, int]:
    found = text(
        "SELECT sequencename, last_value FROM pg_sequences"
        " WHERE schemaname = current_schema() AND last_value IS NOT NULL"
    )
    return {row.sequencename: row.last_value for row in connection.execute(found)}
