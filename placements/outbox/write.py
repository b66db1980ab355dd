"""A message is written in the transaction of what it tells of, and goes out after it (I-30).

What is kept is whom to tell of which record; the words are made when it leaves, so that nobody
reads yesterday's facts. It hangs on the audit line of its move and is stored with it.
"""

from datetime import datetime
from typing import NamedTuple, Protocol

from placements.domain.lifecycles import NONE, find_move
from placements.domain.sending_times import after_quiet
from placements.domain.vocabulary import Kind
from placements.models.operations import Message
from placements.outbox.catalogue import TEMPLATES, Template


class Recipient(NamedTuple):
    """An account, the ways by which it can be reached, and which of them it asked for."""

    account_id: int
    has_email: bool
    has_mobile: bool
    prefers: str | None = None


class Pending(Protocol):
    """The audit line of a move, not chained yet, with the messages that go with it."""

    messages: list[Message]


def queue_message(
    pending: Pending,
    template: str,
    to: Recipient,
    subject: tuple[str, int],
    send_at: datetime,
    *,
    once: str = "",
    ways: tuple[str, ...] | None = None,
) -> int:
    """Write a message beside the move that `pending` tells of; return how many ways it goes.

    Part of an act. `once` tells apart two messages of one kind about one record, for example by
    the version that was moved; the same key again is refused by the database (I-31).
    """
    row = TEMPLATES[template]
    leaves_at = send_at if row.at_night else after_quiet(send_at)
    kind, subject_id = subject
    chosen = choose_ways(row, to, ways)
    for way in chosen:
        message = Message(
            key=":".join((template, kind, str(subject_id), once, str(to.account_id), way)),
            account_id=to.account_id,
            channel=way,
            template=template,
            subject_kind=kind,
            subject_id=subject_id,
            send_at=leaves_at,
            n_tries=0,
            state=find_move(Kind.MESSAGE, NONE, "queue").target,
            version=1,
        )
        pending.messages.append(message)
    return len(chosen)


def choose_ways(row: Template, to: Recipient, wanted: tuple[str, ...] | None) -> tuple[str, ...]:
    """Return the ways a message goes: all of them, or the one asked for, or the first open one."""
    reached = {"email": to.has_email, "text": to.has_mobile}
    open_ways = tuple(way for way in wanted or row.ways if reached[way])
    if row.all_ways:
        return open_ways
    asked_for = tuple(way for way in open_ways if way == to.prefers and not wanted)
    return (asked_for or open_ways)[:1]
