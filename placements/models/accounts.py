"""Who signs in, and by which link."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from placements.extensions import db
from placements.models.columns import (
    UtcDateTime,
    id_column,
    one_of,
    reference_to,
    text_column,
)

LINK_PURPOSES = ("sign_in", "offer", "checkpoint", "guardian")
WAYS = ("email", "text")


class Account(db.Model):
    """A person who can sign in by email or mobile; addresses are stored normalised."""

    __tablename__ = "account"
    __table_args__ = (
        CheckConstraint("email IS NOT NULL OR mobile IS NOT NULL OR erased", name="reachable"),
        one_of("prefers", WAYS),
    )
    id: Mapped[int] = id_column()
    name: Mapped[str | None] = text_column(nullable=True)
    email: Mapped[str | None] = mapped_column(String(254), unique=True)
    mobile: Mapped[str | None] = mapped_column(String(20), unique=True)
    language: Mapped[str | None] = mapped_column(String(10))
    prefers: Mapped[str | None] = mapped_column(String(5))
    erased: Mapped[bool] = mapped_column(default=False)


class AuthorityMember(db.Model):
    """A member of the authority's staff and the one power they hold in a region."""

    __tablename__ = "authority_member"
    __table_args__ = (
        UniqueConstraint("account_id", "region_id"),
        one_of("power", ("operator", "approver")),
    )
    id: Mapped[int] = id_column()
    account_id: Mapped[int] = reference_to("account")
    region_id: Mapped[int] = reference_to("region")
    power: Mapped[str] = text_column(20)


class Session(db.Model):
    """A signed-in browser; only the hash of its token is kept, so it can be ended here."""

    __tablename__ = "session"
    id: Mapped[int] = id_column()
    account_id: Mapped[int] = reference_to("account")
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Link(db.Model):
    """A link that was sent to a person; reading it never uses it up, the act behind it does."""

    __tablename__ = "link"
    __table_args__ = (one_of("purpose", LINK_PURPOSES),)
    id: Mapped[int] = id_column()
    account_id: Mapped[int] = reference_to("account")
    purpose: Mapped[str] = text_column(20)
    subject_id: Mapped[int | None] = mapped_column()
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    code_hash: Mapped[str | None] = mapped_column(String(64))
    n_wrong_codes: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class ApiKey(db.Model):
    """A key by which an organisation's own programs act for it; only its hash is kept."""

    __tablename__ = "api_key"
    __table_args__ = (
        one_of("role", ("employer", "provider", "operator")),
        CheckConstraint("(role = 'operator') = (organisation_id IS NULL)", name="owned"),
    )
    id: Mapped[int] = id_column()
    role: Mapped[str] = text_column(20)
    organisation_id: Mapped[int | None] = mapped_column(Integer)
    region_id: Mapped[int] = reference_to("region")
    name: Mapped[str] = text_column(60)
    key_hash: Mapped[str] = mapped_column(String(64), unique=True)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class SignInAttempt(db.Model):
    """One request to sign in, by the hash of its address or of its source; counted for limits."""

    __tablename__ = "sign_in_attempt"
    __table_args__ = (Index("ix_sign_in_attempt_recent", "key_hash", "happened_at"),)
    id: Mapped[int] = id_column()
    key_hash: Mapped[str] = mapped_column(String(64))
    happened_at: Mapped[datetime] = mapped_column(UtcDateTime)
