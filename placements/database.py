"""How each engine is opened so that a commit is durable and a writer waits its turn."""

import sqlite3
from contextlib import suppress
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import Engine, event
from sqlalchemy.engine import Connection

WRITING, TOGETHER = "writing", "together"
LINES, MOST_PREPARED = 10, 1_000


def engine_options(database_url: str) -> dict[str, Any]:
    """Return the options of an engine; no value of a row may reach an error or a log."""
    # A list of 200 people holds 2,000 small lists as JSON: to read them was a third of its page.
    options: dict[str, Any] = {"hide_parameters": True, "json_deserializer": orjson.loads}
    if database_url.startswith("sqlite"):
        return {**options, "connect_args": {"timeout": 5.0}}
    # A host that does not answer is given up in time for whoever waits for a page.
    options["connect_args"] = {"connect_timeout": 5}
    # A line for each thread of a web process stays open, with the statements it has prepared.
    options |= {"pool_size": LINES, "pool_use_lifo": True, "pool_pre_ping": True}
    return {**options, "isolation_level": "READ COMMITTED"}


def prepare_engine(engine: Engine) -> None:
    """Make SQLite writers take their lock at BEGIN: a later upgrade fails whatever the timeout."""
    if engine.dialect.name != "sqlite":
        event.listen(engine, "connect", _keep_prepared)
        return
    if engine.url.database and engine.url.database != ":memory:":
        # A folder that cannot be made shows as the database that cannot be opened.
        with suppress(OSError):
            Path(engine.url.database).parent.mkdir(parents=True, exist_ok=True)
    event.listen(engine, "connect", _open_sqlite)
    event.listen(engine, "begin", _begin_sqlite)


def _keep_prepared(connection: Any, _record: object) -> None:
    """Keep what is prepared: all pages together ask several hundred different statements."""
    connection.prepared_max = MOST_PREPARED


def _open_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    writing = connection.get_execution_options().get(WRITING)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")
