"""Pairs that staff fix or rule out: kept by the new plan, or refused by the rule they break."""

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

from placements.domain.errors import GuardRefused, Invalid, NotAllowed, NotFound
from placements.domain.permissions import Actor
from placements.domain.vocabulary import Role
from placements.services import pins, plans, rounds, solving
from placements.services.transactions import act

DATES = tuple(datetime(2026, 6, day, 9, tzinfo=UTC) for day in (2, 9, 16))
NIGHTS = [[weekday, 1320, 1440] for weekday in range(5)]


@act
def make_world():
    """Two invented people for two places, one at each placement; a third placement by night."""
    region = make_region()
    site, provider = make_site(make_employer(region)), make_provider(region)
    first, second = make_placement(site, 1), make_placement(site, 1)
    night = make_placement(site, 1, shifts=NIGHTS)
    likes = [[first.reference], [first.reference, second.reference]]
    people = [make_application(make_candidate(), provider, choices=some) for some in likes]
    operator, approver = (make_account().id for _ in range(2))
    return SimpleNamespace(
        operator=Actor(Role.OPERATOR, operator, region_id=region.id),
        approver=Actor(Role.APPROVER, approver, region_id=region.id),
        first=first.reference,
        second=second.reference,
        night=night.reference,
        people=[one.reference for one in people],
    )


@pytest.fixture
def world(app, clock_file):
    clock_file.write_text(DATES[0].isoformat())
    with app.app_context():
        world = make_world()
        world.round_id = rounds.create_round(world.operator, "Summer", DATES, 7)
        rounds.open_round(world.operator, world.round_id)
        rounds.lock_round(world.operator, world.round_id)
        solving.solve_round(world.operator, world.round_id)
        yield world


def placed(world):
    (chosen,) = [p for p in plans.list_plans(world.operator, world.round_id) if p.chosen]
    lines = plans.get_plan_rows(world.operator, chosen.plan_id)
    return {line.reference: line.placement_title for line in lines if line.placement_id}


def add(world, person, placement, is_must=True, reason="access"):
    return pins.add_pin(world.operator, world.round_id, person, placement, is_must, reason)


def test_a_pair_ruled_out_is_kept_by_the_plan_in_use_and_its_cost_is_told(world):
    person = world.people[0]
    assert add(world, person.lower(), world.second, is_must=False) == 0
    assert add(world, person, world.first, is_must=False) == 1
    assert person not in placed(world)
    kept = pins.list_pins(world.approver, world.round_id)
    assert kept[1].words == f"{person} must not go to {world.first}"
    assert [(p.person, p.placement, p.is_must, p.n_fewer) for p in kept] == [
        (person, world.second, False, 0),
        (person, world.first, False, 1),
    ]


def test_taking_a_pair_off_the_list_brings_the_first_plan_back_into_use(world):
    first_hash = rounds.get_round(world.operator, world.round_id).plan_hash
    add(world, world.people[0], world.first, is_must=False)
    assert rounds.get_round(world.operator, world.round_id).plan_hash != first_hash
    pins.remove_pin(world.operator, world.round_id, world.people[0], world.first)
    assert pins.list_pins(world.operator, world.round_id) == []
    assert rounds.get_round(world.operator, world.round_id).plan_hash == first_hash


def test_a_pin_that_breaks_a_rule_is_refused_with_the_rule_and_changes_nothing(world):
    before = rounds.get_round(world.operator, world.round_id).plan_hash
    with pytest.raises(GuardRefused, match="outside the times"):
        add(world, world.people[0], world.night)
    assert rounds.get_round(world.operator, world.round_id).plan_hash == before
    assert pins.list_pins(world.operator, world.round_id) == []


def test_a_pair_that_must_be_is_named_in_full(world):
    add(world, world.people[0], world.first)
    (kept,) = pins.list_pins(world.operator, world.round_id)
    assert kept.words == f"{world.people[0]} must go to {world.first}"


def test_pins_that_cannot_stand_together_are_named(world):
    add(world, world.people[0], world.first)
    with pytest.raises(GuardRefused) as refused:
        add(world, world.people[1], world.first)
    assert world.people[0].lower() in str(refused.value).lower()
    assert world.people[1].lower() in str(refused.value).lower()


@pytest.mark.parametrize("field", ["person", "place", "reason", "twice"])
def test_a_pair_that_is_not_there_or_is_there_already_is_refused_at_its_field(world, field):
    pair = {"person": world.people[0], "placement": world.first, "reason": "access"}
    wrong = {"person": "person", "place": "placement", "reason": "reason"}.get(field)
    if field == "twice":
        add(world, **pair)
    with pytest.raises(Invalid) as refused:
        add(world, **(pair | ({wrong: "X-1"} if wrong else {})))
    assert refused.value.field == ("person" if field == "twice" else field)


def test_only_an_operator_pins_and_only_what_is_on_the_list_comes_off(world):
    with pytest.raises(NotAllowed):
        pins.add_pin(world.approver, world.round_id, world.people[0], world.first, True, "access")
    with pytest.raises(NotFound):
        pins.remove_pin(world.operator, world.round_id, world.people[0], world.first)


def test_who_pinned_may_not_approve_and_a_plan_made_before_cannot_be_used(world):
    old = next(p for p in plans.list_plans(world.operator, world.round_id) if p.chosen)
    add(world, world.people[0], world.first, is_must=False)
    assert world.operator.account_id in rounds.list_preparers(
        rounds.get_round(world.operator, world.round_id)
    )
    with pytest.raises(GuardRefused, match="The pins changed"):
        plans.choose_plan(world.operator, world.round_id, old.plan_id)
