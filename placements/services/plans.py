"""The plans of a round side by side: what each would do, and which one is chosen (I-21)."""

import statistics
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, case, func, select, update
from sqlalchemy.orm import undefer

from placements import clock
from placements.domain.errors import GuardRefused, Invalid, NotAllowed, NotFound
from placements.domain.permissions import Actor
from placements.domain.vocabulary import Kind, Role
from placements.extensions import db
from placements.models.candidates import Application
from placements.models.placements import Placement
from placements.models.rounds import MECHANISMS, Plan, PlanRow, Round
from placements.services.events import record_event
from placements.services.plan_facts import Figures, Groups, read_groups, summarise
from placements.services.rounds import get_round, hold_round
from placements.services.snapshots import Facts, read_snapshot
from placements.services.solver_process import Limits, SolveFailed
from placements.services.solving import (
    CheckedPlan,
    follows_policy,
    hash_result,
    is_intact,
    policy_of,
    read_plan,
    solve_checked,
    store_plan,
)
from placements.services.transactions import act

STAFF = (Role.OPERATOR, Role.APPROVER, Role.SYSTEM)
FEW_RANKS, ROWS_A_PAGE = 3, 50
Counts = tuple[int, int, int, int]


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
    return _summarise_all(round_, *same)


def get_summary(actor: Actor, round_id: int, plan_id: int) -> PlanSummary:
    """Return one plan of the round's present seal, or raise `NotFound`; authority only."""
    round_ = _get_round(actor, round_id)
    same = (Plan.round_id == round_.id, Plan.snapshot_hash == round_.snapshot_hash)
    for found in _summarise_all(round_, *same, Plan.id == plan_id):
        return found
    raise NotFound("There is no such plan.")


def list_others(actor: Actor, round_id: int, plan_id: int) -> list[PlanSummary]:
    """List the newest plan of every other mechanism, of the same people; authority only."""
    own = [plan for plan in list_plans(actor, round_id) if not plan.is_cascade]
    this = next((plan for plan in own if plan.plan_id == plan_id), None)
    newest = {plan.mechanism: plan for plan in own if this and plan.mechanism != this.mechanism}
    return sorted(newest.values(), key=lambda plan: MECHANISMS.index(plan.mechanism))


def get_plan_rows(actor: Actor, plan_id: int) -> list[PlanLine]:
    """List what a plan does with each person, by reference; authority only."""
    rows = _with_names(*_lines_of(actor, plan_id))
    return [_line(*row) for row in db.session.execute(rows)]


