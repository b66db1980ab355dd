"""What a young person would like, kept at once with every press: places in order, work, never."""

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select

from placements import clock
from placements.domain.errors import GuardRefused, Invalid, NotFound
from placements.domain.permissions import Actor
from placements.domain.vocabulary import Kind
from placements.extensions import db
from placements.models.candidates import Application
from placements.models.employers import Employer
from placements.models.placements import Placement
from placements.models.rounds import Round
from placements.services import transitions
from placements.services.applications import get_application, keep_choices
from placements.services.events import record_event
from placements.services.gazetteer import get_rules
from placements.services.reach import find_obstacle
from placements.services.transactions import act

OPEN_TO_CHOICE = ("live", "full", "paused")
HONEST_MECHANISMS = ("stable", "serial")
SENT = "send_choices"


@dataclass(frozen=True)
class Choice:
    """One place of the list, and whether it can still be taken."""

    placement: Placement
    is_open: bool
    is_full: bool


def get_open_placement(application: Application, placement_id: int) -> Placement:
    """Return a placement of the person's region that is live, full or paused, or `NotFound`."""
    here = select(Placement).join(Employer, Placement.employer_id == Employer.id)
    here = here.where(Placement.id == placement_id, Employer.region_id == application.region_id)
    found = db.session.scalar(here.where(Placement.state.in_(OPEN_TO_CHOICE)))
    if found is None:
        raise NotFound("There is no such place, or it has closed.")
    return found


def list_choices(application: Application) -> list[Choice]:
    """List the chosen places in the person's order, with those that have closed since."""
    return _read(application.choices or [])


def list_never_places(application: Application) -> list[Choice]:
    """List the places the person asked never to be offered."""
    return _read((application.never or {}).get("placements", []))


def _read(references: list[str]) -> list[Choice]:
    rows = select(Placement).where(Placement.reference.in_(references))
    found = {p.reference: p for p in db.session.scalars(rows)}
    chosen = [found[reference] for reference in references if reference in found]
    return [Choice(p, p.state in OPEN_TO_CHOICE, p.state == "full") for p in chosen]


def is_ranking_honest(round_id: int | None) -> bool:
    """Say whether the round's way of placing is proven safe to be honest under."""
    round_ = db.session.get(Round, round_id) if round_id else None
    mechanism = (round_.policy or {}).get("mechanism", "optimal") if round_ else "optimal"
    return mechanism in HONEST_MECHANISMS


@act
def add_choice(actor: Actor, application_id: int, placement_id: int, folder: Path) -> None:
    """Put a place at the end of the list; one that is there already stays where it is."""
    application = get_application(actor, application_id)
    placement = get_open_placement(application, placement_id)
    chosen = _still_open(application)
    if placement.reference in chosen:
        return
    most = get_rules(folder).max_choices
    if len(chosen) >= most:
        raise GuardRefused(f"You have {most} on your list. Take one off first, then add this one.")
    if placement.reference in (application.never or {}).get("placements", []):
        raise GuardRefused("You said never to this place. Take that back first.")
    obstacle = find_obstacle(application, placement)
    if obstacle:
        raise GuardRefused(obstacle)
    keep_choices(application, [*chosen, placement.reference], application.never, folder)


@act
def move_choice(
    actor: Actor, application_id: int, placement_id: int, way: str, folder: Path
) -> None:
    """Move a place one up or one down in the list; at the end of the list nothing changes."""
    application = get_application(actor, application_id)
    chosen, reference = _still_open(application), _reference(placement_id)
    if reference not in chosen:
        raise NotFound("This place is not on your list.")
    at = chosen.index(reference)
    to = min(max(at + {"up": -1, "down": 1}.get(way, 0), 0), len(chosen) - 1)
    chosen.insert(to, chosen.pop(at))
    keep_choices(application, chosen, application.never, folder)


@act
def drop_choice(actor: Actor, application_id: int, placement_id: int, folder: Path) -> None:
    """Take a place off the list; one that is not there changes nothing."""
    application, reference = get_application(actor, application_id), _reference(placement_id)
    chosen = [choice for choice in _still_open(application) if choice != reference]
    keep_choices(application, chosen, application.never, folder)


@act
def set_never(
    actor: Actor, application_id: int, placement_id: int, is_never: bool, folder: Path
) -> None:
    """Never be offered a place, or take that back; no reason is asked."""
    application, reference = get_application(actor, application_id), _reference(placement_id)
    never = dict(application.never or {})
    others = [one for one in never.get("placements", []) if one != reference]
    never["placements"] = [*others, reference] if is_never else others
    chosen = [c for c in _still_open(application) if not (is_never and c == reference)]
    keep_choices(application, chosen, never, folder)


@act
def save_wishes(
    actor: Actor,
    application_id: int,
    sectors: list[str],
    never_sectors: list[str],
    access_needs: str | None,
    folder: Path,
) -> None:
    """Keep the kinds of work they like, the kinds they never want, and what would help."""
    application = get_application(actor, application_id)
    known = {sector.code for sector in get_rules(folder).sectors}
    if not {*sectors, *never_sectors} <= known:
        raise Invalid("sectors", "Choose from the list.")
    if set(sectors) & set(never_sectors):
        raise Invalid("never_sectors", "The same kind of work cannot be both liked and never.")
    never = {**(application.never or {}), "sectors": never_sectors}
    keep_choices(application, _still_open(application), never, folder)
    application.sectors = sectors
    application.candidate.access_needs = access_needs


@act
def send_choices(actor: Actor, application_id: int) -> None:
    """Send the entry if it was not sent, else keep that the person checked their choices."""
    application, at = get_application(actor, application_id), clock.now()
    sends = {"draft": "submit", "info_requested": "answer"}
    if application.state in sends:
        transitions.move(application, Kind.APPLICATION, sends[application.state], actor, at)
        return
    if application.state not in ("submitted", "ready"):
        raise GuardRefused("You are not taking part now, so there is nothing to send.")
    same = (application.state, application.state)
    record_event(actor, SENT, Kind.APPLICATION, application.id, same, at)


def _still_open(application: Application) -> list[str]:
    return [c.placement.reference for c in list_choices(application) if c.is_open]


def _reference(placement_id: int) -> str:
    found = db.session.get(Placement, placement_id)
    if found is None:
        raise NotFound("There is no such place.")
    return found.reference
