"""Journeys by timetable with known answers, and every pair held to a second reckoning.

A thousandth of a degree of latitude is 111 m: 105 seconds on foot at the engine's own rate.
"""

import dataclasses
import datetime

import numpy as np
import pytest
from factories.feeds import CALENDAR, STOPS, make_feed, times, trips_of
from factories.invented_feed import invent_feed

from matching import Market, solve
from matching.generate import generate
from matching.rates import RATES, Rates
from matching.recheck_rides import Claim
from matching.recheck_travel import wrong_journeys
from matching.records import MODES
from matching.transport import scan
from matching.transport.by_timetable import TimetableTravel
from matching.transport.gtfs import read_gtfs
from matching.transport.search import travel_seconds
from matching.travel import journeys

ASH, BIRCH, CEDAR = (52.000, -1.900), (52.050, -1.900), (52.100, -1.900)
DAY = 1440


def minutes(feed, shifts, home=ASH, site=CEDAR, networks=3):
    """Minutes there and back, None where there is no journey."""
    timetable = feed if not hasattr(feed, "read") else read_gtfs(feed)
    homes, sites = np.array([home]), np.array([site])
    found = travel_seconds(timetable, RATES["walk"], homes, sites, [tuple(shifts)], networks)
    return tuple(None if int(way[0, 0]) < 0 else -(-int(way[0, 0]) // 60) for way in found)


def both_ways(out, back, **tables):
    """A feed with one trip each way."""
    trips = trips_of("bus week out", "bus week back")
    return make_feed(trips=trips, stop_times=times(out=out, back=back), **tables)


def at(hour, minute=0):
    return hour * 60 + minute


OUT, BACK = "a 08:00, b 08:20, c 08:40", "c 17:10, b 17:30, a 17:50"


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        ((9, 0), (17, 0), (60, 50)),  # leaves at 08:00; home at 17:50
        ((8, 40), (17, 10), (40, 40)),  # to the minute
        ((8, 39), (17, 11), (None, None)),  # a minute too early, a minute too late
        ((10, 59), (17, 0), (179, 50)),
        ((11, 1), (17, 0), (None, 50)),  # more than three hours
        ((9, 0), (14, 10), (60, None)),
    ],
)
def test_journeys_last_from_door_to_start_and_from_end_to_door(start, end, expected):
    assert minutes(both_ways(OUT, BACK), [(0, at(*start), at(*end))]) == expected


def test_journeys_walking_at_both_ends_is_counted_to_the_second():
    home, site = (52.002, -1.9), (52.101, -1.9)  # 222 m = 209 s and 111 m = 105 s on foot
    shift = [(0, at(9), at(17))]
    assert minutes(both_ways(OUT, BACK), shift, home, site) == (64, 54)  # 3,809 s and 3,209 s
    early = [(0, at(8, 42), at(17, 8))]  # 105 s from the stop at 08:40 make 08:41:45
    assert minutes(both_ways(OUT, BACK), early, home, site) == (46, 46)
    assert minutes(both_ways(OUT, BACK), [(0, at(8, 41), at(17, 9))], home, site) == (None, None)


def test_journeys_too_far_to_walk_to_a_stop_are_none():
    near, far = (52.0084, -1.9), (52.0088, -1.9)  # 15 minutes are 960 m
    shift = [(0, at(9), at(17))]
    assert minutes(both_ways(OUT, BACK), shift, near)[0] == 75
    assert minutes(both_ways(OUT, BACK), shift, far) == (None, None)


NIGHT = "a 22:40, b 23:00, c 23:20"


@pytest.mark.parametrize(
    ("shift", "expected"),
    [
        ((0, at(21), DAY), (None, 70)),
        ((4, at(23, 30), DAY + at(0, 20)), (50, 50)),  # Friday night, home on Saturday 01:10
        ((4, at(23, 30), DAY + at(0, 31)), (50, None)),
        ((5, at(0, 0), at(0, 20)), (80, 50)),  # the same by the clock of Saturday
        ((5, at(23, 30), DAY + at(0, 20)), (None, None)),  # nothing on Saturday
        ((6, at(0, 0), at(0, 20)), (None, None)),
        ((0, at(0, 0), at(0, 20)), (None, None)),  # Sunday night's trips do not run
        ((1, at(0, 0), at(0, 20)), (80, 50)),  # Monday's trip, after midnight
    ],
)
def test_journeys_over_midnight_use_the_trips_of_the_day_before(shift, expected):
    feed = both_ways(NIGHT, "c 24:30, b 24:50, a 25:10")
    assert minutes(feed, [shift]) == expected


