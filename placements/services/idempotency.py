"""A form sent twice has one effect: its key is claimed before the act and keeps the answer."""

from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError

from placements import clock
from placements.domain.errors import Refusal
from placements.extensions import db
from placements.models.operations import IdempotencyKey
from placements.services.transactions import act


class StillWorking(Refusal):
    """The same form is being carried out right now, or was cut off before it could answer."""


def claim_key(key: str, account_id: int | None) -> str | None:
    """Claim a form's key; None if it is new, else where its answer lives.

    Raises `StillWorking` while the first sending has no answer yet.
    """
    try:
        _insert(key, account_id)
    except IntegrityError:
        return _answer_of(key, account_id)
    return None


@act
def _insert(key: str, account_id: int | None) -> None:
    db.session.add(IdempotencyKey(key=key, account_id=account_id, used_at=clock.now()))


def _answer_of(key: str, account_id: int | None) -> str:
    row = db.session.scalar(select(IdempotencyKey).where(IdempotencyKey.key == key))
    # A form sent before signing in is answered to whoever holds its key: the answer signed them in.
    mine = row is not None and row.account_id in (None, account_id)
    if row is None or row.answer is None or not mine:
        raise StillWorking("You sent this already. Reload the page to see what became of it.")
    return row.answer


@act
def keep_answer(key: str, answer: str) -> None:
    """Remember where the answer to a form lives, for whoever sends it again."""
    mine = update(IdempotencyKey).where(IdempotencyKey.key == key)
    db.session.execute(mine.values(answer=answer[:200]))


@act
def release_key(key: str) -> None:
    """Let a form that was refused be sent again."""
    unanswered = (IdempotencyKey.key == key, IdempotencyKey.answer.is_(None))
    db.session.execute(delete(IdempotencyKey).where(*unanswered))
