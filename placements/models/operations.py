"""What keeps the service exact: messages, due steps, imports, leases, keys."""

from datetime import datetime

from sqlalchemy import (
    JSON,
    ForeignKeyConstraint,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from placements.domain.vocabulary import Kind
from placements.extensions import db
from placements.models.columns import (
    Stateful,
    UtcDateTime,
    id_column,
    one_of,
    reference_to,
    state_of,
    text_column,
)


class Message(Stateful, db.Model):
    """A message to send; its words are made at send time from current facts (I-30, I-31)."""

    __tablename__ = "message"
    __table_args__ = (
        state_of(Kind.MESSAGE),
        one_of("channel", ("email", "text")),
        Index("ix_message_due", "state", "send_at"),
        ForeignKeyConstraint(["event_seq"], ["event.seq"]),
    )
    id: Mapped[int] = id_column()
    key: Mapped[str] = mapped_column(String(120), unique=True)
    event_seq: Mapped[int] = mapped_column(Integer)
    account_id: Mapped[int] = reference_to("account")
    channel: Mapped[str] = text_column(10)
    template: Mapped[str] = text_column(60)
    subject_kind: Mapped[str] = text_column(20)
    subject_id: Mapped[int] = mapped_column(Integer)
    send_at: Mapped[datetime] = mapped_column(UtcDateTime)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    n_tries: Mapped[int] = mapped_column(Integer, default=0)
    last_error: Mapped[str | None] = text_column(nullable=True)


class Occurrence(Stateful, db.Model):
    """A due scheduled step; (schedule, subject, due) is unique, so it runs once (I-33)."""

    __tablename__ = "occurrence"
    __table_args__ = (
        state_of(Kind.OCCURRENCE),
        UniqueConstraint("schedule", "subject_id", "due_at"),
        Index("ix_occurrence_due", "state", "due_at"),
    )
    id: Mapped[int] = id_column()
    schedule: Mapped[str] = text_column(40)
    subject_id: Mapped[int] = mapped_column(Integer)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reason: Mapped[str | None] = text_column(nullable=True)
    lease_epoch: Mapped[int | None] = mapped_column(Integer)


class Lease(db.Model):
    """Who may run the schedule now; a holder with an old epoch writes nothing (I-34)."""

    __tablename__ = "lease"
    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    holder: Mapped[str] = text_column(80)
    epoch: Mapped[int] = mapped_column(Integer)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ImportRun(db.Model):
    """One file that was read: its hash, and what became of its rows."""

    __tablename__ = "import_run"
    __table_args__ = (one_of("kind", ("placements", "applications", "outcomes")),)
    id: Mapped[int] = id_column()
    kind: Mapped[str] = text_column(20)
    file_hash: Mapped[str] = mapped_column(String(64), index=True)
    account_id: Mapped[int | None] = reference_to("account", nullable=True)
    organisation_id: Mapped[int | None] = mapped_column(Integer)
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    n_new: Mapped[int] = mapped_column(Integer, default=0)
    n_same: Mapped[int] = mapped_column(Integer, default=0)
    n_bad: Mapped[int] = mapped_column(Integer, default=0)
    errors: Mapped[list] = mapped_column(JSON, default=list)
    content: Mapped[str | None] = mapped_column(Text)


class IdempotencyKey(db.Model):
    """A form or call that was already carried out, and where its answer lives."""

    __tablename__ = "idempotency_key"
    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    account_id: Mapped[int | None] = reference_to("account", nullable=True)
    used_at: Mapped[datetime] = mapped_column(UtcDateTime)
    answer: Mapped[str | None] = text_column(nullable=True)


class ErasureList(db.Model):
    """People who were erased, by id alone, kept for ever; replayed after every restore.

    `emptied_at` is when nothing of them was left in free pages either.
    """

    __tablename__ = "erasure_list"
    candidate_id: Mapped[int] = mapped_column(Integer, primary_key=True)
    erased_at: Mapped[datetime] = mapped_column(UtcDateTime)
    emptied_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
