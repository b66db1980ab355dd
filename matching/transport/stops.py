"""Stops with their points, and the transfers a feed asks for or rules out between them."""

from __future__ import annotations

import dataclasses

from matching.errors import FeedError
from matching.transport.feed import Feed, degrees, whole

FORBIDDEN = -1
BY_RULE = ("from_route_id", "to_route_id", "from_trip_id", "to_trip_id")


@dataclasses.dataclass(frozen=True)
class Stops:
    """Stops by id: ``at`` their number, ``points`` millionths of a degree or None, ``lines``.

    ``within`` lists the stops inside a station.
    """

    at: dict[str, int]
    points: list[tuple[int, int] | None]
    lines: list[int]
    within: dict[str, list[int]]


def read_stops(feed: Feed) -> Stops:
    """Every stop of a feed; one without a point may be there as long as nothing stops at it."""
    name = "stops.txt"
    stops = Stops({}, [], [], {})
    optional = ["stop_lat", "stop_lon", "parent_station"]
    for line, (stop, lat, lon, parent) in feed.rows(name, ["stop_id"], optional):
        if stop in stops.at:
            raise FeedError(f"{name} line {line}: stop_id {stop!r} is given twice")
        number = stops.at[stop] = len(stops.at)
        point = None
        if lat or lon:
            point = (
                degrees(name, line, "stop_lat", lat, 90),
                degrees(name, line, "stop_lon", lon, 180),
            )
        stops.points.append(point)
        stops.lines.append(line)
        if parent:
            stops.within.setdefault(parent, []).append(number)
    return stops


def read_transfers(feed: Feed, stops: Stops) -> dict[tuple[int, int], int]:
    """Seconds between two stops where the feed says so, ``FORBIDDEN`` where it rules them out.

    A transfer without a time (type 0) is left to walking; one of a timed connection (1) takes no
    time; those that hold for some routes or trips only, and in-seat ones (4, 5), are not used.
    A station stands for all its stops.
    """
    found: dict[tuple[int, int], int] = {}
    if "transfers.txt" not in feed:
        return found
    name, needed = "transfers.txt", ["from_stop_id", "to_stop_id"]
    optional = ["transfer_type", "min_transfer_time", *BY_RULE]
    for line, (one, other, kind, least, *rules) in feed.rows(name, needed, optional):
        number = whole(name, line, "transfer_type", kind or "0")
        if any(rules) or number not in (1, 2, 3) or (number == 2 and not least):
            continue
        seconds = {1: 0, 3: FORBIDDEN}.get(number)
        if seconds is None:
            seconds = whole(name, line, "min_transfer_time", least)
        for a in _members(name, line, stops, one):
            for b in _members(name, line, stops, other):
                found[a, b] = seconds
    return found


def _members(name: str, line: int, stops: Stops, stop: str) -> list[int]:
    if stop not in stops.at:
        raise FeedError(f"{name} line {line}: stop_id {stop!r} is not in stops.txt")
    return [stops.at[stop], *stops.within.get(stop, [])]
