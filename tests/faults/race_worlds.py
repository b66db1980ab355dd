"""The records that races are run over. Every name is invented."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

from factories.records import (
    keep,
    make_account,
    make_application,
    make_candidate,
    make_employer,
    make_placement,
    make_provider,
    make_region,
    make_site,
)
from sqlalchemy import insert

from placements import clock
from placements.domain.permissions import SYSTEM, Actor
from placements.domain.vocabulary import Kind, Role
from placements.extensions import db
from placements.models.assignments import Assignment, Edge
from placements.models.placements import Placement
from placements.models.rounds import Plan, PlanRow, Round, Snapshot
from placements.services import transitions
from placements.services.places import take_place

NOW = datetime(2026, 6, 17, 9, tzinfo=UTC)
DEADLINE = datetime(2026, 6, 23, 23, tzinfo=UTC)


def make_world(n_people: int, n_placements: int) -> SimpleNamespace:
    region = make_region()
    employer = make_employer(region)
    site, provider = make_site(employer), make_provider(region)
    people = [make_application(make_candidate(), provider) for _ in range(n_people)]
    places = [make_placement(site, 1) for _ in range(n_placements)]
    staff = make_account().id
    return SimpleNamespace(
        region_id=region.id,
        people=[(one.id, one.candidate_id) for one in people],
        places=[place.id for place in places],
        operator=Actor(Role.OPERATOR, staff, region_id=region.id),
        employer=Actor(Role.EMPLOYER, staff, organisation_id=employer.id),
        provider=Actor(Role.PROVIDER, staff, organisation_id=provider.id),
    )


def make_round(world: SimpleNamespace, n: int = 0) -> int:
    """A settling round with a seal of nothing, for offers to belong to."""
    opens = datetime(2026, 6, 2, 9, tzinfo=UTC)
    dates = {
        "opens_at": opens,
        "locks_at": opens + timedelta(7),
        "release_at": opens + timedelta(14),
    }
    round_ = Round(region_id=world.region_id, name=f"Invented {n}", seed=7, policy={}, **dates)
    transitions.begin(round_, Kind.ROUND, "plan", SYSTEM, opens)
    seal = {"snapshot_hash": "0" * 64, "taken_at": opens, "n_candidates": 0, "n_placements": 0}
    keep(Snapshot(round_id=round_.id, **seal))
    round_.snapshot_hash = "0" * 64
    return round_.id


def make_plan(round_id: int, application_id: int, placement_id: int) -> int:
    """A plan that gives one person one place."""
    hashes = dict.fromkeys(("snapshot_hash", "policy_hash", "plan_hash"), "0" * 64)
    facts = {"mechanism": "optimal", "is_cascade": True, "checked_ok": True, "solved_at": NOW}
    plan = keep(Plan(round_id=round_id, solve_seconds=0.0, sealed="{}", **hashes, **facts))
    row = {"plan_id": plan.id, "application_id": application_id, "placement_id": placement_id}
    db.session.execute(insert(PlanRow), [row])
    return plan.id


def make_edge(application_id: int, placement_id: int) -> None:
    edge = Edge(application_id=application_id, placement_id=placement_id, checked_at=NOW)
    edge.travel_minutes, edge.limit_minutes = 20, 60
    keep(edge)


def offer_row(world: SimpleNamespace, who: int, placement_id: int, round_id: int | None) -> int:
    """Take a place and write its offer; part of an act. 0 when no place is left."""
    placement = db.session.get_one(Placement, placement_id)
    if not take_place(placement, clock.now()):
        return 0
    offer = Assignment(round_id=round_id, placement_id=placement_id, offered_at=NOW)
    offer.application_id, offer.candidate_id = world.people[who]
    offer.deadline_at = offer.original_deadline_at = DEADLINE
    transitions.begin(offer, Kind.ASSIGNMENT, "offer", SYSTEM, NOW)
    return offer.id
