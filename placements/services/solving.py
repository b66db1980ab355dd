"""A plan is made in a child process, checked in this one, and only then kept (I-24)."""

import json
import time
from dataclasses import dataclass
from typing import Any

from sqlalchemy import insert, update

from matching import Market, MatchingError, Plan, Receipt, explain_all, verify
from placements import clock
from placements.domain.errors import GuardRefused, NotAllowed
from placements.domain.permissions import SYSTEM, Actor
from placements.domain.policy_words import engine_rules
from placements.domain.vocabulary import Kind, Role
from placements.extensions import db
from placements.failpoints import pass_failpoint
from placements.models import rounds as tables
from placements.services import transitions
from placements.services.events import record_event
from placements.services.notices import tell_plan_failed
from placements.services.plan_facts import Figures, Groups, read_groups, summarise, work_out
from placements.services.rounds import get_round, hold_round
from placements.services.snapshots import (
    Facts,
    canonical,
    find_record_ids,
    hash_records,
    read_snapshot,
)
from placements.services.solve_progress import make_teller
from placements.services.solver_process import (
    Limits,
    SolveFailed,
    SolveStopped,
    Tell,
    run_solver,
)
from placements.services.transactions import act

STOPPED = "An operator stopped it."


@dataclass(frozen=True)
class CheckedPlan:
    """A plan that the checker passed, how long it took to make, everyone's receipt, its figures."""

    plan: Plan
    seconds: float
    receipts: dict[str, dict[str, Any]]
    figures: Figures


def solve_round(actor: Actor, round_id: int, limits: Limits | None = None) -> int | None:
    """Make a plan for a locked round; return its id, or None if the round is now `failed`.

    The round's `reason` says meanwhile how far it is. A round that is called off meanwhile stops
    the solve, and None is returned.
    """
    facts, policy, groups = _begin_solving(actor, round_id)
    try:
        tell = make_teller(round_id)
        checked = solve_checked(facts, policy, limits or Limits(), tell, groups)
    except SolveStopped:
        return None
    except SolveFailed as failure:
        _fail(round_id, str(failure))
        return None
    return _keep(actor, round_id, checked)


def solve_checked(
    facts: Facts,
    policy: dict[str, Any],
    limits: Limits,
    tell: Tell | None = None,
    groups: Groups | None = None,
    *,
    explains: bool = True,
) -> CheckedPlan:
    """Solve outside any transaction and check the answer here; raise `SolveFailed` if it is bad.

    `tell` hears each step, and may raise `SolveStopped`. How groups did, and what places are
    worth, is worked out for a plan that is to be read: when its `groups` are given. A plan that
    nobody keeps need not explain itself.
    """
    tell = tell or _tell_nobody
    began = time.monotonic()
    try:
        market = Market(**facts, policy=keep_known_pairs(policy, facts))
    except MatchingError as wrong:
        raise SolveFailed(f"The sealed records cannot be solved: {wrong}") from wrong
    answer = run_solver(market.to_dict(), limits, tell)
    tell("verify")
    try:
        plan = Plan.from_dict(answer)
        wrong_claims = verify(market, plan)
    except Exception as junk:  # what the checker trips over is the solver's failure, not ours
        raise SolveFailed("The solver's answer cannot be checked.") from junk
    if wrong_claims:
        raise SolveFailed(f"The plan is not right in {len(wrong_claims)} places; it was not kept.")
    seconds = time.monotonic() - began
    tell("explain")
    told = explain_all(market, plan) if explains else {}
    receipts = {name: _write_receipt(r, plan) for name, r in told.items()}
    figures = summarise(facts["candidates"], policy, plan)
    if groups is not None:
        figures |= work_out(market, plan, groups)
    return CheckedPlan(plan, seconds, receipts, figures)


def keep_known_pairs(policy: dict[str, Any], facts: Facts) -> dict[str, Any]:
    """Return the policy without pairs of somebody erased, or no longer to be placed."""
    known = {record["id"] for kind in ("candidates", "placements") for record in facts[kind]}
    pairs = {
        name: [pair for pair in policy[name] if known.issuperset(pair)]
        for name in ("pins", "forbidden")
        if name in policy
    }
    return {**policy, **pairs}


def _tell_nobody(_step: str) -> None:
    return


def _write_receipt(receipt: Receipt, plan: Plan) -> dict[str, Any]:
    """Return what is kept of a receipt: the words and rules, nothing about anybody else."""
    kept = receipt.to_dict() | plan.reasons.get(receipt.candidate, {})
    named = ("placement", "choice", "rule", "words")
    kept["not_these"] = [{name: e[name] for name in named} for e in receipt.not_these]
    del kept["candidate"]
    return kept


def policy_of(round_: tables.Round, mechanism: str | None = None) -> dict[str, Any]:
    """Return the round's policy with its seed as the engine reads it, or by another mechanism."""
    policy = {"mechanism": "optimal", **engine_rules(round_.policy), "seed": round_.seed}
    return policy if mechanism is None else {**policy, "mechanism": mechanism}


@act
def _begin_solving(actor: Actor, round_id: int) -> tuple[Facts, dict[str, Any], Groups]:
    round_ = get_round(actor, round_id)
    transitions.move(round_, Kind.ROUND, "solve", actor, clock.now())
    round_.solved_by = round_.chosen_by = actor.account_id
    return read_snapshot(round_), policy_of(round_), read_groups(round_)


