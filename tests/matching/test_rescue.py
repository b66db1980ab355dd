"""The day-one list against every matching there is, and against solving again with each pair."""

import dataclasses
import itertools
import random

import pytest

from matching import Market, MarketError, solve
from matching.checking.eligible import all_facts, drawn_number
from matching.generate import generate
from matching.rescue import rescue

WEEK = [[day, 0, 1440] for day in range(7)]


def draw_market(seed):
    """A market small enough to try every matching."""
    rng = random.Random(seed)
    places = [
        {"id": f"p{j}", "capacity": rng.randrange(1, 3), "needs": rng.choice([[], [], ["van"]])}
        for j in range(rng.randrange(1, 4))
    ]
    people = [
        {
            "id": f"c{i}",
            "choices": rng.sample([p["id"] for p in places], rng.randrange(len(places) + 1)),
            "has": rng.choice([[], ["van"]]),
            "priority": rng.choice([[], [], ["care"]]),
            "never_placements": rng.choice([[], [rng.choice(places)["id"]]]),
        }
        for i in range(rng.randrange(1, 6))
    ]
    policy = {"travel": "none", "seed": seed, "priority_groups": ["care"]}
    return Market(people, places, policy | rng.choice([{}, {"only_ranked": True}]))


def all_values(market):
    """The least (people left out, levels …) of any matching, by each pair it holds."""
    facts = all_facts(market)
    pairs = list(zip(facts.rows.tolist(), facts.cols.tolist(), strict=True))
    lottery = [drawn_number(market, c.id) >> 54 for c in market.candidates]
    level = {
        pair: (1, *(int(facts.levels[n][e]) for n in ("priority", "choice", "travel")))
        for e, pair in enumerate(pairs)
    }
    options = [[None, *(p for p in pairs if p[0] == i)] for i in range(len(market.candidates))]
    best = {}
    for chosen in itertools.product(*options):
        held = [pair for pair in chosen if pair]
        cols = [col for _, col in held]
        if any(cols.count(col) > market.capacities[col] for col in set(cols)):
            continue
        sums = [sum(column) for column in zip(*(level[p] for p in held), strict=True)] or [0] * 4
        value = (-sums[0], *sums[1:], sum(lottery[row] for row, _ in held))
        for pair in held:
            best[pair] = min(best.get(pair, value), value)
    return best


@pytest.mark.parametrize("block", range(10))
def test_rescue_orders_people_as_the_best_matching_with_each_pair(block):
    for seed in range(block * 20, block * 20 + 20):
        print("seed", seed)
        market = draw_market(seed)
        values = all_values(market)
        for place in market.placements:
            col = market.col_of[place.id]
            found = rescue(market, place.id)
            rows = [market.row_of[one.candidate] for one in found]
            assert set(rows) == {row for row, at in values if at == col}
            wanted = sorted(rows, key=lambda row: (values[row, col], row))
            assert rows == wanted
            assert [one.n_placed for one in found] == [-values[row, col][0] for row in rows]
            assert [one.loss for one in found] == sorted(one.loss for one in found)


def test_rescue_effect_is_that_of_solving_again_with_the_pair_pinned():
    market = generate(120, 14, 40, seed=2)
    plan = solve(market)
    place = max(market.placements, key=lambda p: p.capacity).id
    found = rescue(market, place, plan)
    assert len(found) > 10
    assert found[0].n_placed == len(plan.assignments)
    for one in found[:: len(found) // 8]:
        pins = ((one.candidate, place),)
        again = solve(market.with_policy(dataclasses.replace(market.policy, pins=pins)))
        assert one.n_placed == len(again.assignments)


def test_rescue_says_the_journey_the_choice_and_whether_anything_else_is_open():
    people = [
        {"id": "ann", "lat": 52.5, "lon": -1.9, "availability": WEEK, "choices": ["shop"]},
        {"id": "bob", "lat": 52.5, "lon": -1.9, "availability": WEEK, "priority": ["care"]},
        {"id": "far", "lat": 55.0, "lon": -1.9, "availability": WEEK},
    ]
    places = [
        {"id": "shop", "lat": 52.51, "lon": -1.9, "capacity": 1},
        {"id": "farm", "lat": 52.51, "lon": -1.9, "capacity": 0},
    ]
    found = {one.candidate: one for one in rescue(Market(people, places), "shop")}
    assert set(found) == {"ann", "bob"}
    assert (found["ann"].choice, found["bob"].choice) == (1, None)
    assert found["ann"].only_place
    assert found["ann"].minutes_there > 0
    assert found["ann"].estimate


@pytest.mark.parametrize("mechanism", ["stable", "serial", "nearest"])
def test_rescue_by_another_mechanism_orders_by_the_policy_without_an_effect(mechanism):
    market = generate(40, 6, 12, seed=4)
    market = market.with_policy(dataclasses.replace(market.policy, mechanism=mechanism))
    found = rescue(market, market.placements[0].id)
    assert found
    assert {one.loss for one in found} == {one.n_placed for one in found} == {None}


def test_rescue_of_an_unknown_place_is_refused_and_of_one_nobody_can_take_is_empty():
    market = Market([{"id": "ann"}], [{"id": "shop", "needs": ["van"]}], {"travel": "none"})
    assert rescue(market, "shop") == []
    with pytest.raises(MarketError, match="farm"):
        rescue(market, "farm")
