"""Rates of a region: what they change, and what cannot be a rate."""

import dataclasses

import numpy as np
import pytest

from matching import Market, MarketError, solve, verify
from matching.generate import generate
from matching.rates import RATES, Rates
from matching.travel import StraightLine, journeys

SLOW = Rates(
    {mode: dataclasses.replace(rate, speed=rate.speed // 2) for mode, rate in RATES.items()}
)


def test_straight_line_slower_rates_of_a_region_take_twice_the_ride():
    people = [{"id": "a", "lat": 52.48, "lon": -1.9, "modes": ["walk"]}]
    places = [{"id": "p", "lat": 52.49, "lon": -1.9}]
    zero = np.zeros(1, dtype=np.int64)
    usual = journeys(Market(people, places), zero, zero).there[0]
    slow = journeys(Market(people, places, travel=StraightLine(SLOW)), zero, zero).there[0]
    assert (usual, slow) == (18, 35)


def test_market_with_rates_of_a_region_is_solved_by_them_and_verified():
    market = generate(60, 8, 20, seed=3)
    slow = Market(market.candidates, market.placements, market.policy, travel=StraightLine(SLOW))
    plan = solve(slow)
    assert 0 < len(plan.assignments) < len(solve(market).assignments)
    assert verify(slow, plan) == []
    assert slow.sha256 != market.sha256


def test_market_with_the_engines_own_rates_gives_the_plan_of_one_without():
    market = generate(60, 8, 20, seed=3)
    named = Market(market.candidates, market.placements, market.policy, travel=StraightLine())
    assert solve(named).placement_of == solve(market).placement_of


@pytest.mark.parametrize(
    ("mode", "changed", "words"),
    [
        ("bus", {"speed": 0}, "bus: speed 0"),
        ("bus", {"speed": 18.5}, r"bus: speed 18\.5"),
        ("bus", {"detour": 99}, "bus: detour 99"),
        ("bus", {"access": -1}, "bus: access -1"),
        ("bus", {"wait": True}, "bus: wait True"),
        ("bus", {"hours": [[0, 2880]] * 6}, "bus: hours must be seven"),
        ("bus", {"hours": [[0, 2881]] * 7}, "bus: hours must be seven"),
        ("bus", {"hours": [1] * 7}, "bus: hours must be seven"),
        ("bus", {"shoe": 1}, "bus must have speed"),
        ("boat", {}, "'boat' is not one of"),
    ],
)
def test_rates_that_cannot_be_are_refused_by_name(mode, changed, words):
    given = Rates().to_dict()["bus"] | changed
    with pytest.raises(MarketError, match=words):
        Rates.from_dict({mode: given})
