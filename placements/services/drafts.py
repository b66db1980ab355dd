"""A placement while it is being described: begun, saved page by page, copied, sent."""

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from sqlalchemy import select

from placements import clock
from placements.domain.errors import GuardRefused, Invalid, NotFound
from placements.domain.permissions import Actor
from placements.domain.placement_rules import list_contradictions, list_problems
from placements.domain.references import new_reference
from placements.domain.vocabulary import Kind, Role
from placements.domain.working_days import add_working_days, london_date
from placements.extensions import db
from placements.models.employers import Site
from placements.models.placements import Placement
from placements.services import transitions
from placements.services.histories import list_placement_history
from placements.services.placement_changes import keep_capacity
from placements.services.placements import PlacementFacts, get_placement
from placements.services.transactions import act

WRITABLE = ("draft", "changes_requested")
FACTS = frozenset(field.name for field in fields(PlacementFacts))
DAYS_TO_CHECK = 2
SENT_ALREADY = "This placement was sent already. Open it to see where it is."


@act
def begin_draft(actor: Actor, answers: Mapping[str, Any]) -> int:
    """Begin to describe a placement, with no site yet; places pledged before are used first."""
    _check_employer(actor)
    placement, at = _find_pledged(actor), clock.now()
    if placement is not None:
        transitions.move(placement, Kind.PLACEMENT, "describe", actor, at)
    else:
        placement = Placement(reference=new_reference("P"), employer_id=actor.organisation_id)
        transitions.begin(placement, Kind.PLACEMENT, "describe", actor, at)
    _keep(placement, answers)
    return placement.id


def _check_employer(actor: Actor) -> None:
    if actor.role is not Role.EMPLOYER or actor.organisation_id is None:
        raise NotFound("There is no such employer, or it is not yours.")


def _find_pledged(actor: Actor) -> Placement | None:
    pledged = (Placement.employer_id == actor.organisation_id, Placement.state == "pledged")
    return db.session.scalar(select(Placement).where(*pledged).order_by(Placement.id).limit(1))


def is_writable(placement: Placement) -> bool:
    """True for a draft, or one that was sent back for a change."""
    return placement.state in WRITABLE


def get_draft(actor: Actor, placement_id: int) -> Placement:
    """Return a placement of the actor's that may still be written over, or raise a `Refusal`."""
    placement = get_placement(actor, placement_id)
    if not is_writable(placement):
        raise GuardRefused(SENT_ALREADY)
    return placement


def list_draft_problems(actor: Actor, placement_id: int) -> list[Invalid]:
    """List what keeps a draft of the actor's from being sent, each with its field."""
    return list(list_problems(get_draft(actor, placement_id), clock.today()))


@dataclass(frozen=True)
class Sent:
    """A placement that waits to be checked, and the day by which it is."""

    id: int
    title: str
    reference: str
    check_by: date


def get_sent(actor: Actor, placement_id: int) -> Sent:
    """Return a placement that waits for its check, or raise `NotFound`."""
    placement = get_placement(actor, placement_id)
    sent = [line for line in list_placement_history(actor, placement_id) if line.action == "submit"]
    if placement.state != "submitted" or not sent:
        raise NotFound("There is no such page, or it is not yours.")
    check_by = add_working_days(london_date(sent[-1].at), DAYS_TO_CHECK)
    return Sent(placement.id, placement.title or "", placement.reference, check_by)


@act
def save_draft(actor: Actor, placement_id: int, answers: Mapping[str, Any]) -> None:
    """Keep the answers of one page; only a draft, or one sent back, may be written over."""
    _check_employer(actor)
    placement = get_draft(actor, placement_id)
    _keep(placement, answers)
    for problem in list_contradictions(placement, clock.today()):
        if problem.field in answers:
            raise problem


def _keep(placement: Placement, answers: Mapping[str, Any]) -> None:
    for name, value in answers.items():
        if name == "site_id":
            _check_site(placement, value)
        elif name not in FACTS:
            raise ValueError(f"{name} is no fact of a placement")
        setattr(placement, name, value)
    # One that was open before has places that are taken: its numbers follow what is likely.
    if "capacity_likely" in answers and placement.last_published:
        keep_capacity(placement)


def _check_site(placement: Placement, site_id: int) -> None:
    own = (Site.id == site_id, Site.employer_id == placement.employer_id)
    if db.session.scalar(select(Site.id).where(*own)) is None:
        raise Invalid("site_id", "Choose one of your sites.")


@act
def copy_placement(actor: Actor, placement_id: int) -> int:
    """Begin a draft that says what another of the actor's placements says; return its id."""
    _check_employer(actor)
    source = get_placement(actor, placement_id)
    copy = Placement(reference=new_reference("P"), employer_id=source.employer_id)
    for name in (*FACTS, "site_id"):
        setattr(copy, name, deepcopy(getattr(source, name)))
    transitions.begin(copy, Kind.PLACEMENT, "describe", actor, clock.now())
    return copy.id
