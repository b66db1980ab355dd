"""Large straight-line markets are searched by compiled loops: the same pairs, to the minute."""

import dataclasses

import numpy as np
import pytest

from matching import Market, MarketError, near, solve, verify
from matching.edges import Edges, eligible_edges
from matching.generate import generate, with_density
from matching.rates import ALWAYS, Rate, Rates
from matching.travel import Journeys, StraightLine

pytest.importorskip("numba")
SLOW_BUS = Rates(
    {
        "bus": Rate(9_000, 140, 6, 6, 12, ((360, 1260),) * 7),
        "walk": Rate(4_000, 125, 0, 0, 0, ALWAYS),
    }
)


def both_ways(market, monkeypatch):
    """The pairs found plainly and by the compiled loops."""
    plain = eligible_edges(market)
    monkeypatch.setattr(near, "MANY_PEOPLE", 0)
    return plain, eligible_edges(market)


def assert_same(one, other):
    for field in dataclasses.fields(Edges):
        mine, theirs = getattr(one, field.name), getattr(other, field.name)
        assert mine.dtype == theirs.dtype, field.name
        np.testing.assert_array_equal(mine, theirs, field.name)


@pytest.mark.parametrize("travel", [None, StraightLine(SLOW_BUS)])
@pytest.mark.parametrize("seed", range(3))
def test_compiled_loops_find_the_same_pairs(monkeypatch, seed, travel):
    market = generate(400, 90, 200, seed=seed, cities=3)
    people, places = list(market.candidates), list(market.placements)
    rng = np.random.default_rng(seed)
    for at in rng.integers(400, size=30).tolist():
        people[at] = dataclasses.replace(people[at], lat=None, lon=None, max_minutes=60)
        people[at - 1] = dataclasses.replace(people[at - 1], modes=("car",), max_minutes=240)
    for at in rng.integers(90, size=6).tolist():
        places[at] = dataclasses.replace(places[at], lat=None, lon=None)
        places[at - 1] = dataclasses.replace(places[at - 1], capacity=0)
        people[at] = dataclasses.replace(people[at], never_placements=(places[at - 2].id,))
    market = Market(people, places, market.policy, travel=travel)
    plain, compiled = both_ways(market, monkeypatch)
    assert len(plain.rows) > 500
    assert_same(plain, compiled)


@pytest.mark.parametrize("rates", [Rates(), SLOW_BUS])
def test_journeys_of_all_pairs_at_once_are_those_of_a_few_at_a_time(rates):
    market = generate(60, 20, 40, seed=2)
    people = list(market.candidates)
    people[7] = dataclasses.replace(people[7], lat=None, lon=None)
    market = Market(people, list(market.placements), market.policy)
    rows, cols = (at.ravel() for at in np.divmod(np.arange(60 * 20), 20))
    travel = StraightLine(rates)
    at_once = travel.journeys(market, rows, cols)
    few = [travel.journeys(market, rows[k : k + 40], cols[k : k + 40]) for k in range(0, 1_200, 40)]
    for field in dataclasses.fields(Journeys):
        parts = np.concatenate([getattr(one, field.name) for one in few])
        np.testing.assert_array_equal(getattr(at_once, field.name), parts, field.name)
    assert len(np.unique(at_once.there)) > 20


@pytest.mark.parametrize("lat, lon", [(0.0, 179.999), (89.9, 10.0), (-86.0, -179.9), (52.0, -1.9)])
def test_compiled_loops_find_pairs_at_the_edges_of_the_map(monkeypatch, lat, lon):
    rng = np.random.default_rng(5)
    spots = [(lat + a, (lon + b + 180) % 360 - 180) for a, b in rng.normal(0, 0.03, (60, 2))]
    spots = [(max(-90.0, min(90.0, float(a))), float(b)) for a, b in spots]
    people = [
        {"id": f"person-{at}", "lat": a, "lon": b, "modes": ["walk", "car"]}
        for at, (a, b) in enumerate(spots[:40])
    ]
    places = [{"id": f"place-{at}", "lat": a, "lon": b} for at, (a, b) in enumerate(spots[40:])]
    plain, compiled = both_ways(Market(people, places), monkeypatch)
    assert len(plain.rows) > 100
    assert_same(plain, compiled)


def test_compiled_loops_solve_to_the_same_plan(monkeypatch):
    market = generate(300, 60, 120, seed=4)
    plain = solve(market)
    monkeypatch.setattr(near, "MANY_PEOPLE", 0)
    plan = solve(market)
    assert plan.sha256 == plain.sha256
    assert verify(market, plan) == []


def test_nobody_within_reach_is_no_pair(monkeypatch):
    people = [{"id": "ann", "lat": 52.0, "lon": -1.0, "modes": ["walk"]}, {"id": "bob"}]
    market = Market(people, [{"id": "shop", "lat": 55.0, "lon": -1.0}])
    plain, compiled = both_ways(market, monkeypatch)
    assert_same(plain, compiled)
    assert len(compiled.rows) == 0


@pytest.mark.parametrize("pairs", [0, 3, 12])
def test_market_of_an_asked_density_comes_near_it(pairs):
    market = with_density(generate(1_000, 200, 400, seed=2), pairs)
    found = len(eligible_edges(market).rows) / 1_000
    assert found == pytest.approx(pairs, rel=0.15)


def test_market_denser_than_can_be_is_refused_with_what_can():
    with pytest.raises(MarketError, match=r"pairs: 500 a person are too many here, there are \d"):
        generate(50, 20, 40, pairs=500)
