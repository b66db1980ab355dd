"""A careless hand in the database: statements that no guard and no foreign key is asked about."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection


@contextmanager
def unguarded(connection: Connection) -> Iterator[Connection]:
    """Let the rest of this connection's transaction write past triggers and foreign keys.

    The triggers of SQLite are gone until the database is emptied or the transaction is undone.
    """
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
        yield connection
        connection.exec_driver_sql("SET LOCAL session_replication_role = origin")
        return
    connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
    found = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    for (name,) in connection.exec_driver_sql(found).all():
        connection.exec_driver_sql(f"DROP TRIGGER {name}")
    yield connection
