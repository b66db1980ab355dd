"""Links that open the service for one person; only the hash of their token is kept.

A token's first letter says by which way it was sent, so that an old link can be renewed by the
same way without a record of it.
"""

import hashlib
import secrets
from datetime import datetime

from placements.extensions import db
from placements.models.accounts import Link

TOKEN_BYTES = 32
LETTERS = {"email": "e", "text": "t"}
CODE_DIGITS = 6


def new_token(way: str) -> str:
    """Return 256 random bits as text that fits an address, after the letter of its way."""
    return LETTERS[way] + secrets.token_urlsafe(TOKEN_BYTES)


def way_of(token: str) -> str:
    """Return the way by which a token was sent; email for one that does not say."""
    return next((way for way, letter in LETTERS.items() if token.startswith(letter)), "email")


def hash_token(token: str) -> str:
    """Return the form in which a token is kept and looked for."""
    return hashlib.sha256(token.encode()).hexdigest()


def new_code() -> str:
    """Return six random digits for people who read the message on another device."""
    return f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}}"


def hash_code(token_hash: str, code: str) -> str:
    """Return the form in which a code is kept: bound to its link, so no two look the same."""
    return hash_token(f"{token_hash}:{code}")


def add_link(
    account_id: int,
    purpose: str,
    subject_id: int | None,
    expires_at: datetime,
    way: str,
    code: str | None = None,
) -> str:
    """Keep a new link and return its token, for the message that carries it; part of an act."""
    token = new_token(way)
    link = Link(account_id=account_id, purpose=purpose, subject_id=subject_id)
    link.token_hash, link.expires_at = hash_token(token), expires_at
    link.code_hash = hash_code(link.token_hash, code) if code else None
    db.session.add(link)
    return token
