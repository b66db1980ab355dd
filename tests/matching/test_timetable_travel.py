"""Travel by timetable in a market: what is an estimate, read back, solved, and found twice."""

import dataclasses
import sys

import numpy as np
import pytest
from factories.feeds import make_feed, times, trips_of
from factories.invented_feed import invent_feed

from matching import Market, solve, verify
from matching.checking.rides import Claim
from matching.checking.travel import wrong_journeys
from matching.generate import generate
from matching.rates import RATES, Rates
from matching.records import MODES
from matching.sealing.given import read_market, read_travel
from matching.transport import scan
from matching.transport.by_timetable import TimetableTravel
from matching.transport.gtfs import read_gtfs
from matching.transport.search import travel_seconds
from matching.travel import journeys

ASH, CEDAR, DAY = (52.000, -1.900), (52.100, -1.900), 1440
OUT, BACK = "a 08:00, b 08:20, c 08:40", "c 17:10, b 17:30, a 17:50"


def both_ways(out=OUT, back=BACK):
    """A feed with one trip each way."""
    trips = trips_of("bus week out", "bus week back")
    return make_feed(trips=trips, stop_times=times(out=out, back=back))


def market_of(feed, people, places, rates=None, **policy):
    """Invented people at A by default, places at C, working 9 to 5 on Mondays."""
    base = {"lat": ASH[0], "lon": ASH[1], "modes": ["bus"], "availability": [[0, 0, DAY]]}
    here = {"lat": CEDAR[0], "lon": CEDAR[1], "shifts": [[0, 540, 1020]]}
    return Market(
        [{"id": f"p{n}", **base, **one} for n, one in enumerate(people)],
        [{"id": f"s{n}", **here, **one} for n, one in enumerate(places)],
        policy,
        travel=TimetableTravel(read_gtfs(feed, source="invented"), rates or Rates()),
    )


def first_pair(market):
    found = journeys(market, np.zeros(1, dtype=np.int64), np.zeros(1, dtype=np.int64))
    mode = int(found.mode[0])
    return (
        int(found.there[0]),
        int(found.back[0]),
        MODES[mode] if mode >= 0 else None,
        bool(found.estimate[0]),
    )


FAR = {"lat": 52.30, "lon": -1.90}


@pytest.mark.parametrize(
    ("person", "place", "expected"),
    [
        ({}, {}, (60, 50, "bus", False)),
        ({"modes": ["bus", "car"]}, {}, (31, 31, "car", True)),  # driving is a straight line
        ({"modes": ["walk"]}, {"lat": 52.01}, (18, 18, "walk", True)),
        ({"modes": ["bus"]}, {"shifts": []}, (64, 64, "bus", True)),  # no hours, no timetable
        ({"modes": ["bus"]}, FAR, (168, 168, "bus", True)),  # beyond the feed
        ({"modes": ["train"]}, {}, (42, 42, "train", True)),  # no trains in this feed
        ({"modes": ["bus"]}, {"shifts": [[5, 540, 1020]]}, (-1, -1, None, False)),
        ({"lat": None}, {}, (-1, -1, None, True)),
    ],
)
def test_timetable_travel_says_what_is_an_estimate(person, place, expected):
    assert first_pair(market_of(both_ways(), [person], [place])) == expected


def test_timetable_travel_of_a_region_without_buses_uses_none():
    rates = Rates({"walk": RATES["walk"]})
    assert first_pair(market_of(both_ways(), [{}], [{}], rates))[2] is None


def test_timetable_travel_those_who_use_both_may_change_between_bus_and_train():
    feed = make_feed(
        trips=trips_of("bus week one", "train week two", "bus week back"),
        stop_times=times(one="a 08:00, b 08:20", two="b 08:30, c 08:40", back=BACK),
    )
    assert first_pair(market_of(feed, [{"modes": ["bus"]}], [{}]))[2] is None
    assert first_pair(market_of(feed, [{"modes": ["train", "bus"]}], [{}])) == (60, 50, "train", 0)


def test_timetable_travel_read_back_has_the_same_hash_and_so_has_its_market():
    market = market_of(both_ways(), [{}], [{}])
    assert read_travel(market.travel.to_dict()).sha256 == market.travel.sha256
    assert read_market(market.to_dict()).sha256 == market.sha256
    assert market.travel.source == "invented, week of 2026-08-31"
    other = market_of(both_ways(back=BACK.replace("17:10", "17:09")), [{}], [{}])
    assert other.sha256 != market.sha256