def test_journeys_from_sunday_into_monday_go_round_the_week():
    calendar = f"{CALENDAR}\nweek,0,0,0,0,0,0,1,20260831,20260927\n"
    feed = both_ways(NIGHT, "c 24:30, b 24:50, a 25:10", calendar=calendar)
    assert minutes(feed, [(6, at(23, 30), DAY + at(0, 20))]) == (50, 50)
    assert minutes(feed, [(0, at(0, 0), at(0, 20))]) == (80, 50)
    assert minutes(feed, [(0, at(23, 30), DAY + at(0, 20))]) == (None, None)


EARLY_AND_LATE = {
    "trips": trips_of(
        "bus week early", "bus week late", "bus sun noon", "bus sun six", "train week rail"
    ),
    "stop_times": times(
        early="a 05:10, b 05:30, c 05:50",
        late="c 22:15, b 22:35, a 22:55",
        noon="a 11:30, b 11:40, c 11:50",
        six="c 18:20, b 18:40, a 19:00",
        rail="a 05:40, c 05:52",
    ),
    "calendar": f"{CALENDAR}\nweek,1,1,1,1,1,1,0,20260831,20260927\n"
    "sun,0,0,0,0,0,0,1,20260831,20260927\n",
}


def test_journeys_there_by_six_and_home_after_twenty_two():
    feed = read_gtfs(make_feed(**EARLY_AND_LATE))
    week = [(day, at(6), at(22)) for day in range(6)]
    assert minutes(feed, week, networks=1) == (50, 55)
    assert minutes(feed, week, networks=3) == (20, 55)  # a later train, the bus home
    assert minutes(feed, week, networks=2) == (20, None)
    assert minutes(feed, [(0, at(6), at(22, 16))], networks=1) == (50, None)  # missed the last
    assert minutes(feed, [(0, at(5, 49), at(22))], networks=1) == (None, 55)  # before the first
    assert minutes(feed, [*week, (6, at(6), at(22))]) == (None, None)  # not on Sunday


def test_journeys_on_sundays_follow_the_timetable_of_sundays():
    feed = read_gtfs(make_feed(**EARLY_AND_LATE))
    assert minutes(feed, [(6, at(12), at(18))]) == (30, 60)
    assert minutes(feed, [(5, at(12), at(18))]) == (None, None)


def test_journeys_the_longest_of_all_shifts_counts():
    feed = both_ways(OUT, BACK)
    assert minutes(feed, [(0, at(9), at(17)), (1, at(8, 50), at(16, 30))]) == (60, 80)


def test_journeys_exceptions_of_the_calendar_take_a_day_away_and_add_one():
    dates = "service_id,date,exception_type\nweek,20260902,2\nweek,20260905,1\n"
    feed = both_ways(OUT, BACK, calendar_dates=dates)
    timetable = read_gtfs(feed, week_of=datetime.date(2026, 9, 1))
    found = [minutes(timetable, [(day, at(9), at(17))]) for day in range(7)]
    assert found == [(60, 50)] * 2 + [(None, None)] + [(60, 50)] * 3 + [(None, None)]


# D lies 222 m east of B: 52.05 degrees north, 0.00324 degrees are 222 m; 208 seconds on foot.
WITH_D = f"{STOPS}d,Dill (invented),52.050,-1.89676\n"


def change(first, second, **tables):
    """From A to B, then on from D (or B) to C."""
    text = {"stop_times": times(one=first, two=second), "stops": WITH_D}
    return make_feed(trips=trips_of("bus week one", "bus week two"), **{**text, **tables})


@pytest.mark.parametrize(
    ("second", "expected"),
    [
        ("d 08:24, c 08:44", 60),  # four minutes to walk 208 seconds
        ("d 08:23, c 08:43", None),  # three are too few
        ("b 08:21, c 08:41", 60),  # a minute to change at one stop
        ("b 08:20, c 08:40", None),
    ],
)
def test_journeys_changes_take_the_walk_and_a_minute_at_least(second, expected):
    feed = change("a 08:00, b 08:20", second)
    assert minutes(feed, [(0, at(9), at(17))])[0] == expected


