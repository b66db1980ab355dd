"""The plans of a round side by side: what each would do, and which one is chosen (I-21)."""

import json
import statistics
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select, update

from placements import clock
from placements.domain.errors import GuardRefused, Invalid, NotAllowed, NotFound
from placements.domain.permissions import Actor
from placements.domain.vocabulary import Kind, Role
from placements.extensions import db
from placements.models.candidates import Application
from placements.models.placements import Placement
from placements.models.rounds import MECHANISMS, Plan, PlanRow, Round
from placements.services.events import record_event
from placements.services.rounds import get_round, hold_round
from placements.services.snapshots import Facts, read_snapshot
from placements.services.solver_process import Limits, SolveFailed
from placements.services.solving import (
    CheckedPlan,
    follows_policy,
    hash_result,
    is_intact,
    policy_of,
    solve_checked,
    store_plan,
)
from placements.services.transactions import act

STAFF = (Role.OPERATOR, Role.APPROVER, Role.SYSTEM)


@dataclass(frozen=True)
class PlanSummary:
    """The figures of one plan; `certificate` is exact, bound or none."""

    plan_id: int
    plan_hash: str
    snapshot_hash: str
    mechanism: str
    n_placed: int
    n_first: int
    n_top3: int
    n_priority_placed: int
    n_priority: int
    median_minutes: int | None
    n_unplaced: int
    certificate: str
    seconds: float
    chosen: bool
    is_cascade: bool


@dataclass(frozen=True)
class PlanLine:
    """One person's line of a plan: the place or none, and why, in words; `code` sorts the whys."""

    application_id: int
    reference: str
    placement_id: int | None
    placement_title: str | None
    choice_rank: int | None
    minutes_there: int | None
    minutes_back: int | None
    is_estimate: bool
    reasons: list[str]
    code: str | None = None


def list_plans(actor: Actor, round_id: int) -> list[PlanSummary]:
    """List the plans of the round's present seal, oldest first; authority only."""
    round_ = _get_round(actor, round_id)
    same = (Plan.round_id == round_.id, Plan.snapshot_hash == round_.snapshot_hash)
    plans = db.session.scalars(select(Plan).where(*same).order_by(Plan.id)).all()
    priority = _list_priority(round_) if plans else set()
    return [_summarise(plan, priority) for plan in plans]


def get_plan_rows(actor: Actor, plan_id: int) -> list[PlanLine]:
    """List what a plan does with each person, by reference; authority only."""
    plan = db.session.get(Plan, plan_id)
    if plan is None:
        raise NotFound("There is no such plan.")
    _get_round(actor, plan.round_id)
    rows = (
        select(PlanRow, Application.reference, Placement.title)
        .join(Application, PlanRow.application_id == Application.id)
        .outerjoin(Placement, PlanRow.placement_id == Placement.id)
        .where(PlanRow.plan_id == plan_id)
        .order_by(Application.reference)
    )
    return [_line(*row) for row in db.session.execute(rows)]


def count_reasons(actor: Actor, plan_id: int) -> list[tuple[str, int]]:
    """Count why people have no place in a plan, the most frequent reason first."""
    lines = get_plan_rows(actor, plan_id)
    return Counter(
        line.code or "no_reason" for line in lines if not line.placement_id
    ).most_common()


@act
def choose_plan(actor: Actor, round_id: int, plan_id: int) -> None:
    """Make another plan of the same seal the one to approve; an operator may, while proposed.

    Whoever approved before approved another plan, so an approval that stood is void.
    """
    round_ = get_proposed(actor, round_id)
    plan = db.session.get(Plan, plan_id)
    ours = plan is not None and plan.round_id == round_.id and not plan.is_cascade
    if plan is None or not ours:
        raise NotFound("There is no such plan in this round.")
    if plan.snapshot_hash != round_.snapshot_hash or not is_intact(plan):
        raise GuardRefused("This plan is not of the sealed records as they are now.")
    if not follows_policy(round_, plan):
        raise GuardRefused("The pins changed since this plan was made. Make it again.")
    choose(round_, plan, actor)


def choose(round_: Round, plan: Plan, actor: Actor) -> None:
    """Put a plan in use for a round; part of an act. Any approval that stood is void (I-21)."""
    others = update(Plan).where(Plan.round_id == round_.id, Plan.id != plan.id)
    db.session.execute(others.values(chosen=False))
    plan.chosen = True
    round_.plan_hash, round_.chosen_by = plan.plan_hash, actor.account_id
    round_.approved_by = round_.approved_plan_hash = None
    states = (round_.state, round_.state)
    record_event(actor, "choose_plan", Kind.ROUND, round_.id, states, clock.now())


