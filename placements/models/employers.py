"""Organisations that give placements, their people, sites and pledges."""

from datetime import date, datetime

from sqlalchemy import (
    CheckConstraint,
    Float,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

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


class Employer(Stateful, db.Model):
    """An organisation; `cap` limits its places across its placements in one round."""

    __tablename__ = "employer"
    __table_args__ = (
        state_of(Kind.EMPLOYER),
        CheckConstraint("cap IS NULL OR cap >= 0", name="cap_not_negative"),
        UniqueConstraint("region_id", "name"),
    )
    id: Mapped[int] = id_column()
    region_id: Mapped[int] = reference_to("region")
    name: Mapped[str] = text_column()
    companies_house_number: Mapped[str | None] = text_column(8, nullable=True)
    sector: Mapped[str] = text_column(40)
    cap: Mapped[int | None] = mapped_column(Integer)
    sites: Mapped[list["Site"]] = relationship(back_populates="employer", order_by="Site.id")


class EmployerMember(db.Model):
    """A person who acts for an employer."""

    __tablename__ = "employer_member"
    __table_args__ = (UniqueConstraint("employer_id", "account_id"),)
    id: Mapped[int] = id_column()
    employer_id: Mapped[int] = reference_to("employer")
    account_id: Mapped[int] = reference_to("account")
    job_title: Mapped[str | None] = text_column(nullable=True)


class Site(db.Model):
    """Where a young person travels to; the pair (id, employer) is what a placement points at."""

    __tablename__ = "site"
    __table_args__ = (
        UniqueConstraint("id", "employer_id"),
        UniqueConstraint("employer_id", "name"),
        CheckConstraint("latitude BETWEEN -90 AND 90", name="latitude_in_range"),
        CheckConstraint("longitude BETWEEN -180 AND 180", name="longitude_in_range"),
    )
    id: Mapped[int] = id_column()
    employer_id: Mapped[int] = reference_to("employer")
    name: Mapped[str] = text_column()
    postcode: Mapped[str] = mapped_column(String(8))
    latitude: Mapped[float] = mapped_column(Float)
    longitude: Mapped[float] = mapped_column(Float)
    point_is_approximate: Mapped[bool] = mapped_column(default=False)
    district: Mapped[str] = text_column(60)
    arrival_notes: Mapped[str | None] = mapped_column(Text)
    step_free: Mapped[bool | None] = mapped_column()
    insurance_expires_on: Mapped[date | None] = mapped_column()
    risk_assessed_on: Mapped[date | None] = mapped_column()
    employer: Mapped[Employer] = relationship(back_populates="sites")


class Pledge(db.Model):
    """A number of places an employer promised, before any placement is described."""

    __tablename__ = "pledge"
    __table_args__ = (
        one_of("answer", ("yes", "maybe", "not_now")),
        CheckConstraint("(answer = 'yes') = (n_places > 0)", name="yes_has_places"),
        Index("ix_pledge_period", "period"),
    )
    id: Mapped[int] = id_column()
    employer_id: Mapped[int] = reference_to("employer")
    answer: Mapped[str] = text_column(10)
    n_places: Mapped[int] = mapped_column(Integer, default=0)
    reason: Mapped[str | None] = text_column(nullable=True)
    period: Mapped[str] = text_column(20)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ask_again_on: Mapped[date | None] = mapped_column()
    source: Mapped[str] = text_column(40)
