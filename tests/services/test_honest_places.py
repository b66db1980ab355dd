"""A placement that runs only with enough people, and places that are not certain, in a round."""

import dataclasses
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from factories.records import (
    make_account,
    make_application,
    make_candidate,
    make_employer,
    make_placement,
    make_provider,
    make_region,
    make_site,
)
from sqlalchemy import select

from matching import Market, solve
from placements.domain.permissions import SYSTEM, Actor
from placements.domain.vocabulary import Role
from placements.extensions import db
from placements.models.assignments import WAS_OFFERED, Assignment
from placements.services import assignments, cascading, publishing, rounds, snapshots, solving
from placements.services.transactions import act

DATES = tuple(datetime(2026, 6, day, 9, tzinfo=UTC) for day in (2, 9, 16))


@pytest.fixture
def seal(app, clock_file):
    """A function that locks and solves a round with one placement as it says, and `n` people."""
    clock_file.write_text(DATES[0].isoformat())

    def seal(n, **facts):
        world = make_world(n, facts)
        world.set_clock = lambda at: clock_file.write_text(at.isoformat())
        world.round_id = rounds.create_round(world.operator, "Summer", DATES, seed=7)
        rounds.open_round(world.operator, world.round_id)
        world.seal = rounds.lock_round(world.operator, world.round_id)
        world.facts = snapshots.read_snapshot(rounds.get_round(world.operator, world.round_id))
        solving.solve_round(world.operator, world.round_id)
        return world

    with app.app_context():
        yield seal


@act
def make_world(n, facts):
    region = make_region()
    placement = make_placement(make_site(make_employer(region)), 3, **facts)
    provider = make_provider(region)
    for _ in range(n):
        make_application(make_candidate(), provider, choices=[placement.reference])
    ids = [make_account().id for _ in range(2)]
    return SimpleNamespace(
        placement=placement.reference,
        operator=Actor(Role.OPERATOR, ids[0], region_id=region.id),
        approver=Actor(Role.APPROVER, ids[1], region_id=region.id),
    )


def publish(world):
    plan_hash = rounds.get_round(world.approver, world.round_id).plan_hash
    rounds.approve_round(world.approver, world.round_id, plan_hash, world.seal)
    world.set_clock(DATES[2])
    publishing.publish_round(SYSTEM, world.round_id)
    return offers()


def offers():
    return list(
        db.session.scalars(
            select(Assignment).where(WAS_OFFERED).order_by(Assignment.offered_at, Assignment.id)
        )
    )


def decline(offer):
    person = Actor(Role.YOUNG_PERSON, candidate_id=offer.candidate_id)
    assignments.decline_offer(person, offer.id)


def test_lock_round_seals_what_the_employer_said_of_places_and_groups(seal):
    world = seal(1, group_min=2, capacity_min=1)
    place = world.facts["placements"][0]
    assert (place["capacity"], place["group_min"], place["capacity_min"]) == (3, 2, 1)


def test_solve_round_with_too_few_people_for_the_group_offers_nothing(seal):
    assert publish(seal(2, group_min=3)) == []


def test_solve_round_with_enough_people_for_the_group_offers_all(seal):
    assert len(publish(seal(3, group_min=3))) == 3


def test_cascade_round_fills_a_group_that_fell_below_its_least(seal):
    world = seal(4, group_min=3)
    decline(publish(world)[0])
    assert cascading.cascade_round(SYSTEM, world.round_id) == 1


def test_cascade_round_that_cannot_fill_the_group_asks_nobody(seal):
    world = seal(4, group_min=3)
    first, second, _ = publish(world)
    decline(first)
    decline(second)
    assert cascading.cascade_round(SYSTEM, world.round_id) == 0


def test_dry_run_with_certain_places_only_fills_those(seal):
    world = seal(3, capacity_min=1)
    market = Market(**world.facts)
    sure = dataclasses.replace(market.policy, uncertain_places=False)
    assert solve(market).totals["placed"] == 3
    assert solve(market.with_policy(sure)).totals["placed"] == 1