def solve_again(actor: Actor, round_id: int, mechanism: str) -> int:
    """Make another plan of the same seal beside the others; return its id, or that of its twin.

    An operator may, while the round is proposed. The plan in use stays the one chosen.
    """
    if mechanism not in MECHANISMS:
        raise Invalid("mechanism", f"Choose one of {', '.join(MECHANISMS)}.")
    facts, policy, seal = _read_seal(actor, round_id, mechanism)
    try:
        checked = solve_checked(facts, policy, Limits())
    except SolveFailed as failure:
        raise GuardRefused(f"This plan could not be made. {failure}") from failure
    return _keep_beside(actor, round_id, seal, checked)


@act
def _read_seal(actor: Actor, round_id: int, mechanism: str) -> tuple[Facts, dict, str | None]:
    round_ = get_proposed(actor, round_id)
    return read_snapshot(round_), policy_of(round_, mechanism), round_.snapshot_hash


@act
def _keep_beside(actor: Actor, round_id: int, seal: str | None, checked: CheckedPlan) -> int:
    round_ = get_proposed(actor, round_id)
    if round_.snapshot_hash != seal:
        raise GuardRefused("The round was sealed again meanwhile. Make the plan again.")
    twin = find_twin(round_, checked)
    if twin is not None:
        return twin.id
    kept = store_plan(round_, checked)
    states = (round_.state, round_.state)
    record_event(actor, "solve_again", Kind.ROUND, round_.id, states, clock.now())
    return kept.id


def find_twin(round_: Round, checked: CheckedPlan) -> Plan | None:
    """Return the stored plan of this round that is the same to the last byte, if there is one."""
    _, plan_hash = hash_result(round_, checked.plan)
    same = (Plan.round_id == round_.id, Plan.plan_hash == plan_hash, ~Plan.is_cascade)
    return db.session.scalar(select(Plan).where(*same).limit(1))


def _get_round(actor: Actor, round_id: int) -> Round:
    if actor.role not in STAFF:
        raise NotFound("There is no such round.")
    return get_round(actor, round_id)


def get_proposed(actor: Actor, round_id: int) -> Round:
    """Return, held, a round whose plan waits for approval, for the operator who prepares it."""
    if actor.role not in STAFF:
        raise NotFound("There is no such round.")
    round_ = hold_round(actor, round_id)
    if actor.role is not Role.OPERATOR:
        raise NotAllowed("Only an operator makes and chooses plans. Nothing changed.")
    if round_.state != "proposed":
        raise GuardRefused("Plans are made and chosen while the round waits for approval.")
    return round_


def _list_priority(round_: Round) -> set[int]:
    """Return the applications that were sealed as in a priority group of this round."""
    groups = set(round_.policy.get("priority_groups", ()))
    sealed = read_snapshot(round_)["candidates"]
    wanted = {
        p["id"] for p in sealed if p["priority"] and (not groups or groups & set(p["priority"]))
    }
    ids = select(Application.id, Application.reference)
    ids = ids.where(Application.region_id == round_.region_id)
    return {found for found, reference in db.session.execute(ids) if reference in wanted}


def _summarise(plan: Plan, priority: set[int]) -> PlanSummary:
    columns = (PlanRow.application_id, PlanRow.placement_id, PlanRow.choice_rank)
    columns += (PlanRow.minutes_there, PlanRow.minutes_back)
    rows = db.session.execute(select(*columns).where(PlanRow.plan_id == plan.id)).all()
    placed = [row for row in rows if row.placement_id is not None]
    in_plan = {row.application_id for row in rows}
    return PlanSummary(
        plan_id=plan.id,
        plan_hash=plan.plan_hash,
        snapshot_hash=plan.snapshot_hash,
        mechanism=plan.mechanism,
        n_placed=len(placed),
        n_first=sum(row.choice_rank == 1 for row in placed),
        n_top3=sum(row.choice_rank is not None and row.choice_rank <= 3 for row in placed),
        n_priority_placed=sum(row.application_id in priority for row in placed),
        n_priority=len(priority & in_plan),
        median_minutes=_median(max(row.minutes_there, row.minutes_back) for row in placed),
        n_unplaced=len(rows) - len(placed),
        certificate=_proof(json.loads(plan.sealed)["certificate"]),
        seconds=plan.solve_seconds,
        chosen=plan.chosen,
        is_cascade=plan.is_cascade,
    )


def _proof(certificate: dict) -> str:
    """Name what the proof shows; a bound without a gap is exact under the rules."""
    kind = str(certificate.get("kind", "none"))
    return "exact" if kind == "bound" and certificate.get("gap") == 0 else kind


def _median(minutes: Iterable[int]) -> int | None:
    known = [n for n in minutes if n >= 0]
    return statistics.median_low(known) if known else None


def _line(row: PlanRow, reference: str, title: str | None) -> PlanLine:
    kept = row.reasons[0] if row.reasons else {}
    return PlanLine(
        application_id=row.application_id,
        reference=reference,
        placement_id=row.placement_id,
        placement_title=title,
        choice_rank=row.choice_rank,
        minutes_there=row.minutes_there,
        minutes_back=row.minutes_back,
        is_estimate=row.is_estimate,
        reasons=list(kept.get("because", [])),
        code=kept.get("code"),
    )
