"""The day-one list: a place came free, and who could truly take it now, by what it does to all."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from matching import Market, MatchingError, solve
from matching.rescue import rescue
from placements import clock
from placements.domain.errors import GuardRefused, NotFound
from placements.domain.permissions import Actor
from placements.domain.policy_words import engine_rules
from placements.domain.vocabulary import Role
from placements.extensions import db
from placements.models.assignments import WAS_OFFERED, Assignment
from placements.models.candidates import Application
from placements.models.employers import Employer
from placements.models.placements import Placement
from placements.models.rounds import Round
from placements.services.reach import describe_today
from placements.services.snapshots import Facts, describe_place, list_live, list_ready
from placements.services.travel import find_travel

STAFF = (Role.OPERATOR, Role.APPROVER, Role.SYSTEM)
GIVEN = ("published", "settling", "final")


@dataclass(frozen=True)
class RescueLine:
    """One person who could take the place, as they stand in the list."""

    application_id: int
    reference: str
    minutes: int | None
    mode: str | None
    is_estimate: bool
    choice_rank: int | None
    priority: str | None
    is_only_place: bool
    n_placed: int | None


def list_rescue(actor: Actor, placement_id: int) -> list[RescueLine]:
    """List who could take a place at a placement today, the best for everybody first; staff only.

    By today's facts, the rules of the region's last round, and every other free place; somebody
    who had this placement before is not asked again.
    """
    return list_rescues(actor, [placement_id])[placement_id]


def list_rescues(actor: Actor, placement_ids: Sequence[int]) -> dict[int, list[RescueLine]]:
    """List as `list_rescue` does for several placements of one region, with one solve for all."""
    placements = [_get_placement(actor, placement_id) for placement_id in placement_ids]
    if not placements:
        return {}
    region_id = placements[0].employer.region_id
    people = {application.reference: application for application in list_ready(region_id)}
    try:
        market = _describe(placements, people.values(), _policy_of(region_id))
        plan = solve(market)
        found = {p.id: rescue(market, p.reference, plan) for p in placements}
    except MatchingError as wrong:
        raise GuardRefused(f"This list cannot be made: {wrong}") from wrong
    return {
        placement_id: [_line(people[one.candidate], one) for one in lines]
        for placement_id, lines in found.items()
    }


def _get_placement(actor: Actor, placement_id: int) -> Placement:
    wanted = select(Placement).where(Placement.id == placement_id)
    if actor.role is not Role.SYSTEM:
        wanted = wanted.join(Employer, Placement.employer_id == Employer.id)
        wanted = wanted.where(Employer.region_id == actor.region_id)
    found = db.session.scalar(wanted) if actor.role in STAFF else None
    if found is None:
        raise NotFound("There is no such placement.")
    return found


def _policy_of(region_id: int) -> dict[str, Any]:
    """Return the policy of the last round that gave places, with its seed."""
    given = select(Round).where(Round.region_id == region_id, Round.state.in_(GIVEN))
    last = db.session.scalar(given.order_by(Round.release_at.desc()).limit(1))
    return {} if last is None else {**engine_rules(last.policy), "seed": last.seed}


def _describe(placements: Sequence[Placement], people: Any, policy: dict[str, Any]) -> Market:
    today, region_id = clock.today(), placements[0].employer.region_id
    had = {placement.reference: _list_had(placement) for placement in placements}
    persons = [describe_today(application, today) for application in people]
    for person in persons:
        before = [reference for reference, who in had.items() if person["id"] in who]
        person["never_placements"] = [*person["never_placements"], *before]
    live = {p.reference: describe_place(p) for p in list_live(region_id)}
    live |= {p.reference: _with_a_place(describe_place(p)) for p in placements}
    return Market(persons, live.values(), policy, travel=find_travel(region_id))


def _with_a_place(facts: Facts) -> Facts:
    return {**facts, "capacity": max(facts["capacity"], 1)}


def _list_had(placement: Placement) -> set[str]:
    had = select(Application.reference).join(
        Assignment, Assignment.application_id == Application.id
    )
    return set(db.session.scalars(had.where(Assignment.placement_id == placement.id, WAS_OFFERED)))


def _line(application: Application, one: Any) -> RescueLine:
    known = one.minutes_there >= 0
    return RescueLine(
        application_id=application.id,
        reference=application.reference,
        minutes=max(one.minutes_there, one.minutes_back) if known else None,
        mode=one.mode,
        is_estimate=one.estimate,
        choice_rank=one.choice,
        priority=one.priority,
        is_only_place=one.only_place,
        n_placed=one.n_placed,
    )
