"""Is it still true: all placements of an employer that are due, answered together."""

from collections.abc import Mapping
from datetime import date, timedelta

from placements import clock
from placements.domain.errors import Invalid
from placements.domain.permissions import Actor
from placements.domain.vocabulary import Kind
from placements.domain.working_days import london_date
from placements.models.placements import Placement
from placements.services import transitions
from placements.services.employer_today import OPEN, STILL_TRUE_AFTER
from placements.services.placements import get_placement, list_placements
from placements.services.transactions import act

PAUSE_FOR = timedelta(days=28)
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
        placement.checked_at = at
        if answer == "pause" and placement.state == "live":
            transitions.move(placement, Kind.PLACEMENT, "pause", actor, at)
            placement.paused_until = clock.today() + PAUSE_FOR
    return to_change


def _list_open(actor: Actor) -> list[Placement]:
    return [p for p in list_placements(actor, OPEN) if p.checked_at is not None]


def _due_on(placement: Placement) -> date:
    assert placement.checked_at is not None
    return london_date(placement.checked_at + STILL_TRUE_AFTER)
