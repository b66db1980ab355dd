"""Dated questions after an assignment, and their answers."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Float, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from placements.domain.vocabulary import CheckpointKind, Kind, OutcomeKind, Source
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


class Checkpoint(Stateful, db.Model):
    """A dated question, about an assignment or, for people never placed, an application."""

    __tablename__ = "checkpoint"
    __table_args__ = (
        state_of(Kind.CHECKPOINT),
        one_of("kind", CheckpointKind),
        UniqueConstraint("assignment_id", "kind"),
        UniqueConstraint("application_id", "kind"),
        CheckConstraint(
            "(assignment_id IS NULL) <> (application_id IS NULL)",
            name="about_one_record",
        ),
    )
    id: Mapped[int] = id_column()
    assignment_id: Mapped[int | None] = reference_to("assignment", nullable=True)
    application_id: Mapped[int | None] = reference_to("application", nullable=True)
    kind: Mapped[str] = text_column(10)
    due_on: Mapped[date] = mapped_column()
    window_opens_on: Mapped[date] = mapped_column()
    window_closes_on: Mapped[date] = mapped_column()
    outcomes: Mapped[list["Outcome"]] = relationship(order_by="Outcome.id")


class Outcome(db.Model):
    """The answer to a checkpoint with its source and evidence; superseded, never overwritten."""

    __tablename__ = "outcome"
    __table_args__ = (
        one_of("kind", OutcomeKind),
        one_of("source", Source),
        one_of("evidence_level", Source),
        CheckConstraint(
            "verified_by IS NULL OR (verified_by <> recorded_by AND evidence IS NOT NULL)",
            name="verified_by_another",
        ),
    )
    id: Mapped[int] = id_column()
    checkpoint_id: Mapped[int] = reference_to("checkpoint")
    kind: Mapped[str] = text_column(20)
    from_on: Mapped[date | None] = mapped_column()
    to_on: Mapped[date | None] = mapped_column()
    hours_per_week: Mapped[float | None] = mapped_column(Float)
    is_temporary: Mapped[bool | None] = mapped_column()
    training: Mapped[str | None] = text_column(20, nullable=True)
    with_whom: Mapped[str | None] = text_column(nullable=True)
    scheme: Mapped[str | None] = text_column(nullable=True)
    hired: Mapped[bool | None] = mapped_column()
    reason: Mapped[str | None] = mapped_column(Text)
    source: Mapped[str] = text_column(20)
    evidence_level: Mapped[str] = text_column(20)
    evidence: Mapped[str | None] = mapped_column(Text)
    recorded_by: Mapped[int | None] = reference_to("account", nullable=True)
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    verified_by: Mapped[int | None] = reference_to("account", nullable=True)
    supersedes_id: Mapped[int | None] = reference_to("outcome", nullable=True)
