"""What the demo's first page shows beside its people: one receipt, and two ways to place people."""

import statistics
from dataclasses import dataclass
from functools import lru_cache

from sqlalchemy import select

from placements import clock
from placements.domain.permissions import SYSTEM
from placements.domain.vocabulary import Role
from placements.extensions import db
from placements.models.regions import Region
from placements.models.rounds import Round
from placements.services.assignments import list_assignments
from placements.services.demo.clock import refuse_outside_demo
from placements.services.hats import list_hats
from placements.services.occurrences import find_next_due_at
from placements.services.plans import list_plans
from placements.services.receipts import ReceiptWords, get_receipt
from placements.services.snapshots import read_snapshot
from placements.services.solver_process import Limits, SolveFailed
from placements.services.solving import policy_of, solve_checked

OUT = ("published", "settling", "final")
NEAREST, TOP, SENTENCES = "nearest", 3, 4


@dataclass(frozen=True)
class Figures:
    """What one way of placing people gives."""

    n_placed: int
    n_first: int
    n_top3: int
    median_minutes: int | None


@dataclass(frozen=True)
class Measure:
    """One line of the comparison; `better` is service, nearest or same."""

    words: str
    service: str
    nearest: str
    better: str


@dataclass(frozen=True)
class Comparison:
    """The same people and places, by the service and by the nearest place first."""

    round_name: str
    n_people: int
    measures: list[Measure]


def is_catching_up() -> bool:
    """Say whether a step is due that the worker has not run yet."""
    due_at = find_next_due_at()
    return due_at is not None and due_at <= clock.now()


def find_demo_receipt(account_id: int) -> ReceiptWords | None:
    """Return why a demo person was offered their place, or None without an offer."""
    refuse_outside_demo()
    for hat in list_hats(account_id):
        if hat.actor.role is Role.YOUNG_PERSON:
            held = list_assignments(hat.actor, ("offered", "accepted", "confirmed", "started"))
            return get_receipt(hat.actor, held[-1].id) if held else None
    return None


def list_sentences(receipt: ReceiptWords) -> list[str]:
    """Return a receipt in at most four sentences: why this, why not another, what would change."""
    not_these = [f"Not “{one.title}”: {one.words}" for one in receipt.not_these]
    return [*receipt.because[:2], *not_these, *receipt.changes][:SENTENCES]


def compare_with_nearest(region_code: str) -> Comparison | None:
    """Place the people of the newest published round again by nearest place; None without one.

    Nothing is stored; raises `SolveFailed` when the second way cannot be worked out.
    """
    refuse_outside_demo()
    rows = select(Round).join(Region, Round.region_id == Region.id)
    rows = rows.where(Region.code == region_code, Round.state.in_(OUT))
    round_ = db.session.scalar(rows.order_by(Round.release_at.desc()).limit(1))
    if round_ is None:
        return None
    ours = next((p for p in list_plans(SYSTEM, round_.id) if p.chosen), None)
    if ours is None:
        return None
    service = Figures(ours.n_placed, ours.n_first, ours.n_top3, ours.median_minutes)
    n_people = ours.n_placed + ours.n_unplaced
    nearest = _place_by_nearest(round_.id, round_.snapshot_hash)
    return Comparison(round_.name, n_people, _measure(service, nearest))


@lru_cache(maxsize=4)
def _place_by_nearest(round_id: int, _snapshot_hash: str) -> Figures:
    """Work out the other way once for each seal; the seal is the key."""
    round_ = db.session.get_one(Round, round_id)
    facts, policy = read_snapshot(round_), policy_of(round_, NEAREST)
    placed = solve_checked(facts, policy, Limits()).plan.assignments
    minutes = [max(p.minutes_there, p.minutes_back) for p in placed]
    return Figures(
        n_placed=len(placed),
        n_first=sum(p.choice == 1 for p in placed),
        n_top3=sum(p.choice is not None and p.choice <= TOP for p in placed),
        median_minutes=round(statistics.median(minutes)) if minutes else None,
    )


def _measure(service: Figures, nearest: Figures) -> list[Measure]:
    more = (
        ("People with a place", service.n_placed, nearest.n_placed),
        ("Got their first choice", service.n_first, nearest.n_first),
        ("Got one of their first three choices", service.n_top3, nearest.n_top3),
    )
    measures = [Measure(words, f"{a:,}", f"{b:,}", _better(a, b)) for words, a, b in more]
    a, b = service.median_minutes, nearest.median_minutes
    if a is not None and b is not None:
        words = "Middle journey, the longer way, in minutes"
        measures.append(Measure(words, f"{a}", f"{b}", _better(-a, -b)))
    return measures


def _better(service: int, nearest: int) -> str:
    if service == nearest:
        return "same"
    return "service" if service > nearest else NEAREST


__all__ = [
    "Comparison",
    "Figures",
    "Measure",
    "SolveFailed",
    "compare_with_nearest",
    "find_demo_receipt",
    "is_catching_up",
    "list_sentences",
]