@pytest.mark.parametrize(
    ("second", "rule", "expected"),
    [
        ("d 08:24, c 08:44", "b,d,3,", None),
        ("b 08:21, c 08:41", "b,b,2,300", None),
        ("b 08:25, c 08:45", "b,b,2,300", 60),
        ("b 08:20, c 08:40", "b,b,1,", 60),  # the second waits for the first
        ("d 08:22, c 08:42", "b,d,2,120", 60),  # a short cut that the feed knows of
        ("c 08:35, b 08:50", "b,c,2,600", None),
    ],
)
def test_journeys_transfers_of_the_feed_replace_the_walk(second, rule, expected):
    text = f"from_stop_id,to_stop_id,transfer_type,min_transfer_time\n{rule}\n"
    feed = change("a 08:00, b 08:20", second, transfers=text)
    assert minutes(feed, [(0, at(9), at(17))])[0] == expected


def test_journeys_staying_aboard_needs_no_change():
    feed = make_feed(stop_times=times(one="a 08:00, b 08:20, b 08:20, c 08:40"))
    assert minutes(feed, [(0, at(9), at(17))])[0] == 60


def test_journeys_nobody_gets_on_or_off_where_the_feed_says_no():
    head = "trip_id,arrival_time,departure_time,stop_id,stop_sequence,pickup_type,drop_off_type\n"
    rows = "one,08:00:00,08:00:00,a,1,1,0\none,08:20:00,08:20:00,b,2,0,1\n"
    feed = read_gtfs(make_feed(stop_times=f"{head}{rows}one,08:40:00,08:40:00,c,3,0,0\n"))
    shift = [(0, at(9), at(17))]
    assert minutes(feed, shift)[0] is None
    assert minutes(feed, shift, home=BIRCH)[0] == 40
    assert minutes(feed, [(0, at(8, 30), at(17))], home=ASH, site=BIRCH)[0] is None


def test_journeys_the_latest_departure_counts_not_the_fastest_ride():
    text = times(slow="a 08:10, c 08:55", fast="a 08:00, c 08:20")
    feed = make_feed(stop_times=text, trips=trips_of("bus week slow", "bus week fast"))
    assert minutes(feed, [(0, at(9), at(17))])[0] == 50


def market_of(feed, people, places, rates=None, **policy):
    """Invented people at A by default, places at C, working 9 to 5 on Mondays."""
    base = {"lat": ASH[0], "lon": ASH[1], "modes": ["bus"], "availability": [[0, 0, DAY]]}
    here = {"lat": CEDAR[0], "lon": CEDAR[1], "shifts": [[0, at(9), at(17)]]}
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
        ({"modes": ["bus"]}, {"shifts": [[5, 540, 1020]]}, (-1, -1, None, True)),
        ({"lat": None}, {}, (-1, -1, None, True)),
    ],
)
def test_timetable_travel_says_what_is_an_estimate(person, place, expected):
    assert first_pair(market_of(both_ways(OUT, BACK), [person], [place])) == expected


def test_timetable_travel_of_a_region_without_buses_uses_none():
    rates = Rates({"walk": RATES["walk"]})
    assert first_pair(market_of(both_ways(OUT, BACK), [{}], [{}], rates))[2] is None


def test_timetable_travel_those_who_use_both_may_change_between_bus_and_train():
    feed = make_feed(
        trips=trips_of("bus week one", "train week two", "bus week back"),
        stop_times=times(one="a 08:00, b 08:20", two="b 08:30, c 08:40", back=BACK),
    )
    assert first_pair(market_of(feed, [{"modes": ["bus"]}], [{}]))[2] is None
    assert first_pair(market_of(feed, [{"modes": ["train", "bus"]}], [{}])) == (60, 50, "train", 0)


def test_timetable_travel_read_back_has_the_same_hash_and_so_has_its_market():
    market = market_of(both_ways(OUT, BACK), [{}], [{}])
    again = TimetableTravel.from_dict(market.travel.to_dict())
    assert again.sha256 == market.travel.sha256
    assert Market.from_dict(market.to_dict(), again).sha256 == market.sha256
    other = market_of(both_ways(OUT, BACK.replace("17:10", "17:09")), [{}], [{}])
    assert other.sha256 != market.sha256


def test_timetable_travel_solves_with_its_estimates_told():
    people = [{}, {"modes": ["walk", "car"]}, {"modes": ["walk"]}]
    market = market_of(both_ways(OUT, BACK), people, [{"capacity": 3}])
    plan = solve(market)
    said = {a.candidate: (a.minutes_there, a.mode, a.estimate) for a in plan.assignments}
    assert said == {"p0": (60, "bus", False), "p1": (31, "car", True)}


def invented_market(seed, people=30, places=6):
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


@pytest.mark.parametrize("seed", range(12))
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
    assert len(false) > 100
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
