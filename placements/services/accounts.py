"""Signing in: a one-use link becomes a session that the service can end at once."""

import hashlib
import secrets
from datetime import timedelta

from sqlalchemy import select, update

from placements import clock
from placements.domain.errors import NotFound
from placements.extensions import db
from placements.models.accounts import Account, Link, Session
from placements.services.transactions import act

LINK_LIFE = timedelta(minutes=15)
SESSION_LIFE = timedelta(hours=12)
TOKEN_BYTES = 32


@act
def make_sign_in_link(account_id: int) -> str:
    """Return a new link's token for the message that carries it; only its hash is kept."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    expires_at = clock.now() + LINK_LIFE
    link = Link(account_id=account_id, purpose="sign_in", expires_at=expires_at)
    link.token_hash = _hash(token)
    db.session.add(link)
    return token


@act
def use_sign_in_link(token: str) -> str:
    """Use the link up and return a session token; used, old and unknown links read the same."""
    at, hashed = clock.now(), _hash(token)
    good = (
        Link.token_hash == hashed,
        Link.purpose == "sign_in",
        Link.used_at.is_(None),
        Link.expires_at > at,
    )
    unused = update(Link).where(*good).values(used_at=at)
    used = db.session.execute(unused.execution_options(synchronize_session=False))
    if used.rowcount != 1:
        raise NotFound("This link has been used or is too old. Ask for a new one.")
    account_id = db.session.scalar(select(Link.account_id).where(Link.token_hash == hashed))
    session_token = secrets.token_urlsafe(TOKEN_BYTES)
    session = Session(account_id=account_id, created_at=at, expires_at=at + SESSION_LIFE)
    session.token_hash = _hash(session_token)
    db.session.add(session)
    return session_token


@act
def end_session(session_token: str) -> None:
    """Sign out; the token opens nothing from this moment."""
    mine = (Session.token_hash == _hash(session_token), Session.ended_at.is_(None))
    db.session.execute(update(Session).where(*mine).values(ended_at=clock.now()))


def find_account(session_token: str) -> Account:
    """Return the account that is signed in with this token, or raise `NotFound`."""
    rows = select(Account).join(Session, Session.account_id == Account.id)
    current = (
        Session.token_hash == _hash(session_token),
        Session.ended_at.is_(None),
        Session.expires_at > clock.now(),
        Account.erased.is_(False),
    )
    found = db.session.scalar(rows.where(*current))
    if found is None:
        raise NotFound("You are not signed in.")
    return found


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
