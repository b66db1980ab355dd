"""What the demo's first page shows beside its people: every figure is read from the records."""

import time
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from placements import clock
from placements.domain.errors import GuardRefused
from placements.domain.permissions import SYSTEM
from placements.domain.region import Region as Rules
from placements.domain.vocabulary import Role
from placements.extensions import db
from placements.models.employers import Employer
from placements.models.placements import Placement
from placements.models.regions import Region
from placements.models.rounds import Round
from placements.services.assignments import list_assignments
from placements.services.bundles import get_bundle
from placements.services.demo.clock import refuse_outside_demo
from placements.services.hats import list_hats
from placements.services.occurrences import find_next_due_at
from placements.services.plan_files import check_file
from placements.services.plans import PlanSummary, list_plans
from placements.services.reach import count_by_hours
from placements.services.receipts import ReceiptWords, get_receipt

OUT = ("published", "settling", "final")
NEAREST, SENTENCES = "nearest", 4
# A shift that ends later than this ends when the first buses run again.
FIRST_MORNING = 1440 + 300


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


@dataclass(frozen=True)
class LateSite:
    """A shift that no bus serves, and how many people could travel for it, and for 9 to 5.

    `here` is where all such shifts are, its own first; `others` are where the rest are.
    """

    placement: Placement
    here: list[tuple[float, float]]
    others: list[tuple[float, float]]
    n_now: int
    n_by_day: int


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
    """Return how the newest published round did beside the plan that gives the nearest places.

    None without such a round, or where nobody made the other plan.
    """
    round_ = _find_newest(region_code)
    if round_ is None:
        return None
    found = list_plans(SYSTEM, round_.id)
    ours = next((plan for plan in found if plan.chosen), None)
    nearest = next((plan for plan in found if plan.mechanism == NEAREST), None)
    if ours is None or nearest is None:
        return None
    return Comparison(round_.name, ours.n_placed + ours.n_unplaced, _measure(ours, nearest))


def _find_newest(region_code: str) -> Round | None:
    refuse_outside_demo()
    rows = select(Round).join(Region, Round.region_id == Region.id)
    rows = rows.where(Region.code == region_code, Round.state.in_(OUT))
    return db.session.scalar(rows.order_by(Round.release_at.desc()).limit(1))


def find_late_site(rules: Rules) -> LateSite | None:
    """Return the placement whose shift ends after the last bus and train, and whom that shuts out.

    Of several the one that shuts out most; None where every shift has a bus.
    """
    refuse_outside_demo()
    rows = select(Placement).join(Employer, Placement.employer_id == Employer.id)
    rows = rows.join(Region, Employer.region_id == Region.id)
    rows = rows.where(Region.code == rules.code, Placement.state.in_(("live", "full")))
    rows = rows.options(selectinload(Placement.site), selectinload(Placement.employer))
    open_now = db.session.scalars(rows.order_by(Placement.id)).all()
    late = [one for one in open_now if _ends_unserved(one, rules)]
    if not late:
        return None
    counts = count_by_hours(late)
    site = max(late, key=lambda one: counts[one.id][1] - counts[one.id][0])
    others = [_point(one) for one in open_now if one not in late]
    here = [_point(one) for one in (site, *late)]
    return LateSite(site, here, others, *counts[site.id])


def _point(placement: Placement) -> tuple[float, float]:
    return placement.site.latitude, placement.site.longitude


def _ends_unserved(placement: Placement, rules: Rules) -> bool:
    """Say whether no bus or train runs when a shift of the placement ends."""
    served = [way for way in rules.travel.values() if way.service]
    for weekday, _, end in placement.shifts:
        spans = [way.hours_on(weekday) for way in served]
        last = max((span[1].hour * 60 + span[1].minute for span in spans if span), default=None)
        if last is not None and last < end < FIRST_MORNING:
            return True
    return False


@dataclass(frozen=True)
class Checked:
    """What the checker said of a sealed round, and how long it took."""

    round_name: str
    plan_hash: str
    n_people: int | None
    wrong: list[str]
    seconds: float


def check_newest_round(region_code: str, folder: Path) -> Checked | None:
    """Seal the newest published round for an auditor and let the checker read the file."""
    round_ = _find_newest(region_code)
    if round_ is None:
        return None
    facts = (round_.name, round_.plan_hash or "")
    try:
        sealed = get_bundle(SYSTEM, round_.id, folder).plain
    except GuardRefused as refusal:
        return Checked(*facts, None, [str(refusal)], 0.0)
    began = time.monotonic()
    wrong, n_people = check_file(sealed)
    return Checked(*facts, n_people, wrong, time.monotonic() - began)


def _measure(service: PlanSummary, nearest: PlanSummary) -> list[Measure]:
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
