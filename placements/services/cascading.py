"""A freed place goes to somebody still in line: solved again, nobody moved, checked, offered.

Everyone with a live offer keeps it: their places are not free, so the solve never sees them.
People who said no or did not answer are not asked again in the same round. People who lost a
place through no doing of theirs are, for every place but that one.
"""

from typing import Any

from sqlalchemy import exists, func, select

from placements import clock
from placements.domain.errors import GuardRefused
from placements.domain.permissions import SYSTEM, Actor
from placements.domain.vocabulary import HELD_ASSIGNMENT_STATES, LOST_THROUGH_NO_DOING, Kind
from placements.extensions import db
from placements.models.assignments import WAS_OFFERED, Assignment
from placements.models.candidates import Application
from placements.models.employers import Employer
from placements.models.placements import Placement
from placements.models.rounds import Plan, PlanRow, Round
from placements.services import transitions
from placements.services.next_steps import give_next_steps, list_without_next_step
from placements.services.publishing import offer_rows
from placements.services.reserves import keep_reasons, release_lines, rewrite_lines
from placements.services.rounds import get_round, hold_round
from placements.services.snapshots import (
    Facts,
    describe_honesty,
    find_record_ids,
    read_snapshot,
)
from placements.services.solver_process import Limits, SolveFailed
from placements.services.solving import (
    CheckedPlan,
    follows_policy,
    policy_of,
    solve_checked,
    store_plan,
)
from placements.services.transactions import act
from placements.services.waves import schedule_cascade

MOST_TRIES = 5
Pairs = frozenset[tuple[str, str]]


def cascade_round(actor: Actor, round_id: int) -> int:
    """Offer the freed places of a settling round; return how many. System or operator.

    A pair that today's facts rule out is skipped with its reason, and what is still free is
    solved again without it at once.
    """
    n_offered, barred = 0, frozenset()
    for n_tries in range(MOST_TRIES):
        seen = _look(round_id)
        facts, policy = _read_line(actor, round_id, barred)
        if not facts["candidates"] or not facts["placements"]:
            break
        done = _offer(actor, round_id, _solve(facts, policy), n_tries, barred)
        if done is None:
            continue
        n_offered, barred = n_offered + done[0], barred | done[1]
        if not done[1]:
            break
    _finish_if_settled(round_id, seen)
    return n_offered


def _look(round_id: int) -> tuple[dict, dict]:
    """Return what is free and who is in line, to see later whether that changed meanwhile."""
    round_ = get_round(SYSTEM, round_id)
    sealed = read_snapshot(round_)
    return _free_places(sealed), _line(round_, sealed)


def _solve(facts: Facts, policy: dict[str, Any]) -> CheckedPlan:
    try:
        return solve_checked(facts, policy, Limits())
    except SolveFailed as failure:
        raise GuardRefused(f"The freed places could not be planned. {failure}") from failure


@act
def _read_line(actor: Actor, round_id: int, barred: Pairs) -> tuple[Facts, dict[str, Any]]:
    round_ = get_round(actor, round_id)
    if round_.state != "settling":
        raise GuardRefused("Freed places are offered only while the round is settling.")
    sealed = read_snapshot(round_)
    free, line = _free_places(sealed), _line(round_, sealed)
    people = [{**p, **line[p["id"]]} for p in sealed["candidates"] if p["id"] in line]
    for person in people:
        person["choices"] = [choice for choice in person["choices"] if choice in free]
        person["never_placements"] += [place for one, place in barred if one == person["id"]]
    places = [{**p, **free[p["id"]]} for p in sealed["placements"] if p["id"] in free]
    caps = _caps_left(round_, sealed["host_caps"])
    facts = {**sealed, "candidates": people, "placements": places, "host_caps": caps}
    return facts, policy_of(round_, _approved_mechanism(round_))


def _approved_mechanism(round_: Round) -> str:
    """Name the mechanism of the plan that was approved: freed places follow the same rules."""
    same = (Plan.round_id == round_.id, Plan.plan_hash == round_.approved_plan_hash)
    approved = db.session.scalar(select(Plan).where(*same, Plan.chosen))
    if approved is None or not follows_policy(round_, approved):
        raise GuardRefused(
            "The rules of the round changed since the approval. Nothing was offered."
        )
    return approved.mechanism


def _caps_left(round_: Round, sealed: dict[str, int]) -> dict[str, int]:
    """Return what employers with a cap can still give in this round; the lower cap counts."""
    of_region = select(Employer.name, Employer.cap)
    now = of_region.where(Employer.region_id == round_.region_id, Employer.cap.is_not(None))
    caps = {name: min(cap, sealed.get(name, cap)) for name, cap in db.session.execute(now)}
    caps = {**sealed, **caps}
    held = (
        select(Employer.name, func.count())
        .join(Placement, Placement.employer_id == Employer.id)
        .join(Assignment, Assignment.placement_id == Placement.id)
        .where(Assignment.round_id == round_.id, Assignment.state.in_(HELD_ASSIGNMENT_STATES))
        .group_by(Employer.name)
    )
    used = dict(tuple(row) for row in db.session.execute(held))
    return {name: max(cap - used.get(name, 0), 0) for name, cap in caps.items()}