@act
def _fail(round_id: int, reason: str) -> None:
    round_ = get_round(SYSTEM, round_id)
    at = clock.now()
    failed = transitions.move(round_, Kind.ROUND, "fail", SYSTEM, at, reason=reason)
    tell_plan_failed(failed, round_)


@act
def stop_solving(actor: Actor, round_id: int) -> None:
    """Stop the plan that is being made; the round keeps its seal and can be tried again.

    An operator may. Whoever makes the plan sees at its next step that nobody waits for it.
    """
    round_, at = hold_round(actor, round_id), clock.now()
    if actor.role is not Role.OPERATOR:
        raise NotAllowed("Only an operator stops a plan. Nothing changed.")
    if round_.state != "simulating":
        raise GuardRefused("No plan is being made now. Nothing changed.")
    states = (round_.state, round_.state)
    record_event(actor, "stop_plan", Kind.ROUND, round_.id, states, at)
    transitions.move(round_, Kind.ROUND, "fail", SYSTEM, at, reason=STOPPED)


@act
def recover_abandoned(round_id: int) -> None:
    """Bring a round whose solving worker died back to `locked`, to be solved again."""
    round_, at = get_round(SYSTEM, round_id), clock.now()
    if round_.state == "simulating":
        reason = "The worker stopped in the middle of the solve."
        transitions.move(round_, Kind.ROUND, "fail", SYSTEM, at, reason=reason)
        transitions.move(round_, Kind.ROUND, "retry", SYSTEM, at)


@act
def retry_round(actor: Actor, round_id: int) -> None:
    """Bring a failed round back to `locked`, with the seal it had."""
    transitions.move(get_round(actor, round_id), Kind.ROUND, "retry", actor, clock.now())


@act
def _keep(actor: Actor, round_id: int, checked: CheckedPlan) -> int:
    round_ = get_round(actor, round_id)
    other_plans = update(tables.Plan).where(tables.Plan.round_id == round_.id)
    db.session.execute(other_plans.values(chosen=False))
    kept = store_plan(round_, checked)
    kept.chosen = True
    transitions.move(round_, Kind.ROUND, "propose", SYSTEM, clock.now())
    round_.reason = None
    round_.plan_hash = kept.plan_hash
    return kept.id


def store_plan(
    round_: tables.Round, checked: CheckedPlan, *, is_cascade: bool = False
) -> tables.Plan:
    """Store a checked plan and its rows; part of the act that uses it."""
    pass_failpoint("solve.before_store")
    policy_hash, plan_hash = hash_result(round_, checked.plan)
    kept = tables.Plan(
        round_id=round_.id,
        snapshot_hash=round_.snapshot_hash,
        policy_hash=policy_hash,
        plan_hash=plan_hash,
        mechanism=checked.plan.mechanism,
        is_cascade=is_cascade,
        checked_ok=True,
        solved_at=clock.now(),
        solve_seconds=checked.seconds,
        sealed=canonical(checked.plan.to_dict()),
        figures=checked.figures,
    )
    db.session.add(kept)
    db.session.flush()
    rows = _rows(kept.id, checked, find_record_ids(round_))
    if rows:
        db.session.execute(insert(tables.PlanRow), rows)
    return kept


def hash_result(round_: tables.Round, plan: Plan) -> tuple[str, str]:
    """Return the hashes of the policy behind a plan of this round, and of the plan."""
    policy_hash = hash_records([canonical(policy_of(round_, plan.mechanism))])
    return policy_hash, hash_plan(round_.snapshot_hash, policy_hash, plan)


def hash_plan(snapshot_hash: str, policy_hash: str, plan: Plan) -> str:
    """Return the hash over snapshot, policy and result; timings are not in it."""
    return hash_records([f"0{snapshot_hash}", f"1{policy_hash}", f"2{plan.sha256}"])


def follows_policy(round_: tables.Round, kept: tables.Plan) -> bool:
    """Say whether a plan was made under the round's policy and seed as they are now (I-21)."""
    now = hash_records([canonical(policy_of(round_, kept.mechanism))])
    return kept.policy_hash == now


def read_plan(kept: tables.Plan) -> Plan:
    """Return a stored plan as the engine wrote it."""
    return Plan.from_dict(json.loads(kept.sealed))


def list_wrong_claims(round_: tables.Round, kept: tables.Plan) -> list[str]:
    """List what the checker refuses of a stored plan, on the records as they were sealed."""
    market = Market(**read_snapshot(round_), policy=policy_of(round_, kept.mechanism))
    return [str(wrong) for wrong in verify(market, read_plan(kept))]


def is_intact(kept: tables.Plan) -> bool:
    """Say whether a stored plan's bytes still give the hash it was stored under (I-20)."""
    try:
        plan = read_plan(kept)
    except (ValueError, MatchingError):
        return False
    return hash_plan(kept.snapshot_hash, kept.policy_hash, plan) == kept.plan_hash


def _rows(
    plan_id: int, checked: CheckedPlan, ids: dict[tuple[str, str], int]
) -> list[dict[str, Any]]:
    """One row a person: where they are placed, or not, and their receipt."""
    placed = {p.candidate: p for p in checked.plan.assignments}
    rows = []
    for person, receipt in checked.receipts.items():
        one = placed.get(person)
        row = {"plan_id": plan_id, "application_id": ids["application", person]}
        row |= {
            "placement_id": ids["placement", one.placement] if one else None,
            "choice_rank": one.choice if one else None,
            "minutes_there": one.minutes_there if one else None,
            "minutes_back": one.minutes_back if one else None,
            "is_estimate": one.estimate if one else True,
            "reasons": [receipt],
        }
        rows.append(row)
    return rows
