"""What happened, to which record, by whom: ids, codes and times only."""

from datetime import datetime

from sqlalchemy import (
    CheckConstraint,
    ForeignKeyConstraint,
    Index,
    Integer,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from placements.domain.vocabulary import Kind, Role
from placements.extensions import db
from placements.models.columns import UtcDateTime, id_column, one_of, text_column


class Transition(db.Model):
    """The lifecycle tables, copied by migration so that the database can hold history to them."""

    __tablename__ = "transition"
    kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    from_state: Mapped[str] = mapped_column(String(30), primary_key=True)
    action: Mapped[str] = mapped_column(String(30), primary_key=True)
    to_state: Mapped[str] = mapped_column(String(30), primary_key=True)


class Event(db.Model):
    """One line of the append-only audit, chained by hash to the line before it."""

    __tablename__ = "event"
    __table_args__ = (
        one_of("role", Role),
        Index("ix_event_record", "kind", "record_id"),
    )
    seq: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    happened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    role: Mapped[str] = text_column(20)
    account_id: Mapped[int | None] = mapped_column(Integer)
    action: Mapped[str] = text_column(40)
    kind: Mapped[str] = text_column(20)
    record_id: Mapped[int] = mapped_column(Integer)
    from_state: Mapped[str] = text_column(30)
    to_state: Mapped[str] = text_column(30)
    request_id: Mapped[str | None] = mapped_column(String(36))
    prev_hash: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64), unique=True)


class AuditHead(db.Model):
    """The last link of the chain; its one row is locked last in every writing transaction."""

    __tablename__ = "audit_head"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)
    id: Mapped[int] = id_column()
    seq: Mapped[int] = mapped_column(Integer)
    hash: Mapped[str] = mapped_column(String(64))


class History(db.Model):
    """One change of state; keys hold it to a legal move and to its event (I-14, I-27)."""

    __tablename__ = "history"
    __table_args__ = (
        UniqueConstraint("kind", "record_id", "version"),
        UniqueConstraint("event_seq"),
        one_of("kind", Kind),
        ForeignKeyConstraint(
            ["kind", "from_state", "action", "to_state"],
            [
                "transition.kind",
                "transition.from_state",
                "transition.action",
                "transition.to_state",
            ],
            name="fk_history_legal_move",
        ),
        ForeignKeyConstraint(["event_seq"], ["event.seq"]),
    )
    id: Mapped[int] = id_column()
    kind: Mapped[str] = text_column(20)
    record_id: Mapped[int] = mapped_column(Integer)
    version: Mapped[int] = mapped_column(Integer)
    from_state: Mapped[str] = text_column(30)
    action: Mapped[str] = text_column(30)
    to_state: Mapped[str] = text_column(30)
    moved_at: Mapped[datetime] = mapped_column(UtcDateTime)
    event_seq: Mapped[int] = mapped_column(Integer)
