"""Messages leave: claimed in one act, sent outside any, marked in another.

Killed between sending and marking, a message is sent again under the same key when its claim has
run out (I-31). Nothing that happened meanwhile is missed: the words, and whether there is still
anything to say, are decided at the moment of the claim.

A way out that is shut is left alone for a while, and the letters for it wait without counting a
try: an outage loses nothing and kills nothing.
"""

import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache

from sqlalchemy import func, select

from placements import clock
from placements.extensions import db
from placements.failpoints import pass_failpoint
from placements.models.operations import Message
from placements.outbox.channels import Ways, find_way, list_open_channels, open_ways
from placements.outbox.letters import NotSent
from placements.services.claims import (
    CLAIM_LASTS,
    Claimed,
    claim_letters,
    hand_back,
    mark_failed,
    mark_sent,
)
from placements.settings import Settings

log = logging.getLogger(__name__)
FAULTS_IN_A_ROW = 3
SHUT_FOR = tuple(timedelta(minutes=minutes) for minutes in (1, 2, 5))


@dataclass
class Shut:
    """Until when a way out is left alone, and how often it was found shut since it last worked."""

    until: datetime
    n_times: int = 1


@dataclass
class Post:
    """What this process knows about the ways out of some settings."""

    settings: Settings
    shut: dict[str, Shut] = field(default_factory=dict)
    n_faults: dict[str, int] = field(default_factory=dict)

    def list_open(self) -> tuple[str, ...]:
        """List the kinds of message that may be tried now."""
        return tuple(k for k in list_open_channels(self.settings) if not self._waits_until(k))

    def not_before(self, kind: str, at: datetime) -> datetime:
        """Return when a kind of message may be tried, at `at` or later."""
        until = self._waits_until(kind)
        return max(at, until) if until else at

    def note_fault(self, kind: str, fault: NotSent) -> None:
        """Keep that a letter was not taken.

        A way is shut when it says so, and after a few faults in a row that were not about one
        letter.
        """
        way = find_way(self.settings, kind) or ""
        self.n_faults[way] = 0 if fault.for_good else self.n_faults.get(way, 0) + 1
        if not fault.for_all and self.n_faults[way] < FAULTS_IN_A_ROW:
            return
        n_times = self.shut[way].n_times + 1 if way in self.shut else 1
        wait = fault.wait or SHUT_FOR[min(n_times, len(SHUT_FOR)) - 1]
        self.shut[way], self.n_faults[way] = Shut(clock.now() + wait, n_times), 0
        log.warning("a way out is shut", extra={"way": way, "why": str(fault), "n": n_times})

    def note_sent(self, kind: str) -> None:
        """Keep that the way for this kind of message works."""
        way = find_way(self.settings, kind) or ""
        self.shut.pop(way, None)
        self.n_faults.pop(way, None)

    def _waits_until(self, kind: str) -> datetime | None:
        found = self.shut.get(find_way(self.settings, kind) or "")
        at = clock.now()
        # Whoever set the clock back must not wait for hours that were never lived.
        is_ahead = found is not None and at < found.until <= at + timedelta(days=1)
        return found.until if found and is_ahead else None


@cache
def find_post(settings: Settings) -> Post:
    """Return the one memory of these ways out in this process."""
    return Post(settings)


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
    if not list_open_channels(settings):
        _say_once_that_nothing_leaves()
        return None
    post = find_post(settings)
    kinds = post.list_open()
    claims = claim_letters(settings.public_base_url, kinds, templates) if kinds else None
    return None if claims is None else _send_all(post, claims)


def find_next_send_at(settings: Settings) -> datetime | None:
    """Return when the next message is to leave; None if none waits or none can."""
    kinds = list_open_channels(settings)
    waiting = select(Message.channel, func.min(Message.send_at)).where(
        Message.state == "queued", Message.channel.in_(kinds)
    )
    post = find_post(settings)
    rows = db.session.execute(waiting.group_by(Message.channel))
    return min((post.not_before(kind, send_at) for kind, send_at in rows), default=None)


@cache
def _say_once_that_nothing_leaves() -> None:
    log.warning("No message leaves: set SMTP_URL or NOTIFY_API_KEY. They are kept.")


def _send_all(post: Post, claims: Sequence[Claimed]) -> int:
    """Send letters one by one; give back those whose way is shut or whose claim would run out."""
    began, n_sent, left = time.monotonic(), 0, list[Claimed]()
    with open_ways(post.settings) as ways:
        for claim in claims:
            is_late = time.monotonic() - began > CLAIM_LASTS.total_seconds() / 2
            if is_late or claim.letter.channel not in post.list_open():
                left.append(claim)
            else:
                n_sent += _send(post, ways, claim)
    if left:
        hand_back(left)
    return n_sent


def _send(post: Post, ways: Ways, claim: Claimed) -> bool:
    kind = claim.letter.channel
    pass_failpoint("outbox.before_send")
    try:
        ways.send(claim.letter)
    except NotSent as fault:
        post.note_fault(kind, fault)
        if fault.for_all:
            hand_back([claim], str(fault))
        else:
            mark_failed(claim.message_id, str(fault), for_good=fault.for_good)
        return False
    pass_failpoint("outbox.after_send")
    mark_sent(claim.message_id)
    post.note_sent(kind)
    return True
