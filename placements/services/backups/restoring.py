"""Bringing a backup back: refused whole or done whole, and nobody sees what was erased since.

From the first change until the erasure list has been replayed the schema's number says that a
restore is going on. No version serves, works or migrates on such a database, so whoever is cut off
in between runs the restore again.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text

from placements import clock
from placements.domain.errors import Refusal
from placements.extensions import Base, db
from placements.failpoints import pass_failpoint
from placements.models.operations import Lease
from placements.services import anchors
from placements.services.backups import to_postgresql, to_sqlite
from placements.services.backups.files import Manifest, UnfitFile, unpack
from placements.services.backups.making import SQLITE
from placements.services.erasures import replay_erasures
from placements.services.health import MIGRATIONS
from placements.services.restoring_mark import LOOKED_EVERY, RESTORING
from placements.settings import Settings

FROM_MIGRATION = {"transition", "audit_head"}


class TargetInUse(Refusal):
    """The database holds records, or somebody works on it."""


@dataclass(frozen=True)
class Restored:
    """What came back."""

    manifest: Manifest
    schema: str
    n_erased: int


def restore(
    path: Path,
    settings: Settings,
    replay: Callable[[Settings], int] = replay_erasures,
    *,
    replaces: bool = False,
) -> Restored:
    """Put a backup into the database, erase again who was erased since, and open it.

    `replay` erases whoever is on the erasure list. Raises `UnfitFile` and `TargetInUse` before
    anything is changed.
    """
    with unpack(path) as (manifest, archive):
        _refuse_unfit(path, manifest)
        _refuse_target(replaces)
        _mark_target()
        here = to_sqlite if manifest.kind == SQLITE else to_postgresql
        here.put_back(manifest, archive)
    db.session.remove()
    pass_failpoint("restore.mid")
    n_erased = replay(settings)
    db.session.remove()
    if settings.anchor_folder is not None:
        anchors.note_restore(settings.anchor_folder, manifest.audit_seq, clock.now())
    return Restored(manifest, _open(), n_erased)


def _refuse_unfit(path: Path, manifest: Manifest) -> None:
    kind = db.engine.dialect.name
    if manifest.kind != kind:
        raise UnfitFile(
            f"{path} was taken from {manifest.kind}, and DATABASE_URL names {kind}. "
            "A backup comes back to the kind of database it was taken from."
        )
    known = {script.revision for script in ScriptDirectory(str(MIGRATIONS)).walk_revisions()}
    if manifest.schema not in known:
        raise UnfitFile(
            f"{path} has schema {manifest.schema}, which this version does not know. "
            "Use the version that wrote it, or a newer one."
        )


def _refuse_target(replaces: bool) -> None:
    """Refuse a database with records unless it is to be replaced, and one that is worked on."""
    there = set(inspect(db.engine).get_table_names())
    with db.engine.connect() as connection:
        ours = sorted(there & set(Base.metadata.tables) - FROM_MIGRATION)
        full = [
            name
            for name in ours
            if connection.scalar(text(f'SELECT 1 FROM "{name}" LIMIT 1')) is not None
        ]
        strange = sorted(there - set(Base.metadata.tables) - {"alembic_version"})
    if strange and not ours:
        raise TargetInUse("DATABASE_URL names a database of something else. Nothing was changed.")
    if full and not replaces:
        raise TargetInUse(
            f"The database holds records ({full[0]} and others). Nothing was changed. Name an "
            "empty one, or add --replace to lose what it holds."
        )
    if Lease.__tablename__ in full:
        lease = db.session.query(Lease).filter(Lease.expires_at > clock.now()).first()
        db.session.remove()
        if lease is not None:
            raise TargetInUse("A worker is at work. Stop it first; nothing was changed.")


def _mark_target() -> None:
    """Say on the old records that they are going; whoever serves them stops within a second."""
    if not inspect(db.engine).has_table("alembic_version"):
        return
    with db.engine.begin() as connection:
        marked = text("UPDATE alembic_version SET version_num = :v || version_num")
        unmarked = text(
            f"SELECT count(*) FROM alembic_version WHERE version_num LIKE '{RESTORING}%'"
        )
        if not connection.scalar(unmarked):
            connection.execute(marked, {"v": RESTORING})
    time.sleep(2 * LOOKED_EVERY)


def _open() -> str:
    head = ScriptDirectory(str(MIGRATIONS)).get_current_head()
    with db.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :v"), {"v": head})
    return str(head)
