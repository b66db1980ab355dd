"""Whether the service can do its work: the database answers, and its schema is this version's."""

from pathlib import Path

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.exc import SQLAlchemyError

from placements.extensions import db

MIGRATIONS = Path(__file__).resolve().parent.parent / "migrations"


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
