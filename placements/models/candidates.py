"""Young people, who registers them, and their applications."""

from datetime import date, datetime

from sqlalchemy import (
    JSON,
    CheckConstraint,
    Float,
    ForeignKeyConstraint,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from placements.domain.vocabulary import OPEN_APPLICATION_STATES, Kind
from placements.extensions import db
from placements.models.columns import (
    Stateful,
    UtcDateTime,
    id_column,
    reference_to,
    state_of,
    text_column,
)

_OPEN = text(f"state IN ({', '.join(repr(s) for s in OPEN_APPLICATION_STATES)})")


class Provider(db.Model):
    """A training provider: it registers young people and supports them."""

    __tablename__ = "provider"
    __table_args__ = (UniqueConstraint("region_id", "name"),)
    id: Mapped[int] = id_column()
    region_id: Mapped[int] = reference_to("region")
    name: Mapped[str] = text_column()


class ProviderMember(db.Model):
    """A person who acts for a provider."""

    __tablename__ = "provider_member"
    __table_args__ = (UniqueConstraint("provider_id", "account_id"),)
    id: Mapped[int] = id_column()
    provider_id: Mapped[int] = reference_to("provider")
    account_id: Mapped[int] = reference_to("account")


class Candidate(db.Model):
    """The young person, once, whoever registers them.

    `identity_key` is a normalised hash of name, birth date and postcode: I-11's unique key.
    `guardian_copies_at` is when they agreed that their guardian gets a copy of offers, if they do.
    """

    __tablename__ = "candidate"
    id: Mapped[int] = id_column()
    account_id: Mapped[int | None] = reference_to("account", nullable=True)
    identity_key: Mapped[str | None] = mapped_column(String(64), unique=True)
    name: Mapped[str | None] = text_column(nullable=True)
    preferred_name: Mapped[str | None] = text_column(nullable=True)
    date_of_birth: Mapped[date | None] = mapped_column()
    email: Mapped[str | None] = mapped_column(String(254))
    mobile: Mapped[str | None] = mapped_column(String(20))
    postcode: Mapped[str | None] = mapped_column(String(8))
    latitude: Mapped[float | None] = mapped_column(Float)
    longitude: Mapped[float | None] = mapped_column(Float)
    point_is_approximate: Mapped[bool] = mapped_column(default=False)
    district: Mapped[str | None] = text_column(60, nullable=True)
    guardian_contact: Mapped[str | None] = text_column(254, nullable=True)
    guardian_copies_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    has_ehcp: Mapped[bool | None] = mapped_column()
    access_needs: Mapped[str | None] = mapped_column(Text)
    right_to_work_checked: Mapped[bool | None] = mapped_column()


class Application(Stateful, db.Model):
    """One candidate's entry to take part in a region; `salt` seals its record in a snapshot.

    `counted_district` is empty until the person is erased: then it keeps past figures as they
    were, where enough others live there too.
    """

    __tablename__ = "application"
    __table_args__ = (
        state_of(Kind.APPLICATION),
        UniqueConstraint("id", "candidate_id"),
        Index(
            "uq_application_open",
            "candidate_id",
            "region_id",
            unique=True,
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        ),
        CheckConstraint("max_minutes BETWEEN 5 AND 180", name="max_minutes_in_range"),
    )
    id: Mapped[int] = id_column()
    reference: Mapped[str] = mapped_column(String(20), unique=True)
    salt: Mapped[str] = mapped_column(String(32))
    candidate_id: Mapped[int] = reference_to("candidate")
    provider_id: Mapped[int | None] = reference_to("provider", nullable=True)
    region_id: Mapped[int] = reference_to("region")
    modes: Mapped[list] = mapped_column(JSON, default=list)
    max_minutes: Mapped[int] = mapped_column(Integer, default=60)
    availability: Mapped[list] = mapped_column(JSON, default=list)
    start_from: Mapped[date | None] = mapped_column()
    start_to: Mapped[date | None] = mapped_column()
    needs_met: Mapped[list] = mapped_column(JSON, default=list)
    priority: Mapped[list] = mapped_column(JSON, default=list)
    sectors: Mapped[list] = mapped_column(JSON, default=list)
    choices: Mapped[list] = mapped_column(JSON, default=list)
    never: Mapped[dict] = mapped_column(JSON, default=dict)
    consented_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reason: Mapped[str | None] = mapped_column(Text)
    counted_district: Mapped[str | None] = text_column(60, nullable=True)
    candidate: Mapped[Candidate] = relationship()
    provider: Mapped[Provider | None] = relationship()


class KeyWorker(db.Model):
    """Which member of a provider looks after one of its people."""

    __tablename__ = "key_worker"
    __table_args__ = (UniqueConstraint("application_id"),)
    id: Mapped[int] = id_column()
    application_id: Mapped[int] = reference_to("application", index=False)
    account_id: Mapped[int] = reference_to("account")
    chosen_at: Mapped[datetime] = mapped_column(UtcDateTime)


class EqualityAnswer(db.Model):
    """Optional answers read only by fairness and returns, never by a market."""

    __tablename__ = "equality_answer"
    __table_args__ = (UniqueConstraint("candidate_id", "question"),)
    id: Mapped[int] = id_column()
    candidate_id: Mapped[int] = reference_to("candidate")
    question: Mapped[str] = text_column(40)
    answer: Mapped[str] = text_column(60)


class Attendance(db.Model):
    """Whether a person came on a planned day."""

    __tablename__ = "attendance"
    __table_args__ = (
        UniqueConstraint("assignment_id", "day"),
        ForeignKeyConstraint(["assignment_id"], ["assignment.id"]),
    )
    id: Mapped[int] = id_column()
    assignment_id: Mapped[int] = mapped_column(Integer)
    day: Mapped[date] = mapped_column()
    planned: Mapped[bool] = mapped_column(default=True)
    came: Mapped[bool | None] = mapped_column()
    reason: Mapped[str | None] = text_column(nullable=True)
