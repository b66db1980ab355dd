"""The session of the database: a page reads without a transaction, and writes only in an act."""

from functools import lru_cache
from typing import Any

from flask import has_request_context
from flask_sqlalchemy.session import Session as FlaskSession
from sqlalchemy import Engine, event
from sqlalchemy.engine import Connection
from sqlalchemy.orm import ORMExecuteState

from placements.database import TOGETHER, WRITING


class Session(FlaskSession):
    """Reads for a page as PostgreSQL does in READ COMMITTED: each statement as of its own instant.

    That needs no transaction. Without one a page sends no BEGIN and no ROLLBACK, after which
    psycopg would forget the statements it has prepared and let each be planned again.
    """

    def get_bind(self, *args: Any, **kwargs: Any) -> Engine | Connection:
        """Return the engine, for a page that reads the one that begins no transaction."""
        bind = super().get_bind(*args, **kwargs)
        if kwargs.get("bind") is not None:
            return bind
        if isinstance(bind, Engine) and bind.dialect.name == "postgresql" and self.only_reads():
            return _reading(bind)
        return bind

    def only_reads(self) -> bool:
        """Say whether a page asks, outside of an act."""
        is_act = self.info.get(WRITING) or self.info.get(TOGETHER)
        return has_request_context() and not is_act


@lru_cache(maxsize=4)
def _reading(engine: Engine) -> Engine:
    return engine.execution_options(isolation_level="AUTOCOMMIT")


def _refuse_stray_write(session: Any) -> None:
    if session.only_reads():
        raise RuntimeError("A page wrote outside of an act: nothing could take that back.")


@event.listens_for(Session, "before_flush")
def _flushing(session: Session, *_: object) -> None:
    _refuse_stray_write(session)


@event.listens_for(Session, "do_orm_execute")
def _executing(asked: ORMExecuteState) -> None:
    if asked.is_update or asked.is_insert or asked.is_delete:
        _refuse_stray_write(asked.session)
