"""Column types and small pieces that every table shares."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    Dialect,
    ForeignKey,
    Integer,
    String,
    TypeDecorator,
)
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import DateTime, TypeEngine

from placements.domain.lifecycles import LIFECYCLES
from placements.domain.vocabulary import Kind


class UtcDateTime(TypeDecorator[datetime]):
    """An aware UTC instant: timestamptz on PostgreSQL, fixed-width text on SQLite.

    The text form `YYYY-MM-DDTHH:MM:SS.mmmZ` has one width, so text order is time order.
    """

    impl = String(24)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == "postgresql":
            return dialect.type_descriptor(DateTime(timezone=True))
        return dialect.type_descriptor(String(24))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("An instant must be aware; this one has no time zone.")
        milliseconds = value.microsecond // 1000
        instant = value.astimezone(UTC).replace(microsecond=milliseconds * 1000)
        if dialect.name == "postgresql":
            return instant
        return f"{instant:%Y-%m-%dT%H:%M:%S}.{milliseconds:03d}Z"

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if isinstance(value, str):
            return datetime.fromisoformat(value)
        return value.astimezone(UTC)


def id_column() -> Mapped[int]:
    """The integer key of a row."""
    return mapped_column(Integer, primary_key=True)


def reference_to(target: str, *, nullable: bool = False, index: bool = True) -> Mapped[Any]:
    """A foreign key to `table`, by its id."""
    return mapped_column(ForeignKey(f"{target}.id"), nullable=nullable, index=index)


def text_column(length: int = 200, *, nullable: bool = False) -> Mapped[Any]:
    """Short text of at most `length` characters."""
    return mapped_column(String(length), nullable=nullable)


def one_of(column: str, values: Iterable[str], name: str | None = None) -> CheckConstraint:
    """A constraint that `column` holds one of `values`."""
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=name or f"{column}_known")


def state_of(kind: Kind) -> CheckConstraint:
    """I-13: the state is one of its lifecycle's."""
    return one_of("state", LIFECYCLES[kind].states)


class Stateful:
    """A record with a lifecycle; only `services.transitions` sets `state`."""

    state: Mapped[str] = mapped_column(String(30))
    version: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
