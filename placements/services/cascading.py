"""A freed place goes to somebody still in line: solved again, nobody moved, checked, offered.

Everyone with a live offer keeps it: their places are not free, so the solve never sees them.
People who said no or did not answer are not asked again in the same round. People who lost a
place through no doing of theirs are, for every place but that one.
"""

from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import func, select

from placements import clock
from placements.domain.errors import GuardRefused
from placements.domain.permissions import SYSTEM, Actor
from placements.domain.vocabulary import HELD_ASSIGNMENT_STATES, Kind
from placements.extensions import db
from placements.models.assignments import Assignment
from placements.models.candidates import Application
from placements.models.placements import Placement
from placements.models.rounds import Plan, Round
from placements.services import transitions
from placements.services.occurrences import add_occurrence
from placements.services.publishing import offer_rows
from placements.services.rounds import get_round
from placements.services.snapshots import read_snapshot
from placements.services.solver_process import Limits, SolveFailed
from placements.services.solving import CheckedPlan, Facts, policy_of, solve_checked, store_plan
from placements.services.transactions import act

LOST_THROUGH_NO_DOING = ("offer_withdrawn", "cancelled_by_employer", "cancelled_by_staff")
FIRST_HOUR, LAST_HOUR = 8, 19


def cascade_round(actor: Actor, round_id: int) -> int:
    """Offer the freed places of a settling round; return how many. System or operator."""
    facts, policy = _read_line(actor, round_id)
    n_offered = 0
    if facts["candidates"] and facts["placements"]:
        n_offered = _offer(actor, round_id, _solve(facts, policy))
    _finish_if_settled(round_id)
    return n_offered


def _solve(facts: Facts, policy: dict[str, Any]) -> CheckedPlan:
    try:
        return solve_checked(facts, policy, Limits())
    except SolveFailed as failure:
        raise GuardRefused(f"The freed places could not be planned. {failure}") from failure


@act
def _read_line(actor: Actor, round_id: int) -> tuple[Facts, dict[str, Any]]:
    round_ = get_round(actor, round_id)
    if round_.state != "settling":
        raise GuardRefused("Freed places are offered only while the round is settling.")
    sealed = read_snapshot(round_)
    free, line = _free_places(sealed), _line(round_, sealed)
    people = [{**p, **line[p["id"]]} for p in sealed["candidates"] if p["id"] in line]
    for person in people:
        person["choices"] = [choice for choice in person["choices"] if choice in free]
    places = [{**p, "capacity": free[p["id"]]} for p in sealed["placements"] if p["id"] in free]
    return {"candidates": people, "placements": places}, policy_of(round_)


def _free_places(sealed: Facts) -> dict[str, int]:
    left = Placement.capacity - Placement.held
    rows = select(Placement.reference, left).where(Placement.state == "live", left > 0)
    free = dict(tuple(row) for row in db.session.execute(rows))
    return {p["id"]: free[p["id"]] for p in sealed["placements"] if p["id"] in free}


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
        .where(Application.region_id == round_.region_id)
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
def _offer(actor: Actor, round_id: int, checked: CheckedPlan) -> int:
    round_, at = get_round(actor, round_id), clock.now()
    if round_.state != "settling":
        raise GuardRefused("Freed places are offered only while the round is settling.")
    if not checked.plan.assignments:
        return 0
    earlier = select(func.count()).where(Plan.round_id == round_.id, Plan.is_cascade)
    wave = 1 + (db.session.scalar(earlier) or 0)
    plan = store_plan(round_, checked, is_cascade=True)
    n_days = round_.answer_days[min(wave, len(round_.answer_days) - 1)]
    return offer_rows(round_, plan, n_days, at)[0]


@act
def _finish_if_settled(round_id: int) -> None:
    """End the round when no offer is open and no step that could fill a place is waiting."""
    round_ = get_round(SYSTEM, round_id)
    open_offers = select(func.count()).where(
        Assignment.round_id == round_id, Assignment.state == "offered"
    )
    if round_.state == "settling" and not db.session.scalar(open_offers):
        transitions.move(round_, Kind.ROUND, "finish", SYSTEM, clock.now())


def schedule_cascade(round_id: int, at: datetime) -> None:
    """Ask for a cascade at the next full hour, 8am to 7pm; part of the act that frees places."""
    local = at.astimezone(clock.LONDON).replace(minute=0, second=0, microsecond=0)
    due = local + timedelta(hours=1)
    if due.hour > LAST_HOUR or due.hour < FIRST_HOUR:
        day = due.date() + timedelta(days=1 if due.hour > LAST_HOUR else 0)
        due = datetime.combine(day, time(FIRST_HOUR), clock.LONDON)
    add_occurrence("round.cascade", round_id, due)
