"""Pins that cannot all be kept: named, and no more of them than it takes."""

from __future__ import annotations

import dataclasses

import pytest
from factories.ruled_markets import Plans, ruled_market

from matching import Market, solve, verify
from matching.errors import PinConflict


@pytest.mark.parametrize("part", range(4))
def test_solve_pins_that_fit_are_kept_and_others_are_named_as_few_as_can_be(part):
    for seed in range(part, 300, 4):
        market = ruled_market(seed, pins=True)
        plans = Plans(market)
        if plans.best() is not None:
            plan = solve(market)
            assert plans.figures(plan) == plans.best(), f"seed {seed}"
            assert verify(market, plan) == [], f"seed {seed}"
            continue
        with pytest.raises(PinConflict) as refused:
            solve(market)
        named = refused.value.pins
        assert set(named) <= set(market.policy.pins), f"seed {seed}"
        assert not fits(market, named), f"seed {seed}"
        assert len(named) == fewest(market), f"seed {seed}: {named}"


def fits(market, pins):
    policy = dataclasses.replace(market.policy, pins=tuple(pins))
    return Plans(market.with_policy(policy)).best() is not None


def fewest(market):
    """The size of the smallest set of pins that no plan keeps."""
    pins = market.policy.pins
    for size in range(1, len(pins) + 1):
        for at in range(1 << len(pins)):
            chosen = [pin for i, pin in enumerate(pins) if at >> i & 1]
            if len(chosen) == size and not fits(market, chosen):
                return size
    raise AssertionError("the pins fit together")


PEOPLE = [{"id": name} for name in "abcd"]


@pytest.mark.parametrize(
    ("places", "caps", "pins", "named"),
    [
        ([{"id": "x", "needs": ["van"]}], {}, ["ax"], ["ax"]),
        ([{"id": "x"}, {"id": "y", "capacity": 3}], {}, ["ax", "by", "cx", "dy"], ["ax", "cx"]),
        (
            [{"id": "x", "employer": "E", "capacity": 2}, {"id": "y", "employer": "E"}],
            {"E": 1},
            ["ax", "by"],
            ["ax", "by"],
        ),
        ([{"id": "x", "group_min": 3, "capacity": 2}], {}, ["ax"], ["ax"]),
        (
            [{"id": name, "group_min": 3, "capacity": 3} for name in "xy"],
            {},
            ["ax", "by"],
            ["ax", "by"],
        ),
    ],
)
def test_solve_conflicting_pins_names_just_those(places, caps, pins, named):
    policy = {"travel": "none", "pins": [list(pin) for pin in pins]}
    with pytest.raises(PinConflict) as refused:
        solve(Market(PEOPLE, places, policy, caps))
    assert refused.value.pins == [tuple(pin) for pin in named]
    assert all(f"{pin[0]} to {pin[1]}" in str(refused.value) for pin in named)


def test_solve_many_pins_too_many_for_one_placement_names_one_more_than_fit():
    people = [{"id": f"c{i:02}"} for i in range(30)]
    places = [{"id": "x", "capacity": 12}, {"id": "y", "capacity": 40, "group_min": 2}]
    pins = [[f"c{i:02}", "x" if i < 20 else "y"] for i in range(30)]
    with pytest.raises(PinConflict) as refused:
        solve(Market(people, places, {"travel": "none", "pins": pins}))
    assert len(refused.value.pins) == 13
    assert {place for _, place in refused.value.pins} == {"x"}


def test_solve_pinned_person_counts_towards_the_group_the_cap_and_the_share():
    people = [{"id": "a", "priority": ["care"]}, {"id": "b"}, {"id": "c", "priority": ["care"]}]
    places = [{"id": "x", "capacity": 2, "group_min": 2, "employer": "E"}]
    policy = {"travel": "none", "shares": [["care", 50, 100]], "pins": [["a", "x"]]}
    market = Market(people, places, policy, {"E": 2})
    plan = solve(market)
    assert len(plan.assignments) == 2
    assert verify(market, plan) == []
