"""GTFS: a zip file of text tables in, one week of public transport out.

The format is described at https://gtfs.org/documentation/schedule/reference/.
"""

from __future__ import annotations

import dataclasses
import datetime
from typing import BinaryIO

import numpy as np
import numpy.typing as npt

from matching.errors import FeedError
from matching.transport.calendar import choose_week, read_services
from matching.transport.calls import Calls, read_calls
from matching.transport.feed import Feed
from matching.transport.stops import Stops, read_stops, read_transfers
from matching.transport.timetable import Timetable
from matching.transport.trips import make_profiles, read_headways, read_trips

Ints = npt.NDArray[np.int64]


def read_gtfs(
    file: BinaryIO,
    *,
    source: str = "",
    week_of: datetime.date | None = None,
    after: datetime.date | None = None,
) -> Timetable:
    """The week of a GTFS feed that stands for every week.

    Parameters
    ----------
    file : binary file
        The zip file, open for reading.
    source : str
        Where it is from, to be shown beside the minutes it gives.
    week_of : date, optional
        A day of the week to take. By default the week with most trips, the earliest of those.
    after : date, optional
        Only weeks from this day on are looked at.

    Returns
    -------
    Timetable

    Raises
    ------
    FeedError
        Naming the file and the line that cannot be used.

    Notes
    -----
    Used: stops, routes, trips, stop_times, calendar, calendar_dates, frequencies, transfers.
    Times run on after 24:00 for trips of the day before; missing ones between two known are
    spread evenly. Trips by headway are laid out from their start. Calls that must be phoned for
    are passed by. Fares, shapes, blocks and in-seat transfers are not used.
    O(rows of stop_times log of the same).

    Examples
    --------
    >>> import io, zipfile
    >>> tables = {
    ...     "stops": "stop_id,stop_lat,stop_lon\\na,52.0,-1.9\\nb,52.1,-1.9",
    ...     "routes": "route_id,route_type\\nr,3",
    ...     "trips": "route_id,service_id,trip_id\\nr,s,t",
    ...     "calendar_dates": "service_id,date,exception_type\\ns,20260907,1",
    ...     "stop_times": "trip_id,arrival_time,departure_time,stop_id,stop_sequence\\n"
    ...     "t,08:00:00,08:00:00,a,1\\nt,08:20:00,08:20:00,b,2",
    ... }
    >>> packed = io.BytesIO()
    >>> with zipfile.ZipFile(packed, "w") as archive:
    ...     for name, text in tables.items():
    ...         archive.writestr(f"{name}.txt", text)
    >>> week = read_gtfs(packed)
    >>> week.week_from, week.runs.tolist()
    ('2026-09-07', [[0, 28800, 1, 1]])
    """
    feed = Feed(file)
    services, stops = read_services(feed), read_stops(feed)
    trips = read_trips(feed, services)
    n_trips = np.bincount(trips.service, minlength=len(services.at))
    if week_of is None:
        monday = choose_week(services, n_trips, after)
    else:
        monday = week_of.toordinal() - week_of.weekday()
    on = services.week(monday)
    days = (on @ (1 << np.arange(7)))[trips.service]
    wanted = {name: at if days[at] else -1 for name, at in trips.at.items()}
    calls = read_calls(feed, wanted, stops)
    place, points = _used_stops(stops, calls)
    calls = dataclasses.replace(calls, stop=place[calls.stop])
    profiles, runs = make_profiles(calls, trips, days, read_headways(feed, trips))
    week = datetime.date.fromordinal(monday)
    if not len(runs):
        raise FeedError(f"stop_times.txt: nothing runs in the week of {week}")
    return Timetable(
        source,
        week.isoformat(),
        points,
        np.cumsum([0, *map(len, profiles)], dtype=np.int64),
        np.concatenate(profiles),
        runs,
        _transfers(feed, stops, place),
    )


def _used_stops(stops: Stops, calls: Calls) -> tuple[Ints, Ints]:
    """New numbers of the stops where anything calls, in the order of their ids, and points."""
    calling = np.unique(calls.stop)
    ids = list(stops.at)
    for stop in calling.tolist():
        if stops.points[stop] is None:
            raise FeedError(f"stops.txt line {stops.lines[stop]}: {ids[stop]!r} has no stop_lat")
    used = sorted(calling.tolist(), key=ids.__getitem__)
    place = np.full(len(ids), -1, dtype=np.int64)
    place[used] = np.arange(len(used))
    return place, np.array([stops.points[stop] for stop in used], dtype=np.int64).reshape(-1, 2)


def _transfers(feed: Feed, stops: Stops, place: Ints) -> Ints:
    found = sorted(
        (int(place[one]), int(place[other]), seconds)
        for (one, other), seconds in read_transfers(feed, stops).items()
        if place[one] >= 0 and place[other] >= 0
    )
    return np.array(found, dtype=np.int64).reshape(-1, 3)
