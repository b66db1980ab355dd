"""A PostgreSQL backup comes back: schema, rows, keys and counters in one transaction."""

import zipfile

from sqlalchemy import text
from sqlalchemy.engine import Connection
from sqlalchemy.exc import OperationalError

from placements.domain.errors import Refusal
from placements.extensions import Base, db
from placements.failpoints import pass_failpoint
from placements.services.backups.files import Manifest, UnfitFile, read_pieces
from placements.services.backups.making import HEAD
from placements.services.backups.upgrading import upgrade_to
from placements.services.restoring_mark import RESTORING

WAIT = "SET LOCAL lock_timeout = '10s'"
KEYS = """SELECT c.conrelid::regclass::text AS "table", quote_ident(c.conname) AS name,
 pg_get_constraintdef(c.oid) AS definition FROM pg_constraint c
 JOIN pg_class t ON t.oid = c.conrelid JOIN pg_namespace n ON n.oid = t.relnamespace
 WHERE c.contype = 'f' AND n.nspname = current_schema() AND t.relname = ANY(:tables)"""
FUNCTIONS = """SELECT DISTINCT p.oid::regprocedure::text FROM pg_trigger g
 JOIN pg_class t ON t.oid = g.tgrelid JOIN pg_namespace n ON n.oid = t.relnamespace
 JOIN pg_proc p ON p.oid = g.tgfoid
 WHERE NOT g.tgisinternal AND n.nspname = current_schema() AND t.relname = ANY(:tables)"""


class StillInUse(Refusal):
    """Somebody holds a table; nothing was changed."""


def put_back(manifest: Manifest, archive: zipfile.ZipFile) -> None:
    """Replace every table in one transaction: all of it, or none if we are killed."""
    try:
        with db.engine.begin() as connection:
            connection.execute(text(WAIT))
            erased = _read_erasures(connection)
            _drop(connection, sorted({*manifest.tables, *Base.metadata.tables, "alembic_version"}))
            upgrade_to(connection, manifest.schema)
            _fill(connection, manifest, archive)
            upgrade_to(connection, "head")
            for row in erased:
                added = (
                    "INSERT INTO erasure_list (candidate_id, erased_at) VALUES"
                    " (:candidate_id, :erased_at) ON CONFLICT DO NOTHING"
                )
                connection.execute(text(added), row)
            marked = "UPDATE alembic_version SET version_num = :mark || version_num"
            connection.execute(text(marked), {"mark": RESTORING})
    except OperationalError as error:
        if "lock timeout" not in str(error.orig):
            raise
        raise StillInUse(
            "Somebody is using the database. Stop serve and worker, and run this again."
        ) from error


def _read_erasures(connection: Connection) -> list[dict]:
    if connection.scalar(text("SELECT to_regclass('erasure_list')")) is None:
        return []
    rows = connection.execute(text("SELECT candidate_id, erased_at FROM erasure_list"))
    return [dict(row) for row in rows.mappings()]


def _drop(connection: Connection, tables: list[str]) -> None:
    functions = connection.scalars(text(FUNCTIONS), {"tables": tables}).all()
    for table in tables:
        connection.execute(text(f'DROP TABLE IF EXISTS "{table}" CASCADE'))
    for function in functions:
        connection.execute(text(f"DROP FUNCTION IF EXISTS {function}"))


def _fill(connection: Connection, manifest: Manifest, archive: zipfile.ZipFile) -> None:
    """Copy the rows in with guards and keys away, then set both again over all of them."""
    tables = sorted(manifest.tables)
    keys = connection.execute(text(KEYS), {"tables": tables}).mappings().all()
    for key in keys:
        connection.execute(text(f"ALTER TABLE {key['table']} DROP CONSTRAINT {key['name']}"))
    for table in tables:
        connection.execute(text(f'ALTER TABLE "{table}" DISABLE TRIGGER USER'))
        connection.execute(text(f'DELETE FROM "{table}"'))
        _copy_in(connection, table, archive)
        pass_failpoint("restore.mid")
        connection.execute(text(f'ALTER TABLE "{table}" ENABLE TRIGGER USER'))
    for key in keys:
        added = f"ALTER TABLE {key['table']} ADD CONSTRAINT {key['name']} {key['definition']}"
        connection.execute(text(added))
    for name, value in manifest.sequences.items():
        connection.execute(
            text("SELECT setval(to_regclass(:name), :value) WHERE to_regclass(:name) IS NOT NULL"),
            {"name": f'"{name}"', "value": value},
        )
    _check(connection, manifest)


def _copy_in(connection: Connection, table: str, archive: zipfile.ZipFile) -> None:
    columns = archive.read(f"tables/{table}.columns").decode()
    cursor = connection.connection.cursor()
    with cursor.copy(f'COPY "{table}" ({columns}) FROM STDIN') as copy:
        for piece in read_pieces(archive, f"tables/{table}.copy"):
            copy.write(piece)


def _check(connection: Connection, manifest: Manifest) -> None:
    counted = {
        table: connection.scalar(text(f'SELECT count(*) FROM "{table}"'))
        for table in manifest.tables
    }
    head = tuple(connection.execute(text(HEAD)).one())
    if counted != manifest.tables or head != (manifest.audit_seq, manifest.audit_hash):
        raise UnfitFile("The rows in the backup are not the ones its manifest tells of.")
