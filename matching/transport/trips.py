"""Trips of a week from calls: equal runs share one profile, whatever order the feed had them in."""

from __future__ import annotations

import dataclasses

import numpy as np
import numpy.typing as npt

from matching.errors import FeedError
from matching.transport.calendar import Services
from matching.transport.calls import ALIGHT, BOARD, Calls
from matching.transport.feed import Feed, clock, whole

BUS, TRAIN = 1, 2
RAIL = (2, *range(100, 118))
Ints = npt.NDArray[np.int64]


@dataclasses.dataclass(frozen=True)
class Trips:
    """Trips of trips.txt: ``at`` their number by id; service and network int64[T]."""

    at: dict[str, int]
    service: Ints
    network: Ints


def read_trips(feed: Feed, services: Services) -> Trips:
    """Trips with their service and whether they are a train or anything else (a bus).

    Trams, metros, coaches and ferries count with the buses: what a page calls bus or tram.
    """
    networks = {}
    for line, (route, kind) in feed.rows("routes.txt", ["route_id", "route_type"]):
        networks[route] = TRAIN if whole("routes.txt", line, "route_type", kind) in RAIL else BUS
    at: dict[str, int] = {}
    rows = []
    name = "trips.txt"
    for line, (route, service, trip) in feed.rows(name, ["route_id", "service_id", "trip_id"]):
        if route not in networks:
            raise FeedError(f"{name} line {line}: route_id {route!r} is not in routes.txt")
        if service not in services.at:
            raise FeedError(f"{name} line {line}: service_id {service!r} is in no calendar")
        if trip in at:
            raise FeedError(f"{name} line {line}: trip_id {trip!r} is given twice")
        at[trip] = len(at)
        rows.append((services.at[service], networks[route]))
    table = np.array(rows, dtype=np.int64).reshape(-1, 2)
    return Trips(at, table[:, 0], table[:, 1])


def read_headways(feed: Feed, trips: Trips) -> dict[int, list[range]]:
    """Trip number to the seconds at which it starts, for trips that run every so often."""
    found: dict[int, list[range]] = {}
    if "frequencies.txt" not in feed:
        return found
    name, needed = "frequencies.txt", ["trip_id", "start_time", "end_time", "headway_secs"]
    for line, (trip, start, end, headway) in feed.rows(name, needed):
        if trip not in trips.at:
            raise FeedError(f"{name} line {line}: trip_id {trip!r} is not in trips.txt")
        step = whole(name, line, "headway_secs", headway, lowest=1)
        first, last = clock(name, line, "start_time", start), clock(name, line, "end_time", end)
        found.setdefault(trips.at[trip], []).append(range(first, last, step))
    return found


def make_profiles(
    calls: Calls, trips: Trips, days: Ints, headways: dict[int, list[range]]
) -> tuple[list[Ints], Ints]:
    """Profiles and the trips that follow them.

    Parameters
    ----------
    calls : Calls
    trips : Trips
    days : int64[T]
        Bits of the weekdays of each trip, Monday 1.
    headways : dict of int to list of range

    Returns
    -------
    profiles : list of int64[C, 4]
        Stop, arrival and departure in seconds from the start, and flags.
    runs : int64[R, 4]
        Profile, start in seconds after midnight, weekday bits, network; sorted.
    """
    bounds = np.flatnonzero(np.r_[True, calls.trip[1:] != calls.trip[:-1], True])
    table = np.column_stack([calls.stop, calls.arrive, calls.leave, calls.flags])
    known: dict[bytes, int] = {}
    profiles: list[Ints] = []
    runs: dict[tuple[int, int, int], int] = {}
    for begin, end in zip(bounds[:-1].tolist(), bounds[1:].tolist(), strict=True):
        if end - begin < 2:
            continue
        trip = int(calls.trip[begin])
        profile, start = _profile(table[begin:end])
        number = known.setdefault(profile.astype("<i4").tobytes(), len(known))
        if number == len(profiles):
            profiles.append(profile)
        starts = [s for part in headways.get(trip, [range(start, start + 1)]) for s in part]
        for second in starts:
            run = (number, second, int(trips.network[trip]))
            runs[run] = runs.get(run, 0) | int(days[trip])
    return _sorted(profiles, runs)


def _profile(calls: Ints) -> tuple[Ints, int]:
    """Calls by seconds from the first departure; nobody alights first or boards last."""
    profile, start = calls.copy(), int(calls[0, 2])
    profile[:, 1:3] -= start
    profile[0, 1], profile[-1, 2] = 0, profile[-1, 1]
    profile[0, 3] &= BOARD
    profile[-1, 3] &= ALIGHT
    return profile, start


def _sorted(profiles: list[Ints], runs: dict[tuple[int, int, int], int]) -> tuple[list[Ints], Ints]:
    order = sorted(range(len(profiles)), key=lambda at: profiles[at].ravel().tolist())
    place = {old: new for new, old in enumerate(order)}
    table = sorted((place[p], second, days, net) for (p, second, net), days in runs.items())
    return [profiles[at] for at in order], np.array(table, dtype=np.int64).reshape(-1, 4)
