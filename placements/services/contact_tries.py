"""Tries to reach a person about a dated question; three on different days, and it may be given up.

A try is a line of the audit, dated by the clock on the day it is told: nobody can date one back.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from placements import clock
from placements.domain.errors import GuardRefused, Invalid
from placements.domain.permissions import SYSTEM, Actor
from placements.domain.vocabulary import Kind, OutcomeKind, Role, Source
from placements.extensions import db
from placements.models.audit import Event
from placements.models.outcomes import Checkpoint, Outcome
from placements.services import transitions
from placements.services.events import record_event
from placements.services.outcomes import OPEN_STATES, get_checkpoint
from placements.services.transactions import act

WAYS = {"phone": "Phone", "text": "Text", "email": "Email", "visit": "In person"}
TRIED = "tried_"
DAYS_NEEDED = 3


@dataclass(frozen=True)
class Try:
    """One try to reach somebody: the day it was told, and how."""

    tried_on: date
    how: str


@act
def record_try(actor: Actor, checkpoint_id: int, how: str) -> None:
    """Record that the person could not be reached today; their provider may."""
    checkpoint = _get_open(actor, checkpoint_id)
    if how not in WAYS:
        raise Invalid("how", "Choose how you tried.")
    action = f"{TRIED}{how}"
    record_event(actor, action, Kind.CHECKPOINT, checkpoint.id, ("", ""), clock.now())


def list_tries(actor: Actor, checkpoint_id: int) -> list[Try]:
    """List the tries about a question the actor may see, the earliest first."""
    checkpoint = get_checkpoint(actor, checkpoint_id)
    about = (Event.kind == Kind.CHECKPOINT.value, Event.record_id == checkpoint.id)
    rows = select(Event).where(*about, Event.action.startswith(TRIED, autoescape=True))
    return [
        Try(event.happened_at.astimezone(clock.LONDON).date(), WAYS[event.action[len(TRIED) :]])
        for event in db.session.scalars(rows.order_by(Event.seq))
    ]


def count_tried_days(tries: list[Try]) -> int:
    """Count the different days of the tries: two on one day are one."""
    return len({one.tried_on for one in tries})


@act
def give_up(actor: Actor, checkpoint_id: int) -> None:
    """Say that a person cannot be reached, after tries on three days; their provider may."""
    checkpoint, at = _get_open(actor, checkpoint_id), clock.now()
    n_days = count_tried_days(list_tries(actor, checkpoint_id))
    if n_days < DAYS_NEEDED:
        left = DAYS_NEEDED - n_days
        more = "1 more day" if left == 1 else f"{left} more days"
        raise GuardRefused(f"Try first on {DAYS_NEEDED} different days: {more} to go.")
    _close(checkpoint, actor, at)


@act
def close_windows(today: date) -> int:
    """Give up the questions whose window is over; return how many.

    "Could not be reached" is said only of whom somebody tried on three days. Of anybody else
    nothing is written down: what they do is not known. An answer may still come, and stands.
    """
    over = (Checkpoint.state.in_(OPEN_STATES), Checkpoint.window_closes_on < today)
    found = db.session.scalars(select(Checkpoint).where(*over).order_by(Checkpoint.id)).all()
    days = _read_tried_days([checkpoint.id for checkpoint in found])
    for checkpoint in found:
        if len(days[checkpoint.id]) >= DAYS_NEEDED:
            _close(checkpoint, SYSTEM, clock.now())
        else:
            transitions.move(checkpoint, Kind.CHECKPOINT, "give_up", SYSTEM, clock.now())
    return len(found)


def _read_tried_days(checkpoint_ids: list[int]) -> dict[int, set[date]]:
    days: dict[int, set[date]] = defaultdict(set)
    about = (Event.kind == Kind.CHECKPOINT.value, Event.record_id.in_(checkpoint_ids))
    rows = select(Event.record_id, Event.happened_at)
    rows = rows.where(*about, Event.action.startswith(TRIED, autoescape=True))
    for checkpoint_id, at in db.session.execute(rows):
        days[checkpoint_id].add(at.astimezone(clock.LONDON).date())
    return days


def _close(checkpoint: Checkpoint, actor: Actor, at: datetime) -> None:
    """Say that a person could not be reached; tries are told by providers alone."""
    transitions.move(checkpoint, Kind.CHECKPOINT, "give_up", actor, at)
    outcome = Outcome(checkpoint_id=checkpoint.id, kind=OutcomeKind.UNCONTACTABLE.value)
    outcome.source = outcome.evidence_level = Source.PROVIDER.value
    outcome.recorded_by, outcome.recorded_at = actor.account_id, at
    db.session.add(outcome)


def _get_open(actor: Actor, checkpoint_id: int) -> Checkpoint:
    checkpoint = get_checkpoint(actor, checkpoint_id)
    if actor.role is not Role.PROVIDER:
        raise GuardRefused("Only their provider says that a person could not be reached.")
    if checkpoint.state not in OPEN_STATES:
        raise GuardRefused("This question is answered, or not asked yet.")
    return checkpoint
