"""Whether the service can do its work: the database answers, takes writes, and has this schema."""

import os
import shutil
from pathlib import Path

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import select
from sqlalchemy.engine import Connection
from sqlalchemy.exc import SQLAlchemyError

from placements import clock
from placements.domain.errors import Refusal
from placements.extensions import db
from placements.models.candidates import Provider
from placements.models.employers import Employer
from placements.services.restoring_mark import RESTORING
from placements.services.watching import find_worker_seen_at, has_late_steps, is_worker_gone
from placements.settings import Settings, UnsafeSetting

MIGRATIONS = Path(__file__).resolve().parent.parent / "migrations"
ROOM = 10 * 1024 * 1024
INVENTED = "%(invented)"
MINUTES_A_YEAR = 366 * 24 * 60
UNFINISHED = (
    "A restore is going on, or was cut off. Wait, or run it again: "
    "placements restore FILE --replace"
)


class UnfitDatabase(Refusal):
    """The database is not there, or its schema is older or newer than this version."""


def list_faults(settings: Settings | None = None) -> list[str]:
    """List what keeps the service from being ready, in words for an operator; [] when ready.

    With `settings` also what only a running service needs: files that can be written, a worker.
    """
    try:
        with db.engine.connect() as connection:
            faults = [*_list_schema_faults(connection), *_list_write_faults(connection)]
        if settings is not None and not faults:
            faults = [*_list_setting_faults(settings), *_list_worker_faults(settings)]
    except SQLAlchemyError:
        return ["The database does not answer."]
    return faults


def check_schema() -> None:
    """Raise `UnfitDatabase` when this version cannot work on the database as it is."""
    faults = list_faults()
    if faults:
        raise UnfitDatabase(faults[0])


def check_known_schema() -> None:
    """Raise `UnfitDatabase` when the schema is not one that this version can bring up to date."""
    try:
        with db.engine.connect() as connection:
            found = MigrationContext.configure(connection).get_current_revision()
            has_tables = db.engine.dialect.has_table(connection, "account")
    except SQLAlchemyError as error:
        raise UnfitDatabase("The database does not answer.") from error
    known = {script.revision for script in ScriptDirectory(str(MIGRATIONS)).walk_revisions()}
    if found is not None and found.startswith(RESTORING):
        raise UnfitDatabase(UNFINISHED)
    if found is not None and found not in known:
        raise UnfitDatabase(
            f"The schema is {found}, which this version does not know. Nothing was changed. "
            "Run the version that wrote it, or a newer one."
        )
    if found is None and has_tables:
        raise UnfitDatabase(
            "The database has tables but no schema number. Nothing was changed. "
            "Restore a backup into an empty database, or name the right DATABASE_URL."
        )


def refuse_invented_people(settings: Settings) -> None:
    """Raise `UnsafeSetting` when production would open on the demo's invented people."""
    if not settings.is_production:
        return
    for kind in (Employer, Provider):
        if db.session.scalar(select(kind.id).where(kind.name.like(INVENTED)).limit(1)) is not None:
            raise UnsafeSetting(
                "DATABASE_URL names a database with the demo's invented people, whom anybody "
                "can be. Name another in production."
            )


def _list_schema_faults(connection: Connection) -> list[str]:
    found = MigrationContext.configure(connection).get_current_revision()
    wanted = ScriptDirectory(str(MIGRATIONS)).get_current_head()
    if found == wanted:
        return []
    if found is not None and found.startswith(RESTORING):
        return [UNFINISHED]
    return [f"The schema is {found}, this version needs {wanted}. Run: placements migrate"]


def _list_write_faults(connection: Connection) -> list[str]:
    if connection.dialect.name == "postgresql":
        read_only = connection.exec_driver_sql("SHOW transaction_read_only").scalar()
        return ["The database takes no writes."] if read_only == "on" else []
    path = Path(db.engine.url.database or ":memory:")
    if str(path) == ":memory:":
        return []
    if not path.exists():
        return ["The database's file is gone."]
    if not (os.access(path, os.W_OK) and os.access(path.parent, os.W_OK)):
        return ["The database's file can be read but not written."]
    if shutil.disk_usage(path.parent).free < ROOM:
        return ["The disk of the database is full."]
    return []


def _list_setting_faults(settings: Settings) -> list[str]:
    if not settings.region_folder.is_dir():
        return ["REGION names no folder that can be read."]
    return []


def _list_worker_faults(settings: Settings) -> list[str]:
    """A service that never had a worker is new; one that lost its worker is not ready.

    Where no real people wait, a worker that was stopped is missed only once a step is late.
    """
    gone, seen_at = is_worker_gone(), find_worker_seen_at()
    is_missed = gone and (settings.is_production or has_late_steps())
    db.session.rollback()
    if not is_missed or seen_at is None:
        return []
    minutes = int((clock.now() - seen_at).total_seconds() // 60)
    if minutes > MINUTES_A_YEAR:  # a worker that stops in order leaves no time behind
        return ["No worker is at the schedule. Run: placements worker"]
    return [f"No worker has been seen for {minutes} minutes. Run: placements worker"]
