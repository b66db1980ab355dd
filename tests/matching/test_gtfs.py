"""Feeds as they come: marks, spaces, exceptions, nights, headways, and what is wrong by line."""

import datetime
import io
import random
import zipfile

import numpy as np
import pytest
from factories.feeds import CALENDAR, ROUTES, STOPS, WEEK, make_feed, times, trips_of

from matching.errors import FeedError
from matching.transport.gtfs import read_gtfs
from matching.transport.timetable import Timetable


def rides(timetable):
    """Weekday bits, start and calls of each run, in words."""
    found = []
    for profile, start, days, network in timetable.runs.tolist():
        first, end = timetable.profile_starts[profile : profile + 2].tolist()
        calls = [tuple(call) for call in timetable.calls[first:end].tolist()]
        found.append((days, start, network, calls))
    return found


def test_read_gtfs_small_feed_holds_its_week_as_numbers():
    timetable = read_gtfs(make_feed(), source="invented")
    assert (timetable.source, timetable.week_from) == ("invented", "2026-08-31")
    assert timetable.stops.tolist()[1] == [52_050_000, -1_900_000]
    calls = [(0, 0, 0, 1), (1, 1200, 1200, 3), (2, 2400, 2400, 2)]
    assert rides(timetable) == [(0b11111, 8 * 3600, 1, calls)]


def test_read_gtfs_rows_in_any_order_give_one_hash():
    text = times(one="a 08:00, b 08:20, c 08:40", two="c 09:00, a 09:30")
    trips = trips_of("bus week one", "bus week two")
    first = read_gtfs(make_feed(stop_times=text, trips=trips))
    for seed in range(5):
        print("seed", seed)
        head, *rows = text.splitlines()
        random.Random(seed).shuffle(rows)
        mixed = "\n".join([head, *rows])
        stops = STOPS.splitlines()
        other = "\n".join([stops[0], *reversed(stops[1:])])
        assert (
            read_gtfs(make_feed(stop_times=mixed, trips=trips, stops=other)).sha256 == first.sha256
        )


def test_timetable_read_back_is_the_same():
    timetable = read_gtfs(make_feed())
    assert Timetable.from_dict(timetable.to_dict()).sha256 == timetable.sha256


def test_read_gtfs_mark_spaces_quotes_folder_and_blank_lines_are_read_over():
    stops = '\ufeffstop_lon , "stop_lat", stop_id,junk\n-1.9,52.0,a,"x, y"\n\n-1.9, 52.05 ,b,\n'
    feed = make_feed(
        **{
            "stops": None,
            "stop_times": times(one="a 8:00, b  8:20"),
            "inner/stops.txt": stops.encode(),
        }
    )
    assert len(read_gtfs(feed).stops) == 2


def test_read_gtfs_times_after_24_stay_with_the_day_they_began_on():
    text = times(one="a 23:50, b 24:10, c 25:30")
    assert rides(read_gtfs(make_feed(stop_times=text)))[0][1] == 23 * 3600 + 50 * 60


def test_read_gtfs_missing_times_are_spread_between_those_given():
    rows = "one,08:00:00,08:00:00,a,1\none,,,b,2\none,08:40:00,08:40:00,c,3\n"
    head = "trip_id,arrival_time,departure_time,stop_id,stop_sequence\n"
    calls = rides(read_gtfs(make_feed(stop_times=head + rows)))[0][3]
    assert [call[1] for call in calls] == [0, 1200, 2400]


def test_read_gtfs_a_ride_takes_a_second_at_least():
    text = times(one="a 08:00, b 08:00, c 08:40")
    calls = rides(read_gtfs(make_feed(stop_times=text)))[0][3]
    assert calls == [(0, 0, 0, 1), (1, 1, 0, 3), (2, 2400, 2400, 2)]


def test_read_gtfs_pick_up_and_set_down_only_are_kept_and_phoned_calls_are_not_used():
    head = "trip_id,arrival_time,departure_time,stop_id,stop_sequence,pickup_type,drop_off_type\n"
    rows = [("a", 0, 0), ("b", 1, 0), ("c", 0, 1), ("a", 2, 3)]
    lines = [f"one,08:{n}0:00,08:{n}0:00,{s},{n},{up},{off}" for n, (s, up, off) in enumerate(rows)]
    calls = rides(read_gtfs(make_feed(stop_times=head + "\n".join(lines))))[0][3]
    assert [call[3] for call in calls] == [1, 2, 1, 2]


