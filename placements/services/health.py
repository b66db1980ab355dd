"""Whether the service can do its work: the database answers, and its schema is this version's."""

from pathlib import Path

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.exc import SQLAlchemyError

from placements.domain.errors import Refusal
from placements.extensions import db

MIGRATIONS = Path(__file__).resolve().parent.parent / "migrations"


class UnfitDatabase(Refusal):
    """The database is not there, or its schema is older or newer than this version."""


def list_faults() -> list[str]:
    """List what keeps the service from being ready, in words for an operator; [] when ready."""
    try:
        with db.engine.connect() as connection:
            found = MigrationContext.configure(connection).get_current_revision()
    except SQLAlchemyError:
        return ["The database does not answer."]
    wanted = ScriptDirectory(str(MIGRATIONS)).get_current_head()
    if found == wanted:
        return []
    return [f"The schema is {found}, this version needs {wanted}. Run: placements migrate"]


def check_schema() -> None:
    """Raise `UnfitDatabase` when this version cannot work on the database as it is."""
    faults = list_faults()
    if faults:
        raise UnfitDatabase(faults[0])
