"""What a database says when it cannot do its work now, in words for whoever was using it."""

import errno

from sqlalchemy.exc import DBAPIError, PendingRollbackError
from sqlalchemy.exc import TimeoutError as NoneLeft

FULL = (
    "The service's disk is full, so nothing can be kept now. What you sent was not kept; you can "
    "still read. Try again in half an hour."
)
NO_WRITES = (
    "The service can show its records but not change them now. What you sent was not kept. "
    "Try again in half an hour."
)
GONE = "The service cannot reach its records now. Nothing was changed. Try again in a minute."
UNKNOWN = (
    "The connection broke while your change was being kept. Look first whether it is there, before "
    "you send it again."
)
SQLITE_FULL, POSTGRESQL_FULL = "SQLITE_FULL", "53100"
SQLITE_NO_WRITES, POSTGRESQL_NO_WRITES = ("SQLITE_READONLY",), "25006"
SQLITE_GONE = ("SQLITE_CANTOPEN", "SQLITE_IOERR", "SQLITE_NOTADB")
# Shut down by its administrator, crashed, starting, cut off, or with no connection left.
POSTGRESQL_LOST = ("57P01", "57P02", "57P03", "57P05", "53300")
POSTGRESQL_CONNECTION = "08"
DRIVER_LOST = ("OperationalError", "InterfaceError", "ConnectionTimeout")


def describe(error: BaseException) -> str | None:
    """Return what to tell whoever was using the service; None for what is no outage."""
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        return FULL
    # A session whose connection went under it, and a pool that has none to give.
    if isinstance(error, PendingRollbackError | NoneLeft):
        return GONE
    if not isinstance(error, DBAPIError):
        return None
    name, state = _names(error)
    if name == SQLITE_FULL or state == POSTGRESQL_FULL:
        return FULL
    if name.startswith(SQLITE_NO_WRITES) or state == POSTGRESQL_NO_WRITES:
        return NO_WRITES
    if name.startswith(SQLITE_GONE) or is_lost(error):
        return GONE
    return None


def is_lost(error: BaseException) -> bool:
    """Say whether the connection to PostgreSQL is gone or was never made."""
    if not isinstance(error, DBAPIError):
        return False
    _, state = _names(error)
    if error.connection_invalidated or state in POSTGRESQL_LOST:
        return True
    if state.startswith(POSTGRESQL_CONNECTION):
        return True
    # psycopg gives a connection that was refused no state at all.
    return (
        not state
        and type(error.orig).__name__ in DRIVER_LOST
        and (type(error.orig).__module__.startswith("psycopg"))
    )


def _names(error: DBAPIError) -> tuple[str, str]:
    name = getattr(error.orig, "sqlite_errorname", None) or ""
    return name, getattr(error.orig, "sqlstate", None) or ""
