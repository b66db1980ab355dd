"""Journeys by timetable with known answers.

A thousandth of a degree of latitude is 111 m: 105 seconds on foot at the engine's own rate.
"""

import datetime

import numpy as np
import pytest
from factories.feeds import CALENDAR, STOPS, make_feed, times, trips_of

from matching.rates import RATES
from matching.transport.gtfs import read_gtfs
from matching.transport.search import travel_seconds

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


HEAD = "trip_id,arrival_time,departure_time,stop_id,stop_sequence,pickup_type,drop_off_type\n"


def calls(*rows):
    """The text of stop_times from `trip HH:MM stop pickup drop_off` rows."""
    lines = []
    for at, row in enumerate(rows):
        trip, time, stop, pickup, drop = row.split()
        lines.append(f"{trip},{time}:00,{time}:00,{stop},{at},{pickup},{drop}")
    return HEAD + "\n".join(lines)


def test_journeys_nobody_gets_on_or_off_where_the_feed_says_no():
    out = ("out 08:00 a 0 0", "out 08:20 b 1 1", "out 08:40 c 0 0")
    back = ("back 17:10 c 0 0", "back 17:30 b 1 1", "back 17:50 a 0 0")
    trips = trips_of("bus week out", "bus week back")
    feed = read_gtfs(make_feed(trips=trips, stop_times=calls(*out, *back)))
    shift = [(0, at(9), at(17))]
    assert minutes(feed, shift) == (60, 50)
    assert minutes(feed, shift, home=BIRCH) == (None, None)
    assert minutes(feed, shift, site=BIRCH) == (None, None)


def test_journeys_where_one_may_only_get_on_or_only_off():
    out = ("out 08:00 a 0 0", "out 08:20 b 0 1", "out 08:40 c 0 0")
    back = ("back 17:10 c 0 0", "back 17:30 b 0 1", "back 17:50 a 0 0")
    trips = trips_of("bus week out", "bus week back")
    feed = read_gtfs(make_feed(trips=trips, stop_times=calls(*out, *back)))
    shift = [(0, at(9), at(17))]
    assert minutes(feed, shift, home=BIRCH) == (40, None)
    assert minutes(feed, shift, site=BIRCH) == (None, 50)


def test_journeys_home_after_midnight_use_the_first_trips_of_the_next_day():
    feed = both_ways("a 14:00, c 14:40", "c 00:10, a 00:50")
    assert minutes(feed, [(0, at(15), at(23, 30))]) == (60, 80)
    assert minutes(feed, [(4, at(15), at(23, 30))]) == (60, None)  # nothing on Saturday


def test_journeys_of_more_than_three_hours_with_the_walk_are_none():
    feed, home = both_ways(OUT, BACK), (52.001, -1.9)  # 105 s on foot
    assert minutes(feed, [(0, at(10, 58), at(17))], home)[0] == 180
    assert minutes(feed, [(0, at(10, 59), at(17))], home)[0] is None


@pytest.mark.parametrize(("rule", "expected"), [("b,d,3,", 54), ("d,b,3,", None)])
def test_journeys_transfers_hold_one_way_on_the_way_home_too(rule, expected):
    text = f"from_stop_id,to_stop_id,transfer_type,min_transfer_time\n{rule}\n"
    feed = change("c 17:10, d 17:30", "b 17:34, a 17:54", transfers=text)
    assert minutes(feed, [(0, at(9), at(17))])[1] == expected


@pytest.mark.parametrize(("second", "expected"), [("e 08:21", 60), ("e 08:20:45", None)])
def test_journeys_a_change_next_door_takes_a_minute_as_well(second, expected):
    stops = f"{STOPS}e,Elm (invented),52.0502,-1.900\n"  # 22 m, 21 seconds
    feed = change("a 08:00, b 08:20", f"{second}, c 08:41", stops=stops)
    assert minutes(feed, [(0, at(9), at(17))])[0] == expected


def test_journeys_the_latest_departure_counts_not_the_fastest_ride():
    text = times(slow="a 08:10, c 08:55", fast="a 08:00, c 08:20")
    feed = make_feed(stop_times=text, trips=trips_of("bus week slow", "bus week fast"))
    assert minutes(feed, [(0, at(9), at(17))])[0] == 50
