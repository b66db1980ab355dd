"""An application put together with a placement, and what was agreed about it."""

from datetime import date, datetime

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKeyConstraint,
    Index,
    Integer,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from placements.domain.ending_words import ENDING_ANSWERS, ENDING_QUESTIONS
from placements.domain.vocabulary import LIVE_ASSIGNMENT_STATES, Kind
from placements.extensions import db
from placements.models.candidates import Application
from placements.models.columns import (
    Stateful,
    UtcDateTime,
    id_column,
    one_of,
    reference_to,
    state_of,
    text_column,
)
from placements.models.placements import Placement

_LIVE = text(f"state IN ({', '.join(repr(s) for s in LIVE_ASSIGNMENT_STATES)})")


def _one_live(name: str, column: str) -> Index:
    return Index(name, column, unique=True, sqlite_where=_LIVE, postgresql_where=_LIVE)


class Edge(db.Model):
    """A pair the verifier found eligible and within reach; an assignment needs one (I-07, I-08)."""

    __tablename__ = "edge"
    __table_args__ = (
        CheckConstraint("travel_minutes >= 0 AND travel_minutes <= limit_minutes", name="in_reach"),
    )
    application_id: Mapped[int] = mapped_column(Integer, primary_key=True)
    placement_id: Mapped[int] = mapped_column(Integer, primary_key=True)
    travel_minutes: Mapped[int] = mapped_column(Integer)
    limit_minutes: Mapped[int] = mapped_column(Integer)
    is_estimate: Mapped[bool] = mapped_column(default=True)
    checked_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Assignment(Stateful, db.Model):
    """One application with one placement; I-05 holds one live assignment per person."""

    __tablename__ = "assignment"
    __table_args__ = (
        state_of(Kind.ASSIGNMENT),
        UniqueConstraint("candidate_id", "placement_id", "round_id"),
        _one_live("uq_assignment_live_candidate", "candidate_id"),
        _one_live("uq_assignment_live_application", "application_id"),
        ForeignKeyConstraint(
            ["application_id", "placement_id"],
            ["edge.application_id", "edge.placement_id"],
            name="fk_assignment_edge",
        ),
        ForeignKeyConstraint(
            ["application_id", "candidate_id"],
            ["application.id", "application.candidate_id"],
            name="fk_assignment_application_of_candidate",
        ),
        CheckConstraint(
            "state <> 'reserve' OR (position IS NOT NULL AND position >= 1)",
            name="reserve_in_line",
        ),
    )
    id: Mapped[int] = id_column()
    round_id: Mapped[int | None] = reference_to("round", nullable=True)
    application_id: Mapped[int] = reference_to("application")
    candidate_id: Mapped[int] = mapped_column(Integer, index=True)
    placement_id: Mapped[int] = reference_to("placement")
    position: Mapped[int | None] = mapped_column(Integer)
    offered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    deadline_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    original_deadline_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reason: Mapped[str | None] = mapped_column(Text)
    start_on: Mapped[date | None] = mapped_column()
    end_on: Mapped[date | None] = mapped_column()
    supervisor_name: Mapped[str | None] = text_column(nullable=True)
    first_day: Mapped[dict] = mapped_column(JSON, default=dict)
    receipt: Mapped[dict] = mapped_column(JSON, default=dict)
    application: Mapped[Application] = relationship(foreign_keys=[application_id])
    placement: Mapped[Placement] = relationship(foreign_keys=[placement_id])


# Who is in line was not offered anything yet, and who left the line never was: staff alone see
# those rows, so every query for anybody else keeps to the ones that were offered.
WAS_OFFERED = Assignment.offered_at.is_not(None)


class Extension(db.Model):
    """A deadline moved for a reason; the only way a stored deadline changes (I-32)."""

    __tablename__ = "extension"
    id: Mapped[int] = id_column()
    assignment_id: Mapped[int] = reference_to("assignment")
    from_at: Mapped[datetime] = mapped_column(UtcDateTime)
    to_at: Mapped[datetime] = mapped_column(UtcDateTime)
    reason: Mapped[str] = text_column()
    extended_by: Mapped[int] = reference_to("account")


class Agreement(db.Model):
    """What employer, provider, young person (and guardian) sign before a start."""

    __tablename__ = "agreement"
    __table_args__ = (UniqueConstraint("assignment_id"),)
    id: Mapped[int] = id_column()
    assignment_id: Mapped[int] = reference_to("assignment", index=False)
    hours_per_week: Mapped[int | None] = mapped_column(Integer)
    insurance_expires_on: Mapped[date | None] = mapped_column()
    risk_assessed_on: Mapped[date | None] = mapped_column()
    supervisor_name: Mapped[str | None] = text_column(nullable=True)
    dbs_applied_on: Mapped[date | None] = mapped_column()
    dbs_sent_on: Mapped[date | None] = mapped_column()
    dbs_back_on: Mapped[date | None] = mapped_column()


class Signature(db.Model):
    """One party's signature on an agreement: who, when and how."""

    __tablename__ = "signature"
    __table_args__ = (
        UniqueConstraint("agreement_id", "party"),
        one_of(
            "party",
            ("employer", "second_signatory", "provider", "young_person", "guardian"),
        ),
    )
    id: Mapped[int] = id_column()
    agreement_id: Mapped[int] = reference_to("agreement")
    party: Mapped[str] = text_column(20)
    account_id: Mapped[int | None] = reference_to("account", nullable=True)
    signed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    how: Mapped[str] = text_column(40)


class Ending(db.Model):
    """What the employer says at the end: the days, three answers, and a line for the person.

    Whether they were hired is an answer to the question at the end, as every other outcome is.
    """

    __tablename__ = "ending"
    __table_args__ = (
        UniqueConstraint("assignment_id"),
        CheckConstraint("days_attended >= 0", name="days_attended_counted"),
        *(one_of(question, ENDING_ANSWERS) for question in ENDING_QUESTIONS),
    )
    id: Mapped[int] = id_column()
    assignment_id: Mapped[int] = reference_to("assignment", index=False)
    days_attended: Mapped[int | None] = mapped_column(Integer)
    on_time: Mapped[str | None] = text_column(10, nullable=True)
    did_the_work: Mapped[str | None] = text_column(10, nullable=True)
    take_again: Mapped[str | None] = text_column(10, nullable=True)
    reference_line: Mapped[str | None] = text_column(300, nullable=True)
    told_by: Mapped[int | None] = reference_to("account", nullable=True)
    told_at: Mapped[datetime] = mapped_column(UtcDateTime)