@pytest.mark.parametrize(
    ("calendar", "dates", "days"),
    [
        (WEEK, None, 0b11111),
        (WEEK, "week,20260902,2\nweek,20260905,1\n", 0b111011),
        (None, "week,20260831,1\nweek,20260906,1\n", 0b1000001),
        (f"{CALENDAR}\nweek,0,0,0,0,0,0,0,20260831,20260906\n", "week,20260904,1\n", 0b10000),
        (f"{CALENDAR}\nweek,1,1,1,1,1,1,1,20260902,20260906\n", "week,20260903,2\n", 0b1110100),
    ],
)
def test_read_gtfs_calendar_and_exceptions_say_which_days_run(calendar, dates, days):
    head = "service_id,date,exception_type\n"
    feed = make_feed(calendar=calendar, calendar_dates=dates and head + dates)
    found = read_gtfs(feed, week_of=datetime.date(2026, 9, 3))
    assert [run[2] for run in found.runs.tolist()] == [days]


def test_read_gtfs_takes_the_fullest_week_not_that_of_a_holiday():
    dates = "service_id,date,exception_type\nweek,20260831,2\n"
    assert read_gtfs(make_feed(calendar_dates=dates)).week_from == "2026-09-07"
    later = datetime.date(2026, 9, 15)
    assert read_gtfs(make_feed(calendar_dates=dates), after=later).week_from == "2026-09-21"


def test_read_gtfs_headways_are_laid_out_from_their_start():
    text = "trip_id,start_time,end_time,headway_secs\none,07:00:00,07:40:00,600\n"
    starts = [run[1] for run in read_gtfs(make_feed(frequencies=text)).runs.tolist()]
    assert starts == [25_200, 25_800, 26_400, 27_000]


def test_read_gtfs_equal_runs_share_one_profile_and_one_run_over_the_days():
    calendar = f"{WEEK}sat,0,0,0,0,0,1,0,20260831,20260927\n"
    call = "a 08:00, b 08:20"
    text = times(one=call, two=call, three="a 09:00, b 09:20")
    trips = trips_of("bus week one", "bus sat two", "bus sat three")
    found = read_gtfs(make_feed(calendar=calendar, stop_times=text, trips=trips))
    assert len(found.profile_starts) == 2
    assert [run[2] for run in found.runs.tolist()] == [0b111111, 0b100000]


def test_read_gtfs_transfers_of_a_station_hold_for_its_stops():
    stops = STOPS.replace("stop_lon\n", "stop_lon,parent_station\n").replace(
        "52.050,-1.900", "52.050,-1.900,hub"
    )
    stops += "hub,Hub (invented),52.05,-1.9,\n"
    text = "from_stop_id,to_stop_id,transfer_type,min_transfer_time\nhub,c,2,90\na,c,3,\na,b,0,\n"
    found = read_gtfs(make_feed(stops=stops, transfers=text))
    assert found.transfers.tolist() == [[0, 2, -1], [1, 2, 90]]


HEAD = "trip_id,arrival_time,departure_time,stop_id,stop_sequence\n"
A = "one,08:00:00,08:00:00,a,1\n"