def list_plan_page(
    actor: Actor, plan_id: int, is_placed: bool, number: int
) -> tuple[list[PlanLine], int, int]:
    """List one page of who is placed, or is not; return it, its number and how many there are."""
    n_lines = db.session.scalar(select(func.count()).where(*_lines_of(actor, plan_id, is_placed)))
    n_pages = max(1, -(-(n_lines or 0) // ROWS_A_PAGE))
    number = min(max(number, 1), n_pages)
    rows = _with_names(*_lines_of(actor, plan_id, is_placed))
    rows = rows.limit(ROWS_A_PAGE).offset((number - 1) * ROWS_A_PAGE)
    return [_line(*row) for row in db.session.execute(rows)], number, n_pages


def count_reasons(actor: Actor, plan_id: int) -> list[tuple[str, int]]:
    """Count why people have no place in a plan, the most frequent reason first."""
    code = PlanRow.reasons[0]["code"].as_string().label("code")
    told = select(code).where(*_lines_of(actor, plan_id, False)).subquery()
    rows = select(told.c.code, func.count().label("n")).group_by(told.c.code)
    counts = {code or "no_reason": n for code, n in db.session.execute(rows)}
    return sorted(counts.items(), key=lambda one: (-one[1], one[0]))


def _lines_of(
    actor: Actor, plan_id: int, is_placed: bool | None = None
) -> tuple[ColumnElement[bool], ...]:
    """Say which rows are those of a plan the actor may see, placed or not."""
    round_id = db.session.scalar(select(Plan.round_id).where(Plan.id == plan_id))
    if round_id is None:
        raise NotFound("There is no such plan.")
    _get_round(actor, round_id)
    mine = PlanRow.plan_id == plan_id
    if is_placed is None:
        return (mine,)
    has_place = PlanRow.placement_id.is_not(None)
    return mine, has_place if is_placed else ~has_place


def _with_names(*where: ColumnElement[bool]) -> Select:
    rows = (
        select(PlanRow, Application.reference, Placement.title)
        .join(Application, PlanRow.application_id == Application.id)
        .outerjoin(Placement, PlanRow.placement_id == Placement.id)
    )
    return rows.where(*where).order_by(Application.reference)


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
    facts, groups, policy, seal = _read_seal(actor, round_id, mechanism)
    try:
        checked = solve_checked(facts, policy, Limits(), groups=groups)
    except SolveFailed as failure:
        raise GuardRefused(f"This plan could not be made. {failure}") from failure
    return _keep_beside(actor, round_id, seal, checked)


@act
def _read_seal(
    actor: Actor, round_id: int, mechanism: str
) -> tuple[Facts, Groups, dict, str | None]:
    round_ = get_proposed(actor, round_id)
    policy = policy_of(round_, mechanism)
    return read_snapshot(round_), read_groups(round_), policy, round_.snapshot_hash


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


def _summarise_all(round_: Round, *where: ColumnElement[bool]) -> list[PlanSummary]:
    found = db.session.scalars(
        select(Plan).where(*where).order_by(Plan.id).options(undefer(Plan.figures))
    ).all()
    ids = [plan.id for plan in found]
    counts, minutes = _count_rows(ids), _list_minutes(ids)
    return [_summarise(round_, plan, counts[plan.id], minutes[plan.id]) for plan in found]


def _count_rows(plan_ids: list[int]) -> dict[int, Counts]:
    """Count, by plan, people, those placed, and those at their first and first three choices."""
    is_placed = PlanRow.placement_id.is_not(None)
    counted = (is_placed, is_placed & (PlanRow.choice_rank == 1))
    counted += (is_placed & (PlanRow.choice_rank <= FEW_RANKS),)
    sums = [func.coalesce(func.sum(case((one, 1), else_=0)), 0) for one in counted]
    rows = select(PlanRow.plan_id, func.count(), *sums).where(PlanRow.plan_id.in_(plan_ids))
    found = db.session.execute(rows.group_by(PlanRow.plan_id))
    return dict.fromkeys(plan_ids, (0, 0, 0, 0)) | {row[0]: tuple(row[1:]) for row in found}


def _list_minutes(plan_ids: list[int]) -> dict[int, list[int]]:
    """List, by plan, the longer journey of everybody placed, as far as it is known."""
    there, back = PlanRow.minutes_there, PlanRow.minutes_back
    rows = select(PlanRow.plan_id, case((there >= back, there), else_=back))
    rows = rows.where(PlanRow.plan_id.in_(plan_ids), PlanRow.placement_id.is_not(None))
    minutes: dict[int, list[int]] = {plan_id: [] for plan_id in plan_ids}
    for plan_id, longer in db.session.execute(rows.where((there >= 0) | (back >= 0))):
        minutes[plan_id].append(longer)
    return minutes


def _summarise(round_: Round, plan: Plan, counts: Counts, minutes: list[int]) -> PlanSummary:
    n_people, n_placed, n_first, n_top3 = counts
    figures = plan.figures or _work_out(round_, plan)
    return PlanSummary(
        plan_id=plan.id,
        plan_hash=plan.plan_hash,
        snapshot_hash=plan.snapshot_hash,
        mechanism=plan.mechanism,
        n_placed=n_placed,
        n_first=n_first,
        n_top3=n_top3,
        n_priority_placed=figures["n_priority_placed"],
        n_priority=figures["n_priority"],
        median_minutes=statistics.median_low(minutes) if minutes else None,
        n_unplaced=n_people - n_placed,
        certificate=figures["certificate"],
        seconds=plan.solve_seconds,
        chosen=plan.chosen,
        is_cascade=plan.is_cascade,
    )


def _work_out(round_: Round, kept: Plan) -> Figures:
    """Work out what a plan of an older version was not kept with; none for an erased person."""
    rows = select(Application.reference).join(PlanRow, PlanRow.application_id == Application.id)
    in_plan = set(db.session.scalars(rows.where(PlanRow.plan_id == kept.id)))
    sealed = [one for one in read_snapshot(round_)["candidates"] if one["id"] in in_plan]
    return summarise(sealed, round_.policy, read_plan(kept))


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
