"""A placement from its first words to live: described, checked, approved, paused, withdrawn."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import date, datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import contains_eager, joinedload

from placements import clock
from placements.domain.errors import GuardRefused, Invalid, NotFound, Stale
from placements.domain.permissions import SYSTEM, Actor
from placements.domain.placement_rules import list_problems
from placements.domain.references import new_reference
from placements.domain.vocabulary import Kind, Role
from placements.extensions import db
from placements.models.employers import Employer, Site
from placements.models.placements import Placement
from placements.services import transitions
from placements.services.events import PendingEvent
from placements.services.notices import tell_checked
from placements.services.transactions import act, lock_row

ROWS_A_PAGE = 50


@dataclass(frozen=True)
class PlacementFacts:
    """What an employer tells about a placement; a draft may still lack any of it."""

    title: str | None = None
    sector: str | None = None
    summary: str | None = None
    start_from: date | None = None
    start_to: date | None = None
    duration_weeks: int | None = None
    shifts: list[list[int]] = field(default_factory=list)
    capacity_min: int | None = None
    capacity_likely: int | None = None
    capacity_max: int | None = None
    group_min: int | None = None
    min_age: int | None = None
    needs: list[str] = field(default_factory=list)
    dbs_reason: str | None = None
    adjustments: str | None = None
    travel_support: str | None = None
    pay: str | None = None
    supervisor_name: str | None = None
    supervisor_role: str | None = None


def get_placement(actor: Actor, placement_id: int) -> Placement:
    """Return a placement of the actor's own employer, or of the region for staff."""
    found = db.session.scalar(_visible_to(actor).where(Placement.id == placement_id))
    if found is None:
        raise NotFound("There is no such placement, or it is not yours.")
    return found


def list_placements(actor: Actor, states: Iterable[str] | None = None) -> list[Placement]:
    """List the placements the actor may see, oldest first."""
    wanted = _visible_to(actor)
    if states is not None:
        wanted = wanted.where(Placement.state.in_(tuple(states)))
    whole = (contains_eager(Placement.employer), joinedload(Placement.site))
    return list(db.session.scalars(wanted.order_by(Placement.id).options(*whole)))


