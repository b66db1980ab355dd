"""Alembic's entry: runs the migrations on the database the app is bound to."""

from alembic import context
from flask import current_app

from placements.database import WRITING
from placements.models.columns import UtcDateTime

database = current_app.extensions["migrate"].db
options = current_app.extensions["migrate"].configure_args


def render_type(kind: str, column_type: object, _context: object) -> str | bool:
    """Name our own column type as the migrations import it."""
    if kind == "type" and isinstance(column_type, UtcDateTime):
        return "UtcDateTime()"
    return False


def run_migrations() -> None:
    """Run in one transaction, so that a crash leaves the schema as it was."""
    engine = database.engine.execution_options(**{WRITING: True})
    with engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=database.metadata,
            render_item=render_type,
            **options,
        )
        with context.begin_transaction():
            context.run_migrations()


run_migrations()
