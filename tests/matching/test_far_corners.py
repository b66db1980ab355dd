"""Homes and sites where a map has a seam: the date line, the poles, and places very far apart."""

import itertools

import numpy as np
import pytest
from geopy.distance import great_circle

from matching import Market, solve, verify
from matching.checking.eligible import all_facts
from matching.edges import eligible_edges
from matching.rates import ALWAYS, EARTH_METRES, Rate, Rates
from matching.travel import StraightLine

WEEK = [[day, 0, 1440] for day in range(7)]
CORNERS = {
    "date line": (10.0, 180.0),
    "north pole": (89.9, 0.0),
    "south pole": (-89.95, 100.0),
    "past 85 degrees": (86.0, -179.9),
    "zero": (0.0, 0.0),
    "Fiji (the map's far end)": (-17.0, -180.0),
}


def around(centre, n, seed, wide):
    """Points around a centre, over the seam and back on the other side."""
    rng = np.random.default_rng(seed)
    lat = np.clip(centre[0] + rng.normal(0, wide, n), -90, 90)
    aside = rng.normal(0, wide, n) / max(np.cos(np.radians(centre[0])), 0.01)
    lon = (centre[1] + aside + 180) % 360 - 180
    return list(zip(lat.tolist(), lon.tolist(), strict=True))


def corner_market(name, speed=4_800, most=60):
    homes, sites = (around(CORNERS[name], n, seed, 0.05) for n, seed in ((25, 1), (12, 2)))
    people = [
        {"id": f"c{i}", "lat": a, "lon": b, "modes": ["walk"], "max_minutes": most}
        | {"availability": WEEK}
        for i, (a, b) in enumerate(homes)
    ]
    places = [{"id": f"p{j}", "lat": a, "lon": b} for j, (a, b) in enumerate(sites)]
    travel = StraightLine(Rates({"walk": Rate(speed, 125, 0, 0, 0, ALWAYS)}))
    return Market(people, places, {"seed": 1}, travel=travel)


def within_reach(market, speed, most):
    """Pairs whose minutes on the great circle of geopy are within the limit."""
    found = set()
    for one, place in itertools.product(market.candidates, market.placements):
        away = great_circle((one.lat, one.lon), (place.lat, place.lon), radius=EARTH_METRES / 1_000)
        if -(-round(away.meters) * 125 * 60 // (speed * 100)) <= most:
            found.add((one.id, place.id))
    return found


@pytest.mark.parametrize("name", CORNERS)
@pytest.mark.parametrize(("speed", "most"), [(4_800, 60), (4_800, 200), (400_000, 600)])
def test_pairs_at_the_seams_of_a_map_are_those_within_reach_to_both_who_look(name, speed, most):
    market = corner_market(name, speed, most)
    people, places = market.candidates.ids, market.placements.ids
    right = within_reach(market, speed, most)
    assert right
    for found in (eligible_edges(market), all_facts(market)):
        pairs = zip(people[found.rows].tolist(), places[found.cols].tolist(), strict=True)
        assert set(pairs) == right
    assert verify(market, solve(market)) == []


def test_pairs_half_the_world_apart_are_found_when_they_are_within_reach():
    people = [
        {"id": "a", "lat": 52.0, "lon": -2.0, "modes": ["walk"], "max_minutes": 20_000},
        {"id": "b", "lat": -52.0, "lon": 178.0, "modes": ["walk"], "max_minutes": 10},
    ]
    people = [one | {"availability": WEEK} for one in people]
    places = [{"id": "p", "lat": -52.0, "lon": 178.0}, {"id": "q", "lat": 52.0, "lon": -2.0}]
    travel = StraightLine(Rates({"walk": Rate(400_000, 100, 0, 0, 0, ALWAYS)}))
    market = Market(people, places, travel=travel)
    for found in (eligible_edges(market), all_facts(market)):
        pairs = zip(found.rows.tolist(), found.cols.tolist(), strict=True)
        named = {(market.candidates[r].id, market.placements[c].id) for r, c in pairs}
        assert named == {("a", "p"), ("a", "q"), ("b", "p")}
    assert verify(market, solve(market)) == []
