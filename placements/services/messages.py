"""Messages leave: claimed in one act, sent outside any, marked in another.

Killed between sending and marking, a message is sent again under the same key when its claim has
run out (I-31). Nothing that happened meanwhile is missed: the words, and whether there is still
anything to say, are decided at the moment of the claim.
"""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache

from sqlalchemy import and_, func, or_, select

from placements import clock
from placements.domain.permissions import SYSTEM
from placements.domain.sending_times import BETWEEN_CHASES, after_quiet, is_quiet
from placements.domain.vocabulary import Kind
from placements.extensions import db
from placements.failpoints import pass_failpoint
from placements.models.operations import Message
from placements.outbox.catalogue import TEMPLATES
from placements.outbox.channels import NotSent, Way, list_open_channels, open_way
from placements.outbox.words import Letter, write_letter
from placements.services import transitions
from placements.services.transactions import act, savepoint
from placements.settings import Settings

log = logging.getLogger(__name__)
IN_ONE_CLAIM = 20
CLAIM_LASTS = timedelta(minutes=5)
WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240, 720))
MOST_TRIES = len(WAITS) + 1
ONE_DAYTIME, TOO_OLD = timedelta(hours=12), timedelta(days=14)
CHASES = tuple(row.name for row in TEMPLATES.values() if row.is_chase)


def deliver_due(settings: Settings) -> int:
    """Send everything that is due; return how many left. Any process may, at any time."""
    n_sent = 0
    while (step := deliver_some(settings)) is not None:
        n_sent += step
    return n_sent


def deliver_sign_ins(settings: Settings) -> int:
    """Send the sign-in messages that wait, at once; for the process in which somebody asked."""
    n_sent = 0
    while (step := deliver_some(settings, ("sign_in",))) is not None:
        n_sent += step
    return n_sent


def deliver_some(settings: Settings, templates: tuple[str, ...] | None = None) -> int | None:
    """Send the next few that are due; return how many left, None when there is no more to do."""
    channels = list_open_channels(settings)
    if not channels:
        _say_once_that_nothing_leaves()
        return None
    letters = _claim(settings.public_base_url, channels, templates)
    return None if letters is None else _send_all(settings, letters)


def find_next_send_at(settings: Settings) -> datetime | None:
    """Return when the next message is to leave; None if none waits or none can."""
    waiting = (Message.state == "queued", Message.channel.in_(list_open_channels(settings)))
    return db.session.scalar(select(func.min(Message.send_at)).where(*waiting))


@cache
def _say_once_that_nothing_leaves() -> None:
    log.warning("No message leaves: set SMTP_URL, or in the demo MAIL_SINK_DIR. They are kept.")


def _send_all(settings: Settings, letters: Sequence[tuple[int, Letter]]) -> int | None:
    """Send the letters one by one; None when the way out is shut, so that nobody knocks on."""
    if not letters:
        return 0
    try:
        with open_way(settings) as way:
            return sum(_send(way, message_id, letter) for message_id, letter in letters)
    except NotSent as shut:
        _mark_failed([message_id for message_id, _ in letters], str(shut))
        return None


def _send(way: Way, message_id: int, letter: Letter) -> bool:
    pass_failpoint("outbox.before_send")
    try:
        way.send(letter)
    except NotSent as fault:
        if fault.for_all:
            raise
        _mark_failed([message_id], str(fault), for_good=fault.for_good)
        return False
    pass_failpoint("outbox.after_send")
    _mark_sent(message_id)
    return True


@act
def _claim(
    base_url: str, channels: tuple[str, ...], templates: tuple[str, ...] | None
) -> list[tuple[int, Letter]] | None:
    """Take the next due messages for a few minutes and make their words; None if none is due."""
    at = clock.now()
    due = [Message.state == "queued", Message.send_at <= at, Message.channel.in_(channels)]
    if templates is not None:
        due.append(Message.template.in_(templates))
    rows = select(Message).where(*due).order_by(Message.send_at, Message.id).limit(IN_ONE_CLAIM)
    found = db.session.scalars(rows.with_for_update(skip_locked=True)).all()
    made = [(message.id, _prepare(message, base_url, at)) for message in found]
    letters = [(message_id, letter) for message_id, letter in made if letter is not None]
    return letters if found else None


def _prepare(message: Message, base_url: str, at: datetime) -> Letter | None:
    """Make one letter, or put it off, drop it, or count a failed try."""
    put_off_to = _find_later(message, at)
    if put_off_to is not None:
        message.send_at = put_off_to
        return None
    if message.n_tries >= MOST_TRIES:
        transitions.move(message, Kind.MESSAGE, "die", SYSTEM, at)
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
    rows = select(Message.sent_at).where(
        Message.account_id == message.account_id,
        Message.id != message.id,
        Message.template.in_(templates),
        or_(Message.sent_at > after, is_on_its_way),
    )
    left = [sent_at or at for sent_at in db.session.scalars(rows)]
    return max(left, default=None)


@act
def _mark_sent(message_id: int) -> None:
    message, at = db.session.get_one(Message, message_id), clock.now()
    if message.state != "queued":
        return
    transitions.move(message, Kind.MESSAGE, "send", SYSTEM, at)
    message.sent_at, message.last_error = at, None


@act
def _mark_failed(message_ids: list[int], words: str, *, for_good: bool = False) -> None:
    at = clock.now()
    for message in db.session.scalars(select(Message).where(Message.id.in_(message_ids))).all():
        if message.state == "queued":
            _put_back(message, words, at, for_good=for_good)


def _put_back(message: Message, words: str, at: datetime, *, for_good: bool = False) -> None:
    """Keep what went wrong and when to try again; after the last try the message is dead."""
    message.last_error = words[:200]
    if for_good or message.n_tries >= MOST_TRIES:
        transitions.move(message, Kind.MESSAGE, "die", SYSTEM, at)
    else:
        message.send_at = at + WAITS[message.n_tries - 1]