def list_placements_page(
    actor: Actor, state: str, number: int
) -> tuple[list[Placement], int, int, int]:
    """List one page of the placements in a state; return it, its number, of how many, and all."""
    wanted = _visible_to(actor).where(Placement.state == state)
    n_all = db.session.scalar(select(func.count()).select_from(wanted.subquery())) or 0
    n_pages = max(1, -(-n_all // ROWS_A_PAGE))
    number = min(max(number, 1), n_pages)
    wanted = wanted.options(contains_eager(Placement.employer)).order_by(Placement.id)
    wanted = wanted.limit(ROWS_A_PAGE).offset((number - 1) * ROWS_A_PAGE)
    return list(db.session.scalars(wanted)), number, n_pages, n_all


def _visible_to(actor: Actor):
    rows = select(Placement).join(Employer, Placement.employer_id == Employer.id)
    if actor.role is Role.SYSTEM:
        return rows
    if actor.role is Role.EMPLOYER and actor.organisation_id is not None:
        return rows.where(Placement.employer_id == actor.organisation_id)
    if actor.role in (Role.OPERATOR, Role.APPROVER) and actor.region_id is not None:
        return rows.where(Employer.region_id == actor.region_id)
    raise NotFound("There is no such placement, or it is not yours.")


@act
def describe_placement(actor: Actor, site_id: int, facts: PlacementFacts) -> int:
    """Begin a draft at one of the actor's own sites."""
    wanted = select(Site).where(Site.id == site_id, Site.employer_id == actor.organisation_id)
    site = db.session.scalar(wanted)
    if actor.role is not Role.EMPLOYER or site is None:
        raise NotFound("There is no such site, or it is not yours.")
    reference = new_reference("P")
    return add_placement(site, reference, facts, actor, clock.now()).id


def add_placement(
    site: Site, reference: str, facts: PlacementFacts, actor: Actor, at: datetime
) -> Placement:
    """Add a draft; part of an act."""
    placement = Placement(
        reference=reference, employer_id=site.employer_id, site_id=site.id, **asdict(facts)
    )
    transitions.begin(placement, Kind.PLACEMENT, "describe", actor, at)
    return placement


@act
def submit_placement(actor: Actor, placement_id: int, seen_version: int | None = None) -> None:
    """Send a placement to be checked; complete, insured and within the law on hours."""
    placement = get_placement(actor, placement_id)
    submit(placement, actor, clock.now(), clock.today(), seen_version)


def submit(
    placement: Placement,
    actor: Actor,
    at: datetime,
    today: date,
    seen_version: int | None = None,
) -> None:
    """Check a draft and move it to `submitted`; part of an act."""
    check_complete(placement, today)
    transitions.move(placement, Kind.PLACEMENT, "submit", actor, at, seen_version=seen_version)
    _keep_rest_pledged(placement, actor, at)


def _keep_rest_pledged(placement: Placement, actor: Actor, at: datetime) -> None:
    """Leave the places pledged beyond those described as pledged, in a row of their own."""
    likely, pledged = placement.capacity_likely, placement.n_pledged
    if pledged is None or likely is None or likely >= pledged:
        return
    rest = Placement(reference=new_reference("P"), employer_id=placement.employer_id)
    rest.n_pledged = pledged - likely
    transitions.begin(rest, Kind.PLACEMENT, "pledge", actor, at)
    placement.n_pledged = likely


def check_complete(placement: Placement, today: date) -> None:
    """Raise `Invalid`, naming the field, unless the placement may be sent to be checked."""
    for problem in list_problems(placement, today):
        raise problem


@act
def approve_placement(actor: Actor, placement_id: int, seen_version: int | None = None) -> None:
    """Open a checked placement with the places it will likely have; an operator may."""
    placement = get_placement(actor, placement_id)
    approved = approve(placement, actor, clock.now(), seen_version)
    tell_checked(approved, placement, "placement_approved")


def approve(
    placement: Placement, actor: Actor, at: datetime, seen_version: int | None = None
) -> PendingEvent:
    """Move a submitted placement to `live`, or `full` if its places are taken; part of an act."""
    if placement.state == "submitted" and placement.employer.state != "verified":
        raise GuardRefused("Verify the employer first, then approve the placement.")
    lock_row(placement)
    # What was open before has as many places as its employer said since, not as were likely once.
    wanted = placement.capacity if placement.last_published else placement.capacity_likely
    placement.capacity = max(wanted, placement.held)
    is_full = placement.held >= placement.capacity
    action = "approve_full" if is_full else "approve"
    told = transitions.move(placement, Kind.PLACEMENT, action, actor, at, seen_version=seen_version)
    placement.checked_at = at
    return told


@act
def ask_changes(actor: Actor, placement_id: int, reason: str) -> None:
    """Send a placement back with a reason that the employer reads."""
    placement = get_placement(actor, placement_id)
    at = clock.now()
    asked = transitions.move(placement, Kind.PLACEMENT, "ask_changes", actor, at, reason=reason)
    tell_checked(asked, placement, "placement_changes")


@act
def reject_placement(actor: Actor, placement_id: int, reason: str) -> None:
    """Close a placement that cannot be offered, with a reason that the employer reads."""
    placement, at = get_placement(actor, placement_id), clock.now()
    refused = transitions.move(placement, Kind.PLACEMENT, "reject", actor, at, reason=reason)
    tell_checked(refused, placement, "placement_refused")


@act
def pause_placement(actor: Actor, placement_id: int, until: date) -> None:
    """Offer no more of its places until a date; offers already made stand."""
    placement = get_placement(actor, placement_id)
    if until <= clock.today():
        raise Invalid("until", "Write a date after today. It opens again by itself then.")
    transitions.move(placement, Kind.PLACEMENT, "pause", actor, clock.now())
    placement.paused_until = until


@act
def resume_placement(actor: Actor, placement_id: int) -> None:
    """Open a paused placement again."""
    resume(lock_row(get_placement(actor, placement_id)), actor)


def resume(placement: Placement, actor: Actor) -> None:
    """Open a paused placement again, if it has places left, and as full if not; part of an act."""
    is_full = placement.held >= placement.capacity
    action = "resume_full" if is_full else "resume"
    transitions.move(placement, Kind.PLACEMENT, action, actor, clock.now())
    placement.paused_until = None


@act
def confirm_still_true(actor: Actor, placement_id: int) -> None:
    """Keep the day on which the employer said that the placement is still true."""
    placement = get_placement(actor, placement_id)
    if placement.state not in ("live", "full", "paused"):
        raise GuardRefused("Only a placement that was checked can be still true.")
    keep_still_true(placement, actor)


def keep_still_true(placement: Placement, actor: Actor) -> None:
    """Keep now as when it was last true; one that paused for want of this opens; part of an act."""
    if placement.state == "paused" and placement.paused_until is None:
        resume(lock_row(placement), actor)
    placement.checked_at = clock.now()


@act
def change_capacity(actor: Actor, placement_id: int, capacity: int) -> None:
    """Set how many places may be filled: never below those held, never above the most (I-03)."""
    placement, at = get_placement(actor, placement_id), clock.now()
    if capacity < max(1, placement.held):
        raise Invalid("capacity", f"{placement.held} are already taken or offered. Not fewer.")
    if capacity > placement.capacity_max:
        raise Invalid("capacity", f"You said {placement.capacity_max} at most. Change that first.")
    enough = (Placement.id == placement.id, Placement.held <= capacity)
    changed = db.session.execute(update(Placement).where(*enough).values(capacity=capacity))
    if changed.rowcount != 1:
        raise Stale("Somebody took a place a moment ago. Look at it again, then decide.")
    db.session.refresh(placement)
    if placement.state == "live" and placement.held == capacity:
        transitions.move(placement, Kind.PLACEMENT, "fill", SYSTEM, at)
    elif placement.state == "full" and placement.held < capacity:
        transitions.move(placement, Kind.PLACEMENT, "free", SYSTEM, at)
