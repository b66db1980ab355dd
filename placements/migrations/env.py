"""Alembic's entry: runs the migrations on the database the app is bound to."""

from alembic import context
from flask import current_app
from sqlalchemy.engine import Connection

from placements.database import WRITING
from placements.failpoints import pass_failpoint
from placements.models.columns import UtcDateTime

MIGRATING = 20_260_004
database = current_app.extensions["migrate"].db
options = current_app.extensions["migrate"].configure_args


def render_type(kind: str, column_type: object, _context: object) -> str | bool:
    """Name our own column type as the migrations import it."""
    if kind == "type" and isinstance(column_type, UtcDateTime):
        return "UtcDateTime()"
    return False


def run_migrations() -> None:
    """Run in one transaction, so that a crash leaves the schema as it was."""
    given = context.config.attributes.get("connection")
    if given is not None:
        _run_on(given)
        return
    engine = database.engine.execution_options(**{WRITING: True})
    with engine.connect() as connection:
        _run_on(connection)


def _run_on(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=database.metadata,
        render_item=render_type,
        transactional_ddl=True,  # ours is on SQLite too: every BEGIN is written out
        on_version_apply=lambda **_step: pass_failpoint("migrate.step"),
        **options,
    )
    with context.begin_transaction():
        _wait_for_others(connection)
        context.run_migrations()


def _wait_for_others(connection: Connection) -> None:
    """Let one migration run at a time; SQLite's transaction does so by itself."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({MIGRATING})")


run_migrations()
