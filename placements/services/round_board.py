"""What a round has done and holds: its steps with dates and people, and its counts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from placements.domain.permissions import Actor
from placements.domain.vocabulary import HELD_ASSIGNMENT_STATES, Kind
from placements.extensions import db
from placements.models.accounts import Account
from placements.models.assignments import Assignment
from placements.models.audit import Event
from placements.models.candidates import Application
from placements.models.employers import Employer
from placements.models.placements import Placement
from placements.models.rounds import Plan, Round, Snapshot
from placements.services.rounds import get_round

STEPS = (
    "planned",
    "open",
    "locked",
    "simulating",
    "proposed",
    "approved",
    "published",
    "settling",
    "final",
)
TROUBLE = {"failed": "simulating"}


@dataclass(frozen=True)
class Done:
    """One thing that was done to a round: what, when, and by which member of staff."""

    action: str
    to_state: str
    at: datetime
    by: str


@dataclass(frozen=True)
class Step:
    """One of the nine steps; `when` is the day it was taken, or is planned for."""

    state: str
    status: str
    when: datetime | None
    by: str | None


@dataclass(frozen=True)
class Counts:
    """How many people, placements and places a round is about."""

    n_people: int
    n_placements: int
    n_places: int
    is_sealed: bool


def list_done(actor: Actor, round_id: int) -> list[Done]:
    """List everything done to a round, oldest first, with the names of staff."""
    return list_done_each([get_round(actor, round_id)])[round_id]


def list_done_each(rounds: Sequence[Round]) -> dict[int, list[Done]]:
    """List the same for several rounds at once, by their ids."""
    found: dict[int, list[Done]] = {round_.id: [] for round_ in rounds}
    rows = (
        select(Event, Account.name)
        .outerjoin(Account, Account.id == Event.account_id)
        .where(Event.kind == Kind.ROUND.value, Event.record_id.in_(found))
        .order_by(Event.seq)
    )
    for event, name in db.session.execute(rows):
        by = name or "The schedule"
        found[event.record_id].append(Done(event.action, event.to_state, event.happened_at, by))
    return found


def list_steps(round_: Round, done: list[Done]) -> list[Step]:
    """List the nine steps: done, now or next."""
    now_at = TROUBLE.get(round_.state, round_.state)
    reached = STEPS.index(now_at) if now_at in STEPS else -1
    planned = {"open": round_.opens_at, "locked": round_.locks_at, "published": round_.release_at}
    last = {line.to_state: line for line in done}
    steps = []
    for number, state in enumerate(STEPS):
        taken = last.get(state) if number <= reached else None
        status = "now" if number == reached else "done" if number < reached else "next"
        when = taken.at if taken else planned.get(state)
        steps.append(Step(state, status, when, taken.by if taken else None))
    return steps


def count_round(actor: Actor, round_id: int) -> Counts:
    """Count what is sealed in a round, or before the seal what would be."""
    round_ = get_round(actor, round_id)
    same = (Snapshot.round_id == round_.id, Snapshot.snapshot_hash == round_.snapshot_hash)
    sealed = db.session.scalar(select(Snapshot).where(*same))
    n_placements, n_places = _open_places(round_.region_id)
    if sealed is None:
        return Counts(count_ready(round_.region_id), n_placements, n_places, False)
    return Counts(sealed.n_candidates, sealed.n_placements, n_places, True)


def count_ready(region_id: int) -> int:
    """Count the people of a region whom a seal would take now."""
    held = select(Assignment.application_id).where(Assignment.state.in_(HELD_ASSIGNMENT_STATES))
    ready = (Application.region_id == region_id, Application.state == "ready")
    wanted = select(func.count(Application.id)).where(*ready, Application.id.not_in(held))
    return db.session.scalar(wanted) or 0


def _open_places(region_id: int) -> tuple[int, int]:
    free = func.coalesce(func.sum(Placement.capacity - Placement.held), 0)
    rows = select(func.count(Placement.id), free)
    rows = rows.join(Employer, Placement.employer_id == Employer.id)
    rows = rows.where(Employer.region_id == region_id, Placement.state == "live")
    n_placements, n_places = db.session.execute(rows).one()
    return n_placements, n_places


def count_plans(round_: Round) -> int:
    """Count the plans made of the round's seal."""
    same = (Plan.round_id == round_.id, Plan.snapshot_hash == round_.snapshot_hash)
    return db.session.scalar(select(func.count(Plan.id)).where(*same, ~Plan.is_cascade)) or 0


def find_sent_back(done: list[Done]) -> Done | None:
    """Return the approver's last word if it was to send the plan back, or None."""
    words = ("send_back", "choose_plan", "approve", "propose")
    said = [line for line in done if line.action in words]
    return said[-1] if said and said[-1].action == "send_back" else None
