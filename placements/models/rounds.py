"""Scheduled rounds: what was sealed, what was planned, what was chosen."""

from datetime import date, datetime

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKeyConstraint,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
    text,
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

MECHANISMS = ("optimal", "stable", "serial", "nearest")


class Round(Stateful, db.Model):
    """One scheduled run. I-21 (two people) is held here as a constraint."""

    __tablename__ = "round"
    __table_args__ = (
        state_of(Kind.ROUND),
        UniqueConstraint("region_id", "name"),
        CheckConstraint("opens_at < locks_at AND locks_at < release_at", name="dates_in_order"),
        CheckConstraint(
            "approved_by IS NULL OR (approved_by <> COALESCE(locked_by, 0)"
            " AND approved_by <> COALESCE(solved_by, 0)"
            " AND approved_by <> COALESCE(chosen_by, 0))",
            name="two_people",
        ),
    )
    id: Mapped[int] = id_column()
    region_id: Mapped[int] = reference_to("region")
    name: Mapped[str] = text_column()
    opens_at: Mapped[datetime] = mapped_column(UtcDateTime)
    locks_at: Mapped[datetime] = mapped_column(UtcDateTime)
    release_at: Mapped[datetime] = mapped_column(UtcDateTime)
    answer_days: Mapped[list] = mapped_column(JSON, default=lambda: [5, 3, 2])
    policy: Mapped[dict] = mapped_column(JSON, default=dict)
    seed: Mapped[int] = mapped_column(Integer)
    snapshot_hash: Mapped[str | None] = mapped_column(String(64))
    plan_hash: Mapped[str | None] = mapped_column(String(64))
    approved_plan_hash: Mapped[str | None] = mapped_column(String(64))
    locked_by: Mapped[int | None] = reference_to("account", nullable=True, index=False)
    solved_by: Mapped[int | None] = reference_to("account", nullable=True, index=False)
    chosen_by: Mapped[int | None] = reference_to("account", nullable=True, index=False)
    approved_by: Mapped[int | None] = reference_to("account", nullable=True, index=False)
    reason: Mapped[str | None] = mapped_column(Text)


class Snapshot(db.Model):
    """The sealed input of a round: a hash over the sorted hashes of its records."""

    __tablename__ = "snapshot"
    __table_args__ = (UniqueConstraint("round_id", "snapshot_hash"),)
    id: Mapped[int] = id_column()
    round_id: Mapped[int] = reference_to("round")
    snapshot_hash: Mapped[str] = mapped_column(String(64))
    taken_at: Mapped[datetime] = mapped_column(UtcDateTime)
    n_candidates: Mapped[int] = mapped_column(Integer)
    n_placements: Mapped[int] = mapped_column(Integer)


class SnapshotRecord(db.Model):
    """One sealed person or place; erasure blanks the body and the salt, never the hash."""

    __tablename__ = "snapshot_record"
    __table_args__ = (
        UniqueConstraint("snapshot_id", "kind", "record_id"),
        one_of("kind", ("application", "placement")),
        CheckConstraint("(salt IS NULL) = (body IS NULL)", name="erased_whole"),
    )
    id: Mapped[int] = id_column()
    snapshot_id: Mapped[int] = reference_to("snapshot")
    kind: Mapped[str] = text_column(20)
    record_id: Mapped[int] = mapped_column(Integer)
    record_hash: Mapped[str] = mapped_column(String(64))
    salt: Mapped[str | None] = mapped_column(String(32))
    body: Mapped[str | None] = mapped_column(Text)


class Plan(db.Model):
    """What the engine returned for a snapshot, stored only after the verifier passed it.

    `figures` is what its readers ask, worked out once when it was made; counts, and no person.
    """

    __tablename__ = "plan"
    __table_args__ = (
        CheckConstraint("checked_ok", name="checked_before_stored"),
        ForeignKeyConstraint(
            ["round_id", "snapshot_hash"],
            ["snapshot.round_id", "snapshot.snapshot_hash"],
        ),
        one_of("mechanism", MECHANISMS),
        Index(
            "uq_plan_chosen",
            "round_id",
            unique=True,
            sqlite_where=text("chosen"),
            postgresql_where=text("chosen"),
        ),
    )
    id: Mapped[int] = id_column()
    round_id: Mapped[int] = reference_to("round")
    snapshot_hash: Mapped[str] = mapped_column(String(64))
    policy_hash: Mapped[str] = mapped_column(String(64))
    plan_hash: Mapped[str] = mapped_column(String(64))
    mechanism: Mapped[str] = text_column(20)
    is_cascade: Mapped[bool] = mapped_column(default=False)
    checked_ok: Mapped[bool] = mapped_column()
    chosen: Mapped[bool] = mapped_column(default=False)
    solved_at: Mapped[datetime] = mapped_column(UtcDateTime)
    solve_seconds: Mapped[float] = mapped_column()
    sealed: Mapped[str] = mapped_column(Text, deferred=True)
    figures: Mapped[dict | None] = mapped_column(JSON(none_as_null=True), deferred=True)


class PlanRow(db.Model):
    """One person's line of a plan, read only by the authority: placed, or why not."""

    __tablename__ = "plan_row"
    __table_args__ = (UniqueConstraint("plan_id", "application_id"),)
    id: Mapped[int] = id_column()
    plan_id: Mapped[int] = reference_to("plan")
    application_id: Mapped[int] = reference_to("application")
    placement_id: Mapped[int | None] = reference_to("placement", nullable=True)
    choice_rank: Mapped[int | None] = mapped_column(Integer)
    minutes_there: Mapped[int | None] = mapped_column(Integer)
    minutes_back: Mapped[int | None] = mapped_column(Integer)
    is_estimate: Mapped[bool] = mapped_column(default=True)
    reasons: Mapped[list] = mapped_column(JSON, default=list)


class Skip(db.Model):
    """Why a plan row or a reserve was passed over."""

    __tablename__ = "skip"
    id: Mapped[int] = id_column()
    round_id: Mapped[int] = reference_to("round")
    application_id: Mapped[int] = reference_to("application")
    placement_id: Mapped[int] = reference_to("placement")
    reason: Mapped[str] = text_column()
    skipped_at: Mapped[datetime] = mapped_column(UtcDateTime)


class NextStep(db.Model):
    """What happens next for a person a round did not place, and by when; nobody is left without."""

    __tablename__ = "next_step"
    __table_args__ = (
        UniqueConstraint("round_id", "application_id"),
        one_of("kind", ("next_round", "provider_talk")),
    )
    id: Mapped[int] = id_column()
    round_id: Mapped[int] = reference_to("round")
    application_id: Mapped[int] = reference_to("application")
    kind: Mapped[str] = text_column(20)
    due_on: Mapped[date] = mapped_column()