def _free_places(sealed: Facts) -> dict[str, dict[str, int]]:
    """Return what is free now by placement, and how many more people it needs to run."""
    wanted = {p["id"] for p in sealed["placements"]}
    live = select(Placement).where(Placement.state == "live", Placement.capacity > Placement.held)
    return {
        p.reference: {
            "capacity": p.capacity - p.held,
            **describe_honesty(p.group_min, p.capacity_min, p.held),
        }
        for p in db.session.scalars(live)
        if p.reference in wanted
    }


def _line(round_: Round, sealed: Facts) -> dict[str, dict[str, list[str]]]:
    """Return who is still in line, with the placements they lost and are not offered again."""
    ready = set(
        db.session.scalars(select(Application.reference).where(Application.state == "ready"))
    )
    lost: dict[str, list[str]] = {}
    rows = (
        select(Application.reference, Assignment.state, Placement.reference, Assignment.round_id)
        .join(Application, Assignment.application_id == Application.id)
        .join(Placement, Assignment.placement_id == Placement.id)
        .where(Application.region_id == round_.region_id, WAS_OFFERED)
    )
    for person, state, placement, of_round in db.session.execute(rows):
        if state in HELD_ASSIGNMENT_STATES:
            ready.discard(person)
        elif of_round == round_.id and state in LOST_THROUGH_NO_DOING:
            lost.setdefault(person, []).append(placement)
        elif of_round == round_.id:
            ready.discard(person)
    return {
        p["id"]: {"never_placements": [*p["never_placements"], *lost.get(p["id"], [])]}
        for p in sealed["candidates"]
        if p["id"] in ready
    }


@act
def _offer(
    actor: Actor, round_id: int, checked: CheckedPlan, n_tries: int, barred: Pairs
) -> tuple[int, Pairs] | None:
    """Offer what the plan gives; None, and nothing done, if somebody in it left the line."""
    round_, at = hold_round(actor, round_id), clock.now()
    if round_.state != "settling":
        raise GuardRefused("Freed places are offered only while the round is settling.")
    if not checked.plan.assignments:
        return 0, frozenset()
    if {one.candidate for one in checked.plan.assignments} - set(
        _line(round_, read_snapshot(round_))
    ):
        return None
    earlier = select(func.count()).where(Plan.round_id == round_.id, Plan.is_cascade)
    wave = 1 + (db.session.scalar(earlier) or 0) - n_tries
    plan = store_plan(round_, checked, is_cascade=True)
    n_days = round_.answer_days[min(wave, len(round_.answer_days) - 1)]
    old, numbers = rewrite_lines(round_, plan, at)
    n_offered, _ = offer_rows(round_, plan, n_days, at, numbers)
    skipped = _skipped(plan)
    keep_reasons(round_, plan, old, _find_ids(round_, barred | skipped), at)
    return n_offered, skipped


def _find_ids(round_: Round, pairs: Pairs) -> set[tuple[int, int]]:
    ids = find_record_ids(round_)
    return {(ids["application", person], ids["placement", place]) for person, place in pairs}


def _skipped(plan: Plan) -> Pairs:
    """Return the pairs of the plan that were passed over."""
    offered = exists().where(
        Assignment.round_id == plan.round_id,
        Assignment.application_id == PlanRow.application_id,
        Assignment.placement_id == PlanRow.placement_id,
        WAS_OFFERED,
    )
    rows = (
        select(Application.reference, Placement.reference)
        .join(PlanRow, PlanRow.application_id == Application.id)
        .join(Placement, PlanRow.placement_id == Placement.id)
        .where(PlanRow.plan_id == plan.id, ~offered)
    )
    return frozenset(tuple(row) for row in db.session.execute(rows))


@act
def _finish_if_settled(round_id: int, seen: tuple[dict, dict]) -> None:
    """End the round when no offer is open and everyone it left unplaced has a dated next step.

    Not when a place or a person came free since the line was read: then it is read again.
    """
    round_, at = hold_round(SYSTEM, round_id), clock.now()
    open_offers = select(func.count()).where(
        Assignment.round_id == round_id, Assignment.state == "offered"
    )
    if round_.state != "settling" or db.session.scalar(open_offers):
        return
    if _look(round_id) != seen:
        schedule_cascade(round_id, at)
        return
    give_next_steps(round_, at)
    if not list_without_next_step(round_id):
        release_lines(at, Assignment.round_id == round_id)
        transitions.move(round_, Kind.ROUND, "finish", SYSTEM, at)
