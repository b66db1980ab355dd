"""One place begins, commits and retries; every act that writes is wrapped by `act`."""

import errno
import functools
import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import ParamSpec, TypeVar

from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import scoped_session

from placements.database import TOGETHER, WRITING
from placements.domain.errors import Refusal
from placements.extensions import db
from placements.failpoints import pass_failpoint
from placements.services import events, outages

P = ParamSpec("P")
R = TypeVar("R")

TRIES = 6
SERIALIZATION, DEADLOCK = "40001", "40P01"
TAKEN = "23505"
_fence: ContextVar[Callable[[], None] | None] = ContextVar("fence", default=None)


class Busy(Refusal):
    """The database was too busy to keep the change; nothing of it was written."""


class OutOfReach(Busy):
    """The database cannot be written or reached now: a full disk, a mount that went, a restart."""


def act(function: Callable[P, R]) -> Callable[P, R]:
    """Run `function` in one transaction: all of it is kept, or none.

    The whole is tried again, with jitter, when the database asks for it, and once when somebody
    else wrote the same key in the same instant: the second look finds it and can say so in words.
    No act calls another: a second transaction inside the first would keep half of a change.
    """

    @functools.wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        for attempt in range(1, TRIES + 1):
            try:
                return _run_once(lambda: function(*args, **kwargs))
            except (DBAPIError, OSError) as error:
                _raise_unless_again(error, attempt)
                time.sleep(random.uniform(0.01, 0.05) * 2**attempt)
        raise Busy("The service is very busy. Nothing was changed. Try again in a minute.")

    return run


def _raise_unless_again(error: DBAPIError | OSError, attempt: int) -> None:
    """Raise what no other try would mend, in words where there are any."""
    if isinstance(error, OSError) and error.errno != errno.ENOSPC:
        raise error
    words = outages.describe(error)
    if words is not None and not (outages.is_lost(error) and attempt < TRIES):
        raise OutOfReach(words) from error
    if words is not None or not isinstance(error, DBAPIError):
        return
    if not _asks_to_retry(error) and not (attempt == 1 and _was_taken(error)):
        raise error


def close_connections() -> None:
    """Give back every connection of this app; a command calls it at its end."""
    db.session.remove()
    db.engine.dispose()


def lock_row(record: R) -> R:
    """Read a row again and keep it from every other writer until the act ends.

    Acts lock in one order: the round, placements by id, people by id, assignments, the audit.
    """
    # Only this row: PostgreSQL cannot lock what a list has joined beside it.
    db.session.refresh(record, with_for_update={"of": type(record)})
    return record


@contextmanager
def fenced_by(still_may: Callable[[], None]) -> Iterator[None]:
    """Ask `still_may` at the end of every act inside; when it raises, nothing of the act is kept.

    Whoever acts for a lease asks here whether it is still theirs.
    """
    token = _fence.set(still_may)
    try:
        yield
    finally:
        _fence.reset(token)


@contextmanager
def together() -> Iterator[None]:
    """Keep all acts called inside as one: a seed is whole or not there.

    An act that is refused inside leaves nothing of itself, and the others stand.
    """
    session = db.session
    if session.info.get(TOGETHER):
        yield
        return
    session.rollback()
    session.info[TOGETHER] = True
    try:
        session.connection(execution_options={WRITING: True})
        yield
        session.commit()
    except BaseException:
        session.rollback()
        raise
    finally:
        session.info.pop(TOGETHER, None)


@contextmanager
def savepoint() -> Iterator[None]:
    """Run a part of an act that may be refused alone, and then leaves nothing, events neither."""
    mark = events.count_pending()
    try:
        with db.session.begin_nested():
            yield
    except BaseException:
        events.forget_pending_after(mark)
        raise


def _run_once(work: Callable[[], R]) -> R:
    session = db.session
    if session.info.get(WRITING):
        raise RuntimeError("An act was called inside another act.")
    if session.info.get(TOGETHER):
        return _run_part(work)
    session.rollback()
    session.info[WRITING] = True
    try:
        session.connection(execution_options={WRITING: True})
        answer = work()
        session.flush()
        events.chain_pending(session())
        if (still_may := _fence.get()) is not None:
            still_may()
        pass_failpoint("tx.before_commit")
        _commit(session)
        pass_failpoint("tx.after_commit")
        return answer
    except BaseException:
        session.rollback()
        raise
    finally:
        session.info.pop(WRITING, None)
        events.forget_pending(session())


def _commit(session: scoped_session) -> None:
    """Commit; where the answer was lost on its way nobody knows, and no second try is made."""
    try:
        session.commit()
    except DBAPIError as error:
        if outages.is_lost(error):
            raise OutOfReach(outages.UNKNOWN) from error
        raise


def _run_part(work: Callable[[], R]) -> R:
    """Run an act that is kept together with others."""
    session = db.session
    session.info[WRITING] = True
    try:
        with session.begin_nested():
            answer = work()
            session.flush()
            events.chain_pending(session())
        return answer
    finally:
        session.info.pop(WRITING, None)
        events.forget_pending(session())


def _asks_to_retry(error: DBAPIError) -> bool:
    state = getattr(error.orig, "sqlstate", None)
    return state in (SERIALIZATION, DEADLOCK) or "database is locked" in str(error.orig)


def _was_taken(error: DBAPIError) -> bool:
    state = getattr(error.orig, "sqlstate", None)
    return state == TAKEN or "UNIQUE constraint failed" in str(error.orig)
