"""One market has one plan: whatever the order of its records, and whatever solver ran."""

import dataclasses
import random

import pytest

from matching import Market, solve, verify
from matching.checking.eligible import all_facts
from matching.generate import generate

NO_TABLE = {"matching.assignment.routes.TABLE_CELLS": 0}
BIT_BY_BIT = NO_TABLE | {"matching.assignment.by_scipy.EXACT": 0}
ROUTES = {
    "table": {},
    "SciPy": NO_TABLE,
    "SciPy, bit by bit": BIT_BY_BIT,
    "SciPy, bit by bit, sparse": BIT_BY_BIT | {"matching.assignment.by_scaling.DENSE_CELLS": 0},
    "kernel": NO_TABLE
    | {
        "matching.assignment.routes.LARGE_ROWS": 0,
        "matching.assignment.routes.LARGE_EDGES": 0,
    },
}


def tied_market(seed, people=14, placements=6):
    """People and placements between whom nothing but the lottery decides."""
    draw = random.Random(seed)
    sites = [{"id": f"p{j}", "capacity": draw.randrange(3)} for j in range(placements)]
    names = [site["id"] for site in sites]
    persons = [
        {"id": f"c{i}", "choices": draw.sample(names, draw.randrange(4))} for i in range(people)
    ]
    return persons, sites, {"travel": "none", "objectives": ["choice"], "seed": seed}


def test_I25_solve_100_permutations_of_a_market_give_one_plan(city, city_plan):
    hashes = set()
    for seed in range(100):
        people, places = list(city.candidates), list(city.placements)
        random.Random(seed).shuffle(people)
        random.Random(-seed).shuffle(places)
        hashes.add(solve(Market(people, places, city.policy)).sha256)
    assert hashes == {city_plan.sha256}


@pytest.mark.parametrize("seed", range(5))
def test_I25_solve_100_permutations_of_a_market_of_ties_give_one_plan(seed):
    print("seed", seed)
    people, places, policy = tied_market(seed)
    hashes, draw = set(), random.Random(seed)
    for _ in range(100):
        draw.shuffle(people)
        draw.shuffle(places)
        market = Market(people, places, policy)
        hashes.add(solve(market).sha256)
    assert len(hashes) == 1
    assert verify(market, solve(market)) == []


@pytest.mark.parametrize("route", ROUTES)
def test_I25_solve_by_any_solver_gives_one_plan(route, city, city_plan, monkeypatch):
    if route == "kernel":
        pytest.importorskip("numba")
    markets = [Market(*tied_market(seed, people=30, placements=9)) for seed in range(6)]
    markets += [generate(60, 9, 20, seed=seed) for seed in range(6)]
    expected = [solve(market).sha256 for market in markets]
    for name, value in ROUTES[route].items():
        monkeypatch.setattr(name, value)
    plan = solve(city)
    assert plan.timings["solver"] != city_plan.timings["solver"] or route == "table"
    assert plan.sha256 == city_plan.sha256
    assert [solve(market).sha256 for market in markets] == expected


@pytest.mark.parametrize("seed", range(4))
def test_solve_in_phases_and_at_once_gives_the_same_people_the_same_places(seed, monkeypatch):
    print("seed", seed)
    market = generate(60, 9, 20, seed=seed)
    at_once = solve(market)
    monkeypatch.setattr("matching.costs.ROOM", 2**26)
    monkeypatch.setattr("matching.checking.weights.LIMIT", 2**26)
    in_phases = solve(market)
    assert len(in_phases.certificate["phases"]) > 1
    assert in_phases.assignments == at_once.assignments
    assert in_phases.totals == at_once.totals
    assert verify(market, in_phases) == []


@pytest.mark.parametrize("seed", range(4))
def test_solve_plan_kept_as_columns_reads_as_plain_values(seed):
    print("seed", seed)
    market = generate(60, 9, 20, seed=seed)
    plan = solve(market)
    again = type(plan).from_dict(plan.to_dict())
    assert again.sha256 == plan.sha256
    assert plan.assignments == again.assignments
    assert plan.reserves == again.reserves
    assert plan.reasons == again.reasons
    assert plan.prices == again.prices
    assert plan.placement_of == again.placement_of
    assert again.assignments[0] == plan.assignments[0]
    assert verify(market, again) == []


@pytest.mark.parametrize("only_ranked", [False, True])
@pytest.mark.parametrize("seed", range(3))
def test_reserves_are_the_cheapest_who_wait_and_reasons_count_what_is_open(seed, only_ranked):
    print("seed", seed)
    market = generate(80, 9, 20, seed=seed)
    market = market.with_policy(dataclasses.replace(market.policy, only_ranked=only_ranked))
    plan, facts = solve(market), all_facts(market)
    lines, open_to = {}, dict.fromkeys(plan.reasons, 0)
    people, places = market.candidates.ids.tolist(), market.placements.ids.tolist()
    for at, (row, col) in enumerate(zip(facts.rows.tolist(), facts.cols.tolist(), strict=True)):
        if people[row] not in plan.placement_of:
            key = [int(facts.levels[name][at]) for name in ("priority", "choice", "travel")]
            key.append(int(market.draws[row]) >> 54)
            lines.setdefault(places[col], []).append((*key, row))
            open_to[people[row]] += 1
    expected = {p: [people[one[-1]] for one in sorted(line)[:10]] for p, line in lines.items()}
    assert plan.reserves == dict(sorted(expected.items()))
    assert {name: reason["eligible"] for name, reason in plan.reasons.items()} == open_to


def test_reasons_count_each_placement_once_under_travel_or_under_its_rules():
    week = [[day, 0, 1440] for day in range(7)]
    ann = {"id": "ann", "lat": 52.48, "lon": -1.89, "modes": ["walk"], "availability": week}
    places = [
        {"id": "far", "lat": 53.48, "lon": -1.89, "needs": ["van"]},
        {"id": "near", "lat": 52.481, "lon": -1.89, "needs": ["van"], "capacity": 0},
        {"id": "nowhere"},
    ]
    market = Market([ann], places)
    plan = solve(market)
    assert plan.reasons["ann"] == {
        "code": "no_eligible_place",
        "eligible": 0,
        "refused": {"full": 1, "needs": 1, "travel_too_long": 1, "travel_unknown": 1},
    }
    assert verify(market, plan) == []
