"""A SQLite backup comes back: made whole and checked beside the database, then copied below it."""

import sqlite3
import zipfile
from contextlib import closing
from pathlib import Path

from sqlalchemy import create_engine, inspect, text
from sqlalchemy.pool import NullPool

from placements.database import WRITING, prepare_engine
from placements.extensions import db
from placements.failpoints import pass_failpoint
from placements.services.backups.files import Manifest, UnfitFile, read_pieces, room_beside
from placements.services.backups.making import (
    HEAD,
    SCHEMA,
    SQLITE_MEMBER,
    DamagedDatabase,
    check_sqlite,
    count_sqlite,
)
from placements.services.backups.upgrading import upgrade_to
from placements.services.restoring_mark import RESTORING

PAGES = 64


def put_back(manifest: Manifest, archive: zipfile.ZipFile) -> None:
    """Replace the whole database in one transaction of SQLite's own."""
    target = Path(db.engine.url.database or "")
    target.parent.mkdir(parents=True, exist_ok=True)
    erased = _read_erasures()
    with room_beside(target) as room:
        copy = room / SQLITE_MEMBER
        with copy.open("wb") as file:
            file.writelines(read_pieces(archive, SQLITE_MEMBER))
        _check(copy, manifest)
        _bring_up_to_date(copy, erased)
        _copy_below(copy, target)


def _check(copy: Path, manifest: Manifest) -> None:
    with closing(sqlite3.connect(copy)) as connection:
        try:
            check_sqlite(connection)
        except DamagedDatabase as damaged:
            raise UnfitFile("The database in the backup is damaged.") from damaged
        head = tuple(connection.execute(HEAD).fetchone())
        schema = connection.execute(SCHEMA).fetchone()[0]
        same = (manifest.audit_seq, manifest.audit_hash), manifest.schema, manifest.tables
        if (head, schema, count_sqlite(connection)) != same:
            raise UnfitFile("The database in the backup is not the one its manifest tells of.")


def _bring_up_to_date(copy: Path, erased: list[dict]) -> None:
    """Migrate the copy, carry over who was erased here, and mark it as not yet open."""
    engine = create_engine(f"sqlite:///{copy}", poolclass=NullPool)
    prepare_engine(engine)
    with engine.execution_options(**{WRITING: True}).begin() as connection:
        upgrade_to(connection, "head")
        for row in erased:
            names = ", ".join(row)
            values = ", ".join(f":{name}" for name in row)
            added = f"INSERT OR IGNORE INTO erasure_list ({names}) VALUES ({values})"
            connection.execute(text(added), row)
        marked = "UPDATE alembic_version SET version_num = :mark || version_num"
        connection.execute(text(marked), {"mark": RESTORING})
    engine.dispose()
    with closing(sqlite3.connect(copy)) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")


def _read_erasures() -> list[dict]:
    if not inspect(db.engine).has_table("erasure_list"):
        return []
    with db.engine.connect() as connection:
        rows = connection.execute(text("SELECT candidate_id, erased_at FROM erasure_list"))
        return [dict(row) for row in rows.mappings()]


def _copy_below(copy: Path, target: Path) -> None:
    """Write every page below whoever has the file open: all of them, or none if we are killed."""
    db.session.remove()
    db.engine.dispose()
    with (
        closing(sqlite3.connect(copy)) as made,
        closing(sqlite3.connect(target, timeout=30)) as used,
    ):
        used.execute("PRAGMA synchronous=FULL")
        made.backup(used, pages=PAGES, progress=lambda *_left: pass_failpoint("restore.mid"))
        used.execute("PRAGMA wal_checkpoint(TRUNCATE)")
