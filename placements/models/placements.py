"""Described opportunities: what, where, when, for how many."""

from datetime import date, datetime

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKeyConstraint,
    Integer,
    String,
    Text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from placements.domain.vocabulary import Kind
from placements.extensions import db
from placements.models.columns import (
    Stateful,
    UtcDateTime,
    id_column,
    reference_to,
    state_of,
    text_column,
)
from placements.models.employers import Employer, Site

_HONEST = "capacity_likely >= 1 AND capacity_min <= capacity_likely"


class Placement(Stateful, db.Model):
    """One described opportunity at one site; `shifts` are `[weekday, start, end]` in minutes.

    `capacity` is what a round may fill, `held` how many of it are taken; `held` is a counter
    moved in the same statement that checks it, never a count read before. `last_published` is what
    it said before it was changed, without who looks after them.
    """

    __tablename__ = "placement"
    __table_args__ = (
        state_of(Kind.PLACEMENT),
        CheckConstraint("held >= 0 AND held <= capacity", name="held_within_capacity"),
        CheckConstraint("capacity <= capacity_max", name="capacity_within_most"),
        CheckConstraint(
            f"capacity_max IS NULL OR ({_HONEST} AND capacity_likely <= capacity_max)",
            name="capacity_honest",
        ),
        CheckConstraint("group_min IS NULL OR group_min >= 1", name="group_min_positive"),
        CheckConstraint("min_age IS NULL OR min_age BETWEEN 15 AND 25", name="min_age_in_range"),
        ForeignKeyConstraint(
            ["site_id", "employer_id"],
            ["site.id", "site.employer_id"],
            name="fk_placement_site_of_employer",
        ),
    )
    id: Mapped[int] = id_column()
    reference: Mapped[str] = mapped_column(String(20), unique=True)
    employer_id: Mapped[int] = reference_to("employer")
    site_id: Mapped[int | None] = mapped_column(Integer, index=True)
    title: Mapped[str | None] = text_column(nullable=True)
    sector: Mapped[str | None] = text_column(40, nullable=True)
    summary: Mapped[str | None] = mapped_column(Text)
    start_from: Mapped[date | None] = mapped_column()
    start_to: Mapped[date | None] = mapped_column()
    duration_weeks: Mapped[int | None] = mapped_column(Integer)
    shifts: Mapped[list] = mapped_column(JSON, default=list)
    capacity_min: Mapped[int | None] = mapped_column(Integer)
    capacity_likely: Mapped[int | None] = mapped_column(Integer)
    capacity_max: Mapped[int | None] = mapped_column(Integer)
    capacity: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    held: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    group_min: Mapped[int | None] = mapped_column(Integer)
    min_age: Mapped[int | None] = mapped_column(Integer)
    needs: Mapped[list] = mapped_column(JSON, default=list)
    dbs_reason: Mapped[str | None] = mapped_column(Text)
    adjustments: Mapped[str | None] = mapped_column(Text)
    travel_support: Mapped[str | None] = mapped_column(Text)
    pay: Mapped[str | None] = mapped_column(Text)
    supervisor_name: Mapped[str | None] = text_column(nullable=True)
    supervisor_role: Mapped[str | None] = text_column(nullable=True)
    checked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    paused_until: Mapped[date | None] = mapped_column()
    reason: Mapped[str | None] = mapped_column(Text)
    n_pledged: Mapped[int | None] = mapped_column(Integer)
    last_published: Mapped[dict | None] = mapped_column(JSON(none_as_null=True))
    employer: Mapped[Employer] = relationship(foreign_keys=[employer_id])
    site: Mapped[Site | None] = relationship(foreign_keys=[site_id], overlaps="employer")
