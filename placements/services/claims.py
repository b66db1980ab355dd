"""A message is claimed in one act with its words made, and marked in another."""

import logging
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import and_, or_, select

from placements import clock
from placements.domain.permissions import SYSTEM
from placements.domain.sending_times import BETWEEN_CHASES, after_quiet, is_quiet
from placements.domain.vocabulary import Kind
from placements.extensions import db
from placements.models.operations import Message
from placements.outbox.catalogue import TEMPLATES
from placements.outbox.letters import Letter
from placements.outbox.words import write_letter
from placements.outbox.write import queue_message
from placements.services import transitions
from placements.services.events import record_event
from placements.services.message_regions import find_message_region
from placements.services.recipients import list_operators
from placements.services.transactions import act, savepoint

log = logging.getLogger(__name__)
IN_ONE_CLAIM = 20
CLAIM_LASTS = timedelta(minutes=5)
WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240, 720))
MOST_TRIES = len(WAITS) + 1
ONE_DAYTIME, TOO_OLD = timedelta(hours=12), timedelta(days=14)
CHASES = tuple(row.name for row in TEMPLATES.values() if row.is_chase)


class Claimed(NamedTuple):
    """A letter that this process may hand over until an instant, and when it was due."""

    message_id: int
    letter: Letter
    due_at: datetime
    until: datetime


@act
def claim_letters(
    base_url: str, channels: tuple[str, ...], templates: tuple[str, ...] | None
) -> list[Claimed] | None:
    """Take the next due messages for a few minutes and make their words; None if none is due."""
    at = clock.now()
    due = [Message.state == "queued", Message.send_at <= at, Message.channel.in_(channels)]
    if templates is not None:
        due.append(Message.template.in_(templates))
    rows = select(Message).where(*due).order_by(Message.send_at, Message.id).limit(IN_ONE_CLAIM)
    found = db.session.scalars(rows.with_for_update(skip_locked=True)).all()
    made = [(message.id, message.send_at, _prepare(message, base_url, at)) for message in found]
    until = at + CLAIM_LASTS
    letters = [Claimed(key, letter, due_at, until) for key, due_at, letter in made if letter]
    return letters if found else None


def _prepare(message: Message, base_url: str, at: datetime) -> Letter | None:
    """Make one letter, or put it off, drop it, or count a failed try."""
    put_off_to = _find_later(message, at)
    if put_off_to is not None:
        message.send_at = put_off_to
        return None
    if message.n_tries >= MOST_TRIES:
        _die(message, at)
        return None
    message.n_tries += 1
    try:
        with savepoint():
            letter = None if _is_old_news(message, at) else write_letter(message, base_url, at)
    except Exception as error:
        # One message whose words cannot be made must not hold up the ones behind it.
        log.exception("words failed", extra={"template": message.template, "id": message.id})
        _put_back(message, f"Words: {type(error).__name__}", at)
        return None
    if letter is None:
        transitions.move(message, Kind.MESSAGE, "drop", SYSTEM, at)
        return None
    message.send_at = at + CLAIM_LASTS
    return letter


def _find_later(message: Message, at: datetime) -> datetime | None:
    """Return when to look at a message again: after the night, or a day after another chase."""
    row = TEMPLATES[message.template]
    if not row.at_night and is_quiet(at):
        return after_quiet(at)
    if not row.is_chase or (row.names_all and _was_spoken_for(message, at)):
        return None
    last = _find_last(message, CHASES, at - BETWEEN_CHASES, at)
    return after_quiet(last + BETWEEN_CHASES) if last else None


def _is_old_news(message: Message, at: datetime) -> bool:
    """Say whether nobody should read this now: said already, or nobody sent it for two weeks."""
    waited_too_long = message.n_tries == 1 and at - message.send_at > TOO_OLD
    return waited_too_long or _was_spoken_for(message, at)


def _was_spoken_for(message: Message, at: datetime) -> bool:
    """Say whether a message that named everybody who waits left earlier on this day."""
    row = TEMPLATES[message.template]
    return row.names_all and _find_last(message, (row.name,), at - ONE_DAYTIME, at) is not None


def _find_last(
    message: Message, templates: tuple[str, ...], after: datetime, at: datetime
) -> datetime | None:
    """Return when such a message last left for the account; one on its way leaves now."""
    is_on_its_way = and_(Message.state == "queued", Message.n_tries > 0)
    # The same by two ways is one message.
    is_another = or_(Message.template != message.template, Message.channel == message.channel)
    rows = select(Message.sent_at).where(
        Message.account_id == message.account_id,
        Message.id != message.id,
        Message.template.in_(templates),
        is_another,
        or_(Message.sent_at > after, is_on_its_way),
    )
    left = [sent_at or at for sent_at in db.session.scalars(rows)]
    return max(left, default=None)


@act
def mark_sent(message_id: int) -> None:
    """Keep that a message left."""
    message, at = db.session.get_one(Message, message_id), clock.now()
    if message.state != "queued":
        return
    transitions.move(message, Kind.MESSAGE, "send", SYSTEM, at)
    message.sent_at, message.last_error = at, None


@act
def mark_failed(message_id: int, words: str, *, for_good: bool = False) -> None:
    """Keep why a message did not leave, and try again later unless that will not help."""
    message = db.session.get_one(Message, message_id)
    if message.state == "queued":
        _put_back(message, words, clock.now(), for_good=for_good)


@act
def hand_back(claims: list[Claimed], words: str | None = None) -> None:
    """Give back letters that nobody took, as if they had not been claimed."""
    for claim in claims:
        message = db.session.get_one(Message, claim.message_id)
        if message.state == "queued" and message.send_at == claim.until:
            message.n_tries, message.send_at = max(0, message.n_tries - 1), claim.due_at
            message.last_error = words or message.last_error


def _put_back(message: Message, words: str, at: datetime, *, for_good: bool = False) -> None:
    """Keep what went wrong and when to try again; after the last try the message is dead."""
    message.last_error = words[:200]
    if for_good or message.n_tries >= MOST_TRIES:
        _die(message, at)
    else:
        message.send_at = at + WAITS[message.n_tries - 1]


def _die(message: Message, at: datetime) -> None:
    """Give a message up, and tell the staff of its region; never of a message about a message."""
    transitions.move(message, Kind.MESSAGE, "die", SYSTEM, at)
    region_id = find_message_region(message)
    if region_id is None or message.template == "message_stuck":
        return
    told = record_event(SYSTEM, "die", Kind.MESSAGE, message.id, ("", ""), at)
    subject, once = (message.subject_kind, message.subject_id), f"{message.id}-{at:%Y%m%d%H%M}"
    for to in list_operators(region_id):
        queue_message(told, "message_stuck", to, subject, at, once=once)
