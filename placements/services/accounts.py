"""Signing in: a one-use link or code becomes a session that the service can end at once."""

import secrets
from datetime import datetime, timedelta

from sqlalchemy import select, update

from placements import clock
from placements.domain.addresses import normal_email, normal_mobile
from placements.domain.errors import Invalid, NotFound
from placements.domain.permissions import SYSTEM
from placements.extensions import db
from placements.models.accounts import Account, Link, Session, SignInAttempt
from placements.outbox.links import TOKEN_BYTES, add_link, hash_code, hash_token, way_of
from placements.outbox.write import Recipient, queue_message
from placements.services.account_book import (
    ensure_account,
    find_by_address,
    give_accounts,
)
from placements.services.events import record_event
from placements.services.guardian_notices import send_again
from placements.services.link_reading import OpenLink, get_link, read_link
from placements.services.sign_in_limits import TooFast, count_attempt, hash_key
from placements.services.transactions import act

__all__ = [
    "OpenLink",
    "TooFast",
    "end_session",
    "ensure_account",
    "find_account",
    "give_accounts",
    "make_sign_in_link",
    "read_link",
    "renew_link",
    "request_sign_in",
    "use_code",
    "use_link",
    "use_sign_in_link",
]

LINK_LIFE = timedelta(minutes=15)
SESSION_LIFE = timedelta(hours=12)
MOST_WRONG_CODES = 5
WRONG_CODE = "That code is not right, or too old. Use the newest one, or ask for another."
OLD_LINK = "This link has been used or is too old. Ask for a new one."
LASTING = ("offer", "checkpoint")


@act
def request_sign_in(sent: str, source: str) -> None:
    """Send a link and a code to an address that is known; the same outcome for one that is not.

    Raises `Invalid` for what is no address, and `TooFast`. Words and token are made when the
    message leaves, so that neither is kept here.
    """
    address, way = _read_address(sent)
    at = clock.now()
    count_attempt(address, source, at)
    _send_link(find_by_address(address), way, at)


@act
def renew_link(token: str) -> None:
    """Send a new link to the contact on record, by the way the old one came; nothing else."""
    link, at = get_link(token), clock.now()
    account = db.session.get_one(Account, link.account_id)
    count_attempt(f"account {account.id}", None, at)
    if link.purpose == "guardian":
        send_again(link, at)
        return
    _send_link(account, way_of(token), at)


def _send_link(account: Account | None, way: str, at: datetime) -> None:
    """Queue a sign-in message; for nobody, do as much work, so that time tells nothing."""
    asked = record_event(
        SYSTEM, "ask_sign_in", "account", account.id if account else 0, ("", ""), at
    )
    if account is None or account.erased:
        nobody = hash_key("nobody", secrets.token_hex(8))
        db.session.add(SignInAttempt(key_hash=nobody, happened_at=at))
        return
    to = Recipient(account.id, account.email is not None, account.mobile is not None)
    subject, once = ("account", account.id), secrets.token_hex(8)
    queue_message(asked, "sign_in", to, subject, at, once=once, ways=(way,))


@act
def make_sign_in_link(account_id: int) -> str:
    """Return a new link's token for whoever opens it at once; only its hash is kept."""
    return add_link(account_id, "sign_in", None, clock.now() + LINK_LIFE, "email")


@act
def use_sign_in_link(token: str) -> str:
    """Use the link up and return a session token; used, old and unknown links read the same."""
    return _use(token, ("sign_in",))


@act
def use_link(token: str) -> str:
    """Use up the link of an offer or a question, after the act it was for, and sign in."""
    return _use(token, LASTING)


def _use(token: str, purposes: tuple[str, ...]) -> str:
    at, hashed = clock.now(), hash_token(token)
    good = (
        Link.token_hash == hashed,
        Link.purpose.in_(purposes),
        Link.used_at.is_(None),
        Link.expires_at > at,
    )
    unused = update(Link).where(*good).values(used_at=at)
    used = db.session.execute(unused.execution_options(synchronize_session=False))
    if used.rowcount != 1:
        raise NotFound(OLD_LINK)
    account_id = db.session.scalar(select(Link.account_id).where(Link.token_hash == hashed))
    return _begin_session(account_id, at)


def _begin_session(account_id: int, at: datetime) -> str:
    session_token = secrets.token_urlsafe(TOKEN_BYTES)
    session = Session(account_id=account_id, created_at=at, expires_at=at + SESSION_LIFE)
    session.token_hash = hash_token(session_token)
    db.session.add(session)
    return session_token


def use_code(sent: str, code: str) -> str:
    """Sign in by the code of the newest message; raise `Invalid` when it is wrong.

    A wrong try is kept although the person is refused: after five the code opens nothing.
    """
    address, _ = _read_address(sent)
    session_token = _try_code(address, "".join(code.split()))
    if session_token is None:
        raise Invalid("code", WRONG_CODE)
    return session_token


@act
def _try_code(address: str, code: str) -> str | None:
    account, at = find_by_address(address), clock.now()
    mine = (Link.account_id == (account.id if account else 0), Link.purpose == "sign_in")
    newest = select(Link).where(*mine, Link.code_hash.is_not(None)).order_by(Link.id.desc())
    link = db.session.scalar(newest.limit(1))
    if link is None or not _count_try(link, at):
        return None
    if not secrets.compare_digest(hash_code(link.token_hash, code), link.code_hash):
        return None
    link.used_at = at
    return _begin_session(link.account_id, at)


def _count_try(link: Link, at: datetime) -> bool:
    """Count a try before looking at it, so that many at once are still only five."""
    still_good = (
        Link.id == link.id,
        Link.used_at.is_(None),
        Link.expires_at > at,
        Link.n_wrong_codes < MOST_WRONG_CODES,
    )
    tried = update(Link).where(*still_good).values(n_wrong_codes=Link.n_wrong_codes + 1)
    counted = db.session.execute(tried.execution_options(synchronize_session=False))
    return counted.rowcount == 1


@act
def end_session(session_token: str) -> None:
    """Sign out; the token opens nothing from this moment."""
    mine = (Session.token_hash == hash_token(session_token), Session.ended_at.is_(None))
    db.session.execute(update(Session).where(*mine).values(ended_at=clock.now()))


def find_account(session_token: str) -> Account:
    """Return the account that is signed in with this token, or raise `NotFound`."""
    rows = select(Account).join(Session, Session.account_id == Account.id)
    current = (
        Session.token_hash == hash_token(session_token),
        Session.ended_at.is_(None),
        Session.expires_at > clock.now(),
        Account.erased.is_(False),
    )
    found = db.session.scalar(rows.where(*current))
    if found is None:
        raise NotFound("You are not signed in.")
    return found


def _read_address(sent: str) -> tuple[str, str]:
    email = normal_email(sent)
    if email is not None:
        return email, "email"
    mobile = normal_mobile(sent)
    if mobile is None:
        raise Invalid("address", "Write an email address or a mobile number.")
    return mobile, "text"
