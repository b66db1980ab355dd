"""Why this place, or why none, in words for the person: true, plain, about nobody else."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from placements.domain.errors import NotFound
from placements.domain.permissions import Actor
from placements.domain.vocabulary import Role
from placements.extensions import db
from placements.models.candidates import Application
from placements.models.placements import Placement
from placements.models.rounds import Plan, PlanRow, Round
from placements.services.assignments import get_assignment
from placements.services.no_place import NoPlace, find_no_place
from placements.services.rounds import get_round
from placements.services.titles import find_titles

__all__ = [
    "NoPlace",
    "NotThese",
    "ReceiptWords",
    "explain_reference",
    "find_no_place",
    "get_plan_receipt",
    "get_receipt",
]
MAY_READ = (Role.YOUNG_PERSON, Role.PROVIDER, Role.OPERATOR, Role.APPROVER, Role.SYSTEM)
STAFF = (Role.OPERATOR, Role.APPROVER, Role.SYSTEM)
BY_HAND = "Staff chose this place for you. It was not part of a round."


@dataclass(frozen=True)
class NotThese:
    """One choice above the place given, and why not."""

    title: str
    words: str


@dataclass(frozen=True)
class ReceiptWords:
    """A receipt as people read it; `estimate` says that its minutes are estimates.

    `untold` says why no changes are named where the engine could not work them out.
    """

    title: str
    because: list[str]
    not_these: list[NotThese]
    changes: list[str]
    untold: str
    estimate: bool


def get_receipt(actor: Actor, assignment_id: int) -> ReceiptWords:
    """Return why this place: for the person, their provider and the authority, once it is out."""
    if actor.role not in MAY_READ:
        raise NotFound("There is no such offer, or it is not yours.")
    assignment = get_assignment(actor, assignment_id)
    kept = assignment.receipt or {"because": [BY_HAND]}
    return _in_words(assignment.placement, kept)


def get_plan_receipt(actor: Actor, plan_id: int, application_id: int) -> ReceiptWords:
    """Return what a plan says of one person, before or after it is out; authority only."""
    plan = db.session.get(Plan, plan_id)
    if actor.role not in STAFF or plan is None:
        raise NotFound("There is no such plan.")
    get_round(actor, plan.round_id)
    same = (PlanRow.plan_id == plan_id, PlanRow.application_id == application_id)
    row = db.session.scalar(select(PlanRow).where(*same))
    if row is None:
        raise NotFound("This person is not in the plan.")
    placement = db.session.get(Placement, row.placement_id) if row.placement_id else None
    return _in_words(placement, row.reasons[0] if row.reasons else {})


def explain_reference(actor: Actor, round_id: int, reference: str) -> ReceiptWords:
    """Return what the chosen plan of a round says of an application; authority only."""
    round_ = get_round(actor, round_id)
    rows = (
        select(Plan.id, Application.id)
        .join(Round, Plan.round_id == Round.id)
        .join(Application, Application.region_id == Round.region_id)
        .where(
            Plan.round_id == round_.id,
            Plan.chosen,
            Plan.snapshot_hash == round_.snapshot_hash,
            Application.reference == reference,
        )
    )
    found = db.session.execute(rows).first()
    if found is None:
        raise NotFound(f"There is no plan for {reference} in this round.")
    return get_plan_receipt(actor, found[0], found[1])


def _in_words(placement: Placement | None, kept: dict[str, Any]) -> ReceiptWords:
    not_these, changes = kept.get("not_these", []), kept.get("changes", [])
    titles = find_titles(entry["placement"] for entry in [*not_these, *changes])
    return ReceiptWords(
        title=(placement.title or "") if placement else "No place this time",
        because=list(kept.get("because", [])),
        not_these=[NotThese(titles[e["placement"]], e["words"]) for e in not_these],
        changes=[e["words"].replace("{place}", titles[e["placement"]]) for e in changes],
        untold=kept.get("untold", ""),
        estimate=bool(kept.get("estimate", False)),
    )
