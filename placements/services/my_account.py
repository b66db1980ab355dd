"""A person's own account: what they are called, how they are reached, where they are signed in."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update

from placements import clock
from placements.domain.addresses import normal_email, normal_mobile
from placements.domain.errors import Invalid, NotFound
from placements.domain.languages import LANGUAGES
from placements.domain.permissions import SYSTEM
from placements.extensions import db
from placements.models.accounts import Account, Session
from placements.models.candidates import Candidate
from placements.services.events import record_event
from placements.services.link_reading import hash_token
from placements.services.transactions import act, lock_row

NOT_USABLE = "We cannot use this. Try another, or ask for help at the bottom of the page."


@dataclass(frozen=True)
class Wishes:
    """How somebody likes to be written to, and in which language it is easiest to talk."""

    prefers: str | None = None
    language: str | None = None


NO_WISHES = Wishes()


@dataclass(frozen=True)
class SignedIn:
    """One browser that is signed in; `is_this` is the one that asks."""

    id: int
    since: datetime
    until: datetime
    is_this: bool


def list_sessions(account_id: int, session_token: str) -> list[SignedIn]:
    """List where an account is signed in, the newest first."""
    current = (
        Session.account_id == account_id,
        Session.ended_at.is_(None),
        Session.expires_at > clock.now(),
    )
    rows = db.session.scalars(select(Session).where(*current).order_by(Session.id.desc()))
    own = hash_token(session_token)
    return [SignedIn(one.id, one.created_at, one.expires_at, one.token_hash == own) for one in rows]


@act
def end_other_sessions(account_id: int, session_token: str) -> int:
    """Sign an account out everywhere but here; return in how many places."""
    others = (
        Session.account_id == account_id,
        Session.ended_at.is_(None),
        Session.token_hash != hash_token(session_token),
    )
    ended = db.session.execute(update(Session).where(*others).values(ended_at=clock.now()))
    return int(ended.rowcount)


@act
def change_account(
    account_id: int,
    name: str,
    email: str | None,
    mobile: str | None,
    wishes: Wishes = NO_WISHES,
) -> None:
    """Change what a person is called and how they are reached; everybody for their own account.

    An address that another account has reads like one that cannot be used, so that nobody learns
    who is here. A young person's own record follows, because messages go there too.
    """
    account = db.session.get(Account, account_id)
    if account is None or account.erased:
        raise NotFound("You are not signed in.")
    account = lock_row(account)
    address, number = normal_email(email), normal_mobile(mobile)
    if email and address is None:
        raise Invalid("email", "Write an email address, like name@mail.example.")
    if mobile and number is None:
        raise Invalid("mobile", "Write a mobile number, like 07700 900123.")
    if address is None and number is None:
        raise Invalid("email", "Keep an email address or a mobile number, so that we reach you.")
    _check_free(account_id, address, number)
    if wishes.prefers is not None and not {"email": address, "text": number}[wishes.prefers]:
        words = {"email": "an email address", "text": "a mobile number"}[wishes.prefers]
        raise Invalid("prefers", f"Write {words} for this, or choose the other.")
    account.name, account.email, account.mobile = name.strip(), address, number
    account.prefers, account.language = wishes.prefers, wishes.language
    own = update(Candidate).where(Candidate.account_id == account_id)
    db.session.execute(own.values(email=address, mobile=number))
    record_event(SYSTEM, "change_account", "account", account_id, ("", ""), clock.now())


def find_language(account_id: int | None) -> str | None:
    """Return in which language somebody finds it easiest to talk, if it is not English."""
    account = db.session.get(Account, account_id) if account_id else None
    return LANGUAGES.get(account.language or "") if account else None


def _check_free(account_id: int, email: str | None, mobile: str | None) -> None:
    for field, column, value in (
        ("email", Account.email, email),
        ("mobile", Account.mobile, mobile),
    ):
        taken = select(Account.id).where(column == value, Account.id != account_id)
        if value is not None and db.session.scalar(taken) is not None:
            raise Invalid(field, NOT_USABLE)
