"""A published placement that changes: what needs a new check, what was said before, who is told."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import select

from placements import clock
from placements.domain.errors import GuardRefused, Invalid, Stale
from placements.domain.permissions import SYSTEM, Actor
from placements.domain.placement_rules import list_problems
from placements.domain.placement_words import CHECKED, UNCHECKED, Line, pack
from placements.domain.vocabulary import LIVE_ASSIGNMENT_STATES, Kind, Role
from placements.extensions import db
from placements.models.accounts import Account
from placements.models.assignments import Assignment
from placements.models.candidates import Candidate
from placements.models.employers import Site
from placements.models.placements import Placement
from placements.outbox.changed_facts import list_changed
from placements.outbox.write import Recipient, queue_message
from placements.services import transitions
from placements.services.events import PendingEvent, record_event
from placements.services.placements import get_placement
from placements.services.recipients import REACH, at_of
from placements.services.transactions import act, lock_row

OPEN, BEING_CHECKED = ("live", "full", "paused"), ("submitted", "changes_requested")
PEOPLE = ("supervisor_name", "supervisor_role")
NOT_OPEN = "It cannot be changed now. Open it to see where it is."
STALE = "This placement changed a moment ago. Look at it again, then decide."


def may_change(placement: Placement) -> bool:
    """Say whether one section after another may be changed: it was checked, and is not now."""
    return placement.state in OPEN


@act
def change_placement(
    actor: Actor, placement_id: int, answers: Mapping[str, Any], seen_version: int | None = None
) -> bool:
    """Keep one section of a checked placement; return whether it has to be checked again.

    What people chose it by goes back to be checked, with what was said before kept beside it.
    Assignments stand, and each of those people is told.
    """
    if actor.role is not Role.EMPLOYER:
        raise GuardRefused("Only its employer may change a placement.")
    placement, at = lock_row(get_placement(actor, placement_id)), clock.now()
    if placement.state not in OPEN:
        raise GuardRefused(NOT_OPEN)
    if seen_version is not None and seen_version != placement.version:
        raise Stale(STALE)
    before = pack(placement)
    _write(placement, answers)
    _check(placement, clock.today(), answers)
    if not any(pack(placement)[name] != before[name] for name in CHECKED):
        state = (placement.state, placement.state)
        record_event(actor, "change_section", Kind.PLACEMENT, placement.id, state, at)
        _fill_or_free(placement)
        return False
    placement.last_published = before
    changed = transitions.move(placement, Kind.PLACEMENT, "change", actor, at)
    _tell(changed, placement)
    return True


def _write(placement: Placement, answers: Mapping[str, Any]) -> None:
    for name, value in answers.items():
        if name == "site_id":
            site = db.session.get(Site, value)
            if site is None or site.employer_id != placement.employer_id:
                raise Invalid("site_id", "Choose one of your sites.")
            placement.site = site
        elif name not in (*CHECKED, *UNCHECKED, *PEOPLE):
            raise ValueError(f"{name} is no fact of a placement")
        setattr(placement, name, value)
    if "capacity_likely" in answers:
        keep_capacity(placement)


def keep_capacity(placement: Placement) -> None:
    """Set how many places may be filled from what is likely, never below those held (I-03)."""
    likely, most, held = placement.capacity_likely, placement.capacity_max, placement.held
    if (most or 0) < held:
        words = f"{held} {'place is' if held == 1 else 'places are'} taken or offered already."
        raise Invalid("capacity_max", f"{words} Write {held} or more.")
    placement.capacity = max(likely or 0, held)


def _check(placement: Placement, today: date, answers: Mapping[str, Any]) -> None:
    """Raise what is wrong with the new answers, and before a new check with all of it."""
    is_checked = any(name in CHECKED for name in answers)
    for problem in list_problems(placement, today):
        if problem.field in answers:
            raise problem
        if is_checked:
            raise Invalid("", str(problem))


def _fill_or_free(placement: Placement) -> None:
    db.session.flush()
    is_full = placement.held >= placement.capacity
    if placement.state == "live" and is_full:
        transitions.move(placement, Kind.PLACEMENT, "fill", SYSTEM, clock.now())
    elif placement.state == "full" and not is_full:
        transitions.move(placement, Kind.PLACEMENT, "free", SYSTEM, clock.now())


def _tell(pending: PendingEvent, placement: Placement) -> None:
    """Tell everybody who has an offer or a place there what is new about it."""
    rows = (
        select(Assignment.id, *REACH)
        .join(Candidate, Candidate.id == Assignment.candidate_id)
        .join(Account, Account.id == Candidate.account_id)
        .where(Assignment.placement_id == placement.id)
        .where(Assignment.state.in_(LIVE_ASSIGNMENT_STATES))
    )
    once = f"v{placement.version}"
    for assignment_id, *reach in db.session.execute(rows.order_by(Assignment.id)):
        to, subject = Recipient(*reach), ("assignment", assignment_id)
        queue_message(pending, "place_changed", to, subject, at_of(pending), once=once)


def list_changes(actor: Actor, placement_id: int) -> list[Line]:
    """List what reads differently since it was last published, while that is being checked."""
    placement = get_placement(actor, placement_id)
    return list_changed(placement) if placement.state in BEING_CHECKED else []
