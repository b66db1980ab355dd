"""A plan is made in a child process, checked in this one, and only then kept (I-24)."""

import json
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import update

from matching import Market, MatchingError, Plan, verify
from placements import clock
from placements.domain.permissions import SYSTEM, Actor
from placements.domain.vocabulary import Kind
from placements.extensions import db
from placements.models import rounds as tables
from placements.services import transitions
from placements.services.rounds import get_round
from placements.services.snapshots import canonical, find_record_ids, hash_records, read_snapshot
from placements.services.transactions import act
from placements.settings import ROOT

CHILD = """
import resource, runpy, sys
resource.setrlimit(resource.RLIMIT_AS, (int(sys.argv[1]),) * 2)
sys.argv = ["matching", "solve", sys.argv[2], sys.argv[3]]
runpy.run_module("matching", run_name="__main__")
"""


@dataclass(frozen=True)
class Limits:
    """What a solve may use before it is killed."""

    seconds: float = 600.0
    bytes: int = 4 * 1024**3


class SolveFailed(Exception):
    """The child process gave no plan that can be kept; the text says why."""


def solve_round(actor: Actor, round_id: int, limits: Limits | None = None) -> int | None:
    """Make a plan for a locked round; return its id, or None if the round is now `failed`."""
    market = _begin_solving(actor, round_id)
    began = time.monotonic()
    try:
        plan = _solve_in_child(market, limits or Limits())
        _check(market, plan)
    except SolveFailed as failure:
        _fail(round_id, str(failure))
        return None
    return _keep(actor, round_id, market, plan, time.monotonic() - began)


@act
def _begin_solving(actor: Actor, round_id: int) -> Market:
    round_ = get_round(actor, round_id)
    transitions.move(round_, Kind.ROUND, "solve", actor, clock.now())
    round_.solved_by = round_.chosen_by = actor.account_id
    policy = {**round_.policy, "seed": round_.seed}
    return Market(**read_snapshot(round_), policy=policy)


def _solve_in_child(market: Market, limits: Limits) -> Plan:
    with tempfile.TemporaryDirectory(prefix="solve-") as folder:
        question, answer = Path(folder, "market.json"), Path(folder, "plan.json")
        question.write_text(json.dumps(market.to_dict()))
        command = [sys.executable, "-c", CHILD, str(limits.bytes), str(question), str(answer)]
        _run(command, limits)
        try:
            return Plan.from_dict(json.loads(answer.read_text()))
        except Exception as junk:  # whatever a broken child wrote is its failure, not ours
            raise SolveFailed("The solver's answer cannot be read.") from junk


def _run(command: list[str], limits: Limits) -> None:
    """Run the child with no database, no network settings and no terminal of ours."""
    try:
        done = subprocess.run(
            command,
            env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=limits.seconds,
            start_new_session=True,
            check=False,
        )
    except subprocess.TimeoutExpired as late:
        raise SolveFailed(f"The solver took longer than {limits.seconds:g} seconds.") from late
    if done.returncode != 0:
        raise SolveFailed(f"The solver stopped with code {done.returncode}.")


def _check(market: Market, plan: Plan) -> None:
    try:
        wrong = verify(market, plan)
    except Exception as junk:  # a plan that the checker trips over is no plan
        raise SolveFailed("The plan cannot be checked.") from junk
    if wrong:
        raise SolveFailed(f"The plan is not right in {len(wrong)} places; it was not kept.")


@act
def _fail(round_id: int, reason: str) -> None:
    round_ = get_round(SYSTEM, round_id)
    transitions.move(round_, Kind.ROUND, "fail", SYSTEM, clock.now(), reason=reason)


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
def _keep(actor: Actor, round_id: int, market: Market, plan: Plan, seconds: float) -> int:
    round_, at = get_round(actor, round_id), clock.now()
    policy_hash = hash_records([canonical({**round_.policy, "seed": round_.seed})])
    other_plans = update(tables.Plan).where(tables.Plan.round_id == round_.id)
    db.session.execute(other_plans.values(chosen=False))
    kept = tables.Plan(
        round_id=round_.id,
        snapshot_hash=round_.snapshot_hash,
        policy_hash=policy_hash,
        plan_hash=hash_plan(round_.snapshot_hash, policy_hash, plan),
        mechanism=plan.mechanism,
        checked_ok=True,
        chosen=True,
        solved_at=at,
        solve_seconds=seconds,
        sealed=canonical(plan.to_dict()),
    )
    db.session.add(kept)
    db.session.flush()
    db.session.add_all(_rows(kept.id, plan, find_record_ids(round_)))
    transitions.move(round_, Kind.ROUND, "propose", SYSTEM, at)
    round_.plan_hash = kept.plan_hash
    return kept.id


def hash_plan(snapshot_hash: str, policy_hash: str, plan: Plan) -> str:
    """Return the hash over snapshot, policy and result; timings are not in it."""
    return hash_records([f"0{snapshot_hash}", f"1{policy_hash}", f"2{plan.sha256}"])


def is_intact(kept: tables.Plan) -> bool:
    """Say whether a stored plan's bytes still give the hash it was stored under (I-20)."""
    try:
        plan = Plan.from_dict(json.loads(kept.sealed))
    except (ValueError, MatchingError):
        return False
    return hash_plan(kept.snapshot_hash, kept.policy_hash, plan) == kept.plan_hash


def _rows(plan_id: int, plan: Plan, ids: dict[tuple[str, str], int]) -> list[tables.PlanRow]:
    placed = [
        tables.PlanRow(
            plan_id=plan_id,
            application_id=ids["application", p.candidate],
            placement_id=ids["placement", p.placement],
            choice_rank=p.choice,
            minutes_there=p.minutes_there,
            minutes_back=p.minutes_back,
            is_estimate=p.estimate,
        )
        for p in plan.assignments
    ]
    unplaced = [
        tables.PlanRow(plan_id=plan_id, application_id=ids["application", person], reasons=[reason])
        for person, reason in plan.reasons.items()
    ]
    return [*placed, *unplaced]
