"""Is it still true: asked of an employer for all its placements together, paused if nobody says.

A pause ends on its date by itself; one for want of an answer ends with the answer.
"""

from collections.abc import Mapping
from datetime import date, timedelta

from sqlalchemy import exists, select

from placements import clock
from placements.domain.errors import Invalid
from placements.domain.freshness import ASK_AFTER, PAUSE_AFTER, pauses_on
from placements.domain.permissions import SYSTEM, Actor
from placements.domain.vocabulary import Kind
from placements.domain.working_days import london_date
from placements.extensions import db
from placements.models.employers import Employer
from placements.models.placements import Placement
from placements.models.rounds import Round
from placements.services import transitions
from placements.services.employer_today import OPEN
from placements.services.notices import tell_checked
from placements.services.placements import (
    get_placement,
    keep_still_true,
    list_placements,
    resume,
)
from placements.services.transactions import act, lock_row

PAUSE_FOR, ONE_DAY = timedelta(days=28), timedelta(days=1)
SEALED = ("locked", "simulating", "proposed", "approved", "failed")
ANSWERS = ("yes", "changed", "pause")


def list_due(actor: Actor) -> list[Placement]:
    """List the open placements that were last said to be true 30 days ago or more."""
    today = clock.today()
    return [p for p in _list_open(actor) if _due_on(p) <= today]


def find_next_due(actor: Actor) -> date | None:
    """Return the day on which the next placement is to be looked at, or None."""
    today = clock.today()
    return min((day for p in _list_open(actor) if (day := _due_on(p)) > today), default=None)


@act
def answer_all(actor: Actor, said: Mapping[int, str]) -> list[int]:
    """Keep what an employer said of each placement; return those that it wants to change.

    Yes keeps today as the day it was last true; a pause ends by itself after four weeks. Every
    placement needs an answer, and all are kept or none.
    """
    at, to_change = clock.now(), []
    for placement_id, answer in said.items():
        placement = get_placement(actor, placement_id)
        if answer not in ANSWERS:
            raise Invalid(f"placement-{placement_id}", f"Choose one for {placement.title}.")
        if answer == "changed":
            to_change.append(placement.id)
            continue
        if answer == "yes":
            keep_still_true(placement, actor)
            continue
        placement.checked_at = at
        if placement.state == "live":
            transitions.move(placement, Kind.PLACEMENT, "pause", actor, at)
            placement.paused_until = clock.today() + PAUSE_FOR
    return to_change


@act
def pause_unanswered(today: date) -> int:
    """Pause live placements that nobody has called true for 45 days; tell their employers.

    Not between the lock and the release of a round: its plan was made with them, and nobody who
    is about to be offered a place there may lose it for want of an answer.
    """
    at, n_paused = clock.now(), 0
    old = (Placement.state == "live", Placement.checked_at < at - PAUSE_AFTER + ONE_DAY)
    sealed = exists().where(Round.region_id == Employer.region_id, Round.state.in_(SEALED))
    rows = select(Placement).join(Employer, Placement.employer_id == Employer.id)
    for placement in db.session.scalars(rows.where(*old, ~sealed).order_by(Placement.id)).all():
        if pauses_on(placement.checked_at) <= today:
            paused = transitions.move(placement, Kind.PLACEMENT, "pause", SYSTEM, at)
            tell_checked(paused, placement, "placement_paused")
            n_paused += 1
    return n_paused


@act
def end_pauses(today: date) -> int:
    """Open placements again whose pause ends today, or ended while nobody looked."""
    over = (Placement.state == "paused", Placement.paused_until <= today)
    found = db.session.scalars(select(Placement).where(*over).order_by(Placement.id)).all()
    for placement in found:
        resume(lock_row(placement), SYSTEM)
    return len(found)


def _list_open(actor: Actor) -> list[Placement]:
    return [p for p in list_placements(actor, OPEN) if p.checked_at is not None]


def _due_on(placement: Placement) -> date:
    assert placement.checked_at is not None
    return london_date(placement.checked_at + ASK_AFTER)
