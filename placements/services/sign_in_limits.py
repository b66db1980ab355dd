"""How often an address and a source may ask to sign in, counted in the database.

The database counts, so that several processes count together and a restart forgets nothing.
"""

import hashlib
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select

from placements.domain.errors import Refusal
from placements.extensions import db
from placements.models.accounts import SignInAttempt

WINDOW = timedelta(minutes=15)
MOST_PER_ADDRESS = 5
MOST_PER_SOURCE = 30


class TooFast(Refusal):
    """Too many requests in a short time; `seconds` is how long to wait."""

    def __init__(self, seconds: int) -> None:
        minutes = -(-seconds // 60)
        wait = f"{minutes} minutes" if minutes > 1 else "a minute"
        super().__init__(f"You asked many times. Wait {wait}, then try again.")
        self.seconds = seconds


def count_attempt(address: str, source: str | None, at: datetime) -> None:
    """Count one request, or raise `TooFast`; part of an act. Known or not, addresses cost alike."""
    db.session.execute(delete(SignInAttempt).where(SignInAttempt.happened_at <= at - WINDOW))
    limits = {hash_key("address", address): MOST_PER_ADDRESS}
    if source is not None:
        limits[hash_key("source", source)] = MOST_PER_SOURCE
    for key_hash, most in sorted(limits.items()):
        _count(key_hash, most, at)


def hash_key(kind: str, value: str) -> str:
    """Return what is kept instead of an address or a source."""
    return hashlib.sha256(f"{kind}:{value}".encode()).hexdigest()


def _count(key_hash: str, most: int, at: datetime) -> None:
    _wait_for_turn(key_hash)
    rows = select(SignInAttempt.happened_at).where(SignInAttempt.key_hash == key_hash)
    earlier = db.session.scalars(rows.order_by(SignInAttempt.happened_at)).all()
    if len(earlier) >= most:
        free_at = earlier[len(earlier) - most] + WINDOW
        raise TooFast(max(1, int((free_at - at).total_seconds()) + 1))
    db.session.add(SignInAttempt(key_hash=key_hash, happened_at=at))
    db.session.flush()


def _wait_for_turn(key_hash: str) -> None:
    """Let one request of a key be counted at a time; SQLite has one writer anyway."""
    if db.session.get_bind().dialect.name == "postgresql":
        lock = int(key_hash[:15], 16)
        db.session.execute(select(func.pg_advisory_xact_lock(lock)))