@pytest.mark.parametrize(
    ("tables", "words"),
    [
        ({"stops": None}, "stops.txt is missing"),
        ({"calendar": None}, "neither calendar.txt nor calendar_dates.txt"),
        ({"stops": STOPS.replace("stop_id", "id")}, "stops.txt line 1: the column stop_id"),
        ({"stops": STOPS.replace("52.100", "92")}, "stops.txt line 4: stop_lat '92'"),
        ({"stops": STOPS.replace("52.100", "nan")}, "stops.txt line 4: stop_lat 'nan'"),
        ({"stops": STOPS.replace("52.100,-1.900", ",")}, "stops.txt line 4: 'c' has no stop_lat"),
        ({"stops": f"{STOPS}a,again,52,0\n"}, "stops.txt line 5: stop_id 'a' is given twice"),
        ({"stops": STOPS.encode() + b"d,\xff,1,1\n"}, "stops.txt after line .: the text is not"),
        ({"routes": ROUTES.replace("3", "boat")}, "routes.txt line 2: route_type 'boat'"),
        ({"trips": trips_of("tram week one")}, "trips.txt line 2: route_id 'tram'"),
        ({"trips": trips_of("bus xmas one")}, "trips.txt line 2: service_id 'xmas' is in no"),
        ({"trips": trips_of("bus week one", "bus week one")}, "trips.txt line 3: .* twice"),
        ({"trips": "route_id,service_id,trip_id\nbus\n"}, "trips.txt line 2: the row is too"),
        ({"stop_times": times(two="a 08:00, b 09:00")}, "stop_times.txt line 2: trip_id 'two'"),
        ({"stop_times": times(one="a 08:00, d 09:00")}, "stop_times.txt line 3: stop_id 'd'"),
        ({"stop_times": times(one="a 08:00, b 07:00")}, "stop_times.txt line 3: the time is"),
        ({"stop_times": times(one="a 08:00, b 08:75")}, "stop_times.txt line 3: arrival_time"),
        ({"stop_times": HEAD + A + "one,,,b,2\n"}, "stop_times.txt line 3: the first and last"),
        ({"stop_times": HEAD + A + "one,9:00:00,8:00:00,b,2\n"}, "line 3: departure_time is"),
        ({"stop_times": HEAD + A + A}, "stop_times.txt line 3: stop_sequence is given twice"),
        ({"stop_times": HEAD + A.replace(",1", ",-1")}, "line 2: stop_sequence '-1'"),
        ({"stop_times": HEAD + A}, "nothing runs in the week of 2026-08-31"),
        ({"calendar": WEEK.replace("20260831", "2026-08-31")}, "calendar.txt line 2: start_date"),
        ({"calendar": WEEK.replace("week,1", "week,2")}, "calendar.txt line 2: a weekday"),
        ({"calendar": WEEK.replace(",1", ",0")}, "no service of the feed ever runs"),
        (
            {"calendar_dates": "service_id,date,exception_type\nweek,20260901,3\n"},
            "calendar_dates.txt line 2: exception_type '3'",
        ),
        (
            {"frequencies": "trip_id,start_time,end_time,headway_secs\none,07:00:00,8:0:0,0\n"},
            "frequencies.txt line 2: headway_secs '0'",
        ),
        ({"transfers": "from_stop_id,to_stop_id,transfer_type\na,z,3\n"}, "transfers.txt line 2"),
    ],
)
def test_read_gtfs_bad_feed_is_refused_by_file_and_line(tables, words):
    with pytest.raises(FeedError, match=words):
        read_gtfs(make_feed(**tables))


def test_read_gtfs_old_feed_or_empty_week_is_refused_by_its_dates():
    with pytest.raises(FeedError, match="the feed ends on 2026-09-27"):
        read_gtfs(make_feed(), after=datetime.date(2026, 11, 1))
    with pytest.raises(FeedError, match="nothing runs in the week of 2026-11-30"):
        read_gtfs(make_feed(), week_of=datetime.date(2026, 12, 1))


@pytest.mark.parametrize("junk", [b"", b"stop_id\n", b"PK\x03\x04junk"])
def test_read_gtfs_what_is_no_zip_file_is_refused(junk):
    with pytest.raises(FeedError, match="not a zip file"):
        read_gtfs(io.BytesIO(junk))


def test_read_gtfs_damaged_zip_is_refused_by_name():
    whole = make_feed().getvalue()
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        at = archive.getinfo("stop_times.txt").header_offset + 60
    damaged = io.BytesIO(whole[:at] + bytes([whole[at] ^ 255]) + whole[at + 1 :])
    with pytest.raises(FeedError, match="stop_times"):
        read_gtfs(damaged)


@pytest.mark.parametrize(
    ("part", "value"),
    [
        ("kind", "table"),
        ("week_from", "2026-09-01"),
        ("stops", [[91_000_000, 0]] * 3),
        ("runs", [[0, 1, 0, 1]]),
        ("runs", [[9, 1, 1, 1]]),
        ("runs", [[0, 1.5, 1, 1]]),
        ("profiles", [[[0, 0, 0, 1]]]),
        ("profiles", [[[0, 0, 5, 1], [1, 5, 5, 2]]]),
        ("transfers", [[0, 7, 1]]),
        ("transfers", None),
    ],
)
def test_timetable_that_cannot_be_is_refused(part, value):
    given = read_gtfs(make_feed()).to_dict() | {part: value}
    with pytest.raises(FeedError):
        Timetable.from_dict(given)


def test_timetable_cannot_be_changed_behind_its_hash():
    timetable = read_gtfs(make_feed())
    with pytest.raises(ValueError, match="read-only"):
        timetable.runs[0, 1] = 0
    assert isinstance(timetable.runs, np.ndarray)