def test_timetable_travel_solves_and_is_verified_with_its_estimates_told():
    people = [{}, {"modes": ["walk", "car"]}, {"modes": ["walk"]}]
    market = market_of(both_ways(), people, [{"capacity": 3}])
    plan = solve(market)
    said = {a.candidate: (a.minutes_there, a.mode, a.estimate) for a in plan.assignments}
    assert said == {"p0": (60, "bus", False), "p1": (31, "car", True)}
    assert verify(market, plan) == []
    for change in ({"minutes_there": 59}, {"estimate": True}, {"mode": "train"}):
        rows = [
            dataclasses.replace(one, **change) if one.candidate == "p0" else one
            for one in plan.assignments
        ]
        assert verify(market, dataclasses.replace(plan, assignments=tuple(rows)))


def invented_market(seed, people=20, places=6):
    """A small invented city with its own feed; most go by bus, some by train or both."""
    rng = np.random.default_rng(seed)
    feed = invent_feed(24, 16, int(rng.integers(20, 50)), seed, extent=(0.05, 0.08))
    market = generate(people, places, places * 2, seed=seed)
    ways = (("bus",), ("bus", "train"), ("train",), ("walk", "bus"))

    def near(record, **more):
        lat, lon = rng.normal((52.48, -1.89), (0.02, 0.03)).tolist()
        return dataclasses.replace(record, lat=lat, lon=lon, **more)

    def shifts():
        start, days = int(rng.integers(24, 64)) * 15, rng.choice(7, 2, replace=False)
        return tuple((day, start, start + 480) for day in sorted(days.tolist()))

    return Market(
        [near(c, modes=ways[int(rng.integers(4))]) for c in market.candidates],
        [near(p, shifts=shifts()) for p in market.placements],
        market.policy,
        travel=TimetableTravel(read_gtfs(feed)),
    )


def claims_of(market):
    n, m = len(market.candidates), len(market.placements)
    rows, cols = np.divmod(np.arange(n * m), m)
    found = journeys(market, rows, cols)
    return [
        Claim(
            market.candidates[int(rows[k])].id,
            market.placements[int(cols[k])].id,
            int(found.there[k]),
            int(found.back[k]),
            MODES[int(found.mode[k])],
            bool(found.estimate[k]),
        )
        for k in np.flatnonzero(found.served).tolist()
    ]


@pytest.mark.parametrize("seed", range(8))
def test_journeys_of_invented_cities_equal_a_search_of_the_graph_of_events(seed):
    print("seed", seed)
    market = invented_market(seed)
    claims = claims_of(market)
    assert sum(not claim.estimate for claim in claims) > 10
    assert list(wrong_journeys(market, claims)) == []


@pytest.mark.parametrize("seed", range(3))
def test_wrong_journeys_finds_every_single_false_claim(seed):
    print("seed", seed)
    market = invented_market(seed)
    false = [
        dataclasses.replace(one, **change)
        for one in claims_of(market)
        for change in (
            {"there": one.there - 1},
            {"there": one.there + 1},
            {"back": one.back - 1},
            {"back": one.back + 1},
            {"estimate": not one.estimate},
            {"mode": "car"},
        )
    ]
    assert len(false) > 60
    assert len(list(wrong_journeys(market, false))) == len(false)


@pytest.mark.parametrize("seed", range(4))
def test_scan_by_rows_and_scan_by_cells_give_the_same_seconds(seed, monkeypatch):
    print("seed", seed)
    market = invented_market(seed)
    shifts = [p.shifts for p in market.placements]
    asked = (market.travel.timetable, RATES["walk"], market.homes, market.sites, shifts, 3)
    rows = travel_seconds(*asked)
    monkeypatch.setattr(scan, "scan_rows", scan.scan_cells)
    cells = travel_seconds(*asked)
    assert all((a == b).all() for a, b in zip(rows, cells, strict=True))
    assert (rows[0] >= 0).any()
    monkeypatch.setattr(scan, "SMALL", 0)
    assert all((a == b).all() for a, b in zip(rows, travel_seconds(*asked), strict=True))


def test_scan_without_the_compiler_goes_by_rows(monkeypatch):
    monkeypatch.setitem(sys.modules, "numba", None)
    monkeypatch.delitem(sys.modules, "matching.assignment.kernel.compiling", raising=False)
    assert scan._fastest.__wrapped__() is scan.scan_rows
