"""Seconds by public transport between homes and sites, for every shift, both ways.

There: from leaving home to the start of the shift, waiting for it included. Back: from the end
of the shift to being home, waiting for the first ride included.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from matching.rates import Rate
from matching.records import Spans
from matching.transport.footpaths import WALK_TO_STOP, Footpaths, as_rows, changes, ways_on_foot
from matching.transport.scan import LATE, Question, latest_departures
from matching.transport.timetable import Connections, Timetable, connections, running

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Moment = tuple[int, int, int]
HORIZON = 3 * 3600
NEVER = -1
THERE, BACK = 0, 1
CELLS = 8_000_000


@dataclasses.dataclass(frozen=True, slots=True)
class Ground:
    """What every search over the same homes and sites shares: ways on foot."""

    timetable: Timetable
    homes: Footpaths
    sites: Footpaths
    changes: tuple[Ints, Ints, Ints]

    @classmethod
    def of(cls, timetable: Timetable, walk: Rate, homes: Floats, sites: Floats) -> Ground:
        """Ways on foot from homes and sites to stops, and from stop to stop."""
        stops = timetable.stops / 1_000_000
        return cls(
            timetable,
            ways_on_foot(homes, stops, walk, WALK_TO_STOP),
            ways_on_foot(sites, stops, walk, WALK_TO_STOP),
            changes(timetable, walk),
        )

    def feet(self, way: int) -> Footpaths:
        """Changes by the stop that is boarded; on the way back the clock runs backwards."""
        ones, others, seconds = self.changes
        rows, ends = (others, ones) if way == THERE else (ones, others)
        return as_rows(rows, ends, seconds, len(self.timetable.stops))


def travel_seconds(
    timetable: Timetable,
    walk: Rate,
    homes: Floats,
    sites: Floats,
    shifts: Sequence[Spans],
    networks: int,
) -> tuple[Ints, Ints]:
    """The longest journey there and back over all shifts of each site.

    Parameters
    ----------
    timetable : Timetable
    walk : Rate
        How people walk to and between stops.
    homes, sites : float64[N, 2], float64[M, 2]
        Latitude and longitude, NaN where unknown.
    shifts : sequence of M lists of (weekday, start, end)
    networks : int
        1 for bus, 2 for train, 3 for both.

    Returns
    -------
    there, back : int64[N, M]
        Seconds, -1 where a shift cannot be served within three hours, or there are none.

    Notes
    -----
    One scan serves all sites and all homes at once. Weekdays on which the same runs are under
    way share one scan. O(rides within the window × sites + stops near homes × sites) for each.

    Examples
    --------
    >>> from matching.rates import RATES
    >>> calls = [[0, 0, 0, 1], [1, 1200, 1200, 2]]  # from stop 0 to stop 1 in 20 minutes
    >>> stops = np.array([[52_000_000, -1_900_000], [52_050_000, -1_900_000]])
    >>> runs = np.array([[0, 30_000, 1, 1]])  # at 08:20 on Mondays
    >>> none = np.zeros((0, 3), dtype=np.int64)
    >>> week = Timetable("", "2026-09-07", stops, np.array([0, 2]), np.array(calls), runs, none)
    >>> home, site = stops[:1] / 1e6, stops[1:] / 1e6
    >>> there, _ = travel_seconds(week, RATES["walk"], home, site, [((0, 540, 1020),)], 1)
    >>> there.tolist()  # leaves home at 08:20 to be there at 09:00
    [[2400]]
    """
    some, home_at = np.unique(homes, axis=0, return_inverse=True)
    spots, spot_at = np.unique(sites, axis=0, return_inverse=True)
    ground = Ground.of(timetable, walk, some, spots)
    spot_of = spot_at.ravel().tolist()
    found = [_one_way(ground, shifts, spot_of, networks, way) for way in (THERE, BACK)]
    return found[THERE][home_at.ravel()], found[BACK][home_at.ravel()]


def moments(shifts: Spans, way: int) -> list[tuple[int, int]]:
    """Weekday and minute at which each shift begins, or ends, on the day of the clock."""
    at = [(weekday, start if way == THERE else end) for weekday, start, end in shifts]
    return [((day + minute // 1440) % 7, minute % 1440) for day, minute in at]


def _one_way(
    ground: Ground, shifts: Sequence[Spans], spot_of: list[int], networks: int, way: int
) -> Ints:
    n_homes = len(ground.homes.starts) - 1
    longest = np.full((n_homes, len(shifts)), NEVER, dtype=np.int64)
    asked: dict[Moment, list[int]] = {}
    for col, spans in enumerate(shifts):
        for day, minute in moments(spans, way):
            asked.setdefault((day, minute, spot_of[col]), []).append(col)
        longest[:, col] = 0 if spans else NEVER
    for weekdays, under_way in _alike(ground.timetable, asked, networks, way):
        marks = sorted({(minute, spot) for day, minute, spot in asked if day in weekdays})
        seconds = _scan(ground, marks, under_way, way)
        for k, (minute, spot) in enumerate(marks):
            cols = {c for day in weekdays for c in asked.get((day, minute, spot), ())}
            for col in cols:
                both = np.minimum(longest[:, col], seconds[:, k]) == NEVER
                longest[:, col] = np.maximum(longest[:, col], seconds[:, k])
                longest[both, col] = NEVER
    return longest


def _window(minutes: Sequence[int], way: int) -> tuple[int, int]:
    first, last = min(minutes) * 60, max(minutes) * 60
    return (first - HORIZON, last) if way == THERE else (first, last + HORIZON)


def _alike(
    timetable: Timetable, asked: dict[Moment, list[int]], networks: int, way: int
) -> list[tuple[set[int], Ints]]:
    """Weekdays that are asked about, those with the same runs under way together."""
    if not asked:
        return []
    begin, end = _window([minute for _, minute, _ in asked], way)
    groups: dict[bytes, tuple[set[int], Ints]] = {}
    for day in sorted({day for day, _, _ in asked}):
        under_way = running(timetable, day, networks, begin, end)
        groups.setdefault(under_way.tobytes(), (set(), under_way))[0].add(day)
    return list(groups.values())


def _scan(ground: Ground, marks: list[tuple[int, int]], under_way: Ints, way: int) -> Ints:
    """Seconds of each home for each (minute, spot), int64[N, K]."""
    begin, end = _window([minute for minute, _ in marks], way)
    rides = connections(ground.timetable, under_way, begin, end)
    if way == BACK:
        rides, marks = _backwards(rides), [(-minute, spot) for minute, spot in marks]
    order = sorted(range(len(marks)), key=lambda k: marks[k])
    due = np.array([marks[k][0] * 60 for k in order], dtype=np.int64)
    by = _on_foot(ground, due, [marks[k][1] for k in order])
    at_stop = latest_departures(rides, ground.feet(way), Question(due, by, HORIZON))
    seconds = np.full((len(ground.homes.starts) - 1, len(marks)), NEVER, dtype=np.int64)
    seconds[:, order] = _from_homes(ground.homes, at_stop, due)
    return seconds


def _backwards(rides: Connections) -> Connections:
    """The same rides with time and direction turned round."""
    return Connections(
        rides.to_stop,
        rides.from_stop,
        -rides.arrive,
        -rides.leave,
        rides.run,
        -rides.place,
        rides.alight,
        rides.board,
        rides.n_runs,
    )


def _on_foot(ground: Ground, due: Ints, spots: list[int]) -> npt.NDArray[np.int32]:
    by = np.full((len(ground.timetable.stops), len(due)), LATE, dtype=np.int32)
    for k, spot in enumerate(spots):
        near = slice(ground.sites.starts[spot], ground.sites.starts[spot + 1])
        by[ground.sites.ends[near], k] = due[k] - ground.sites.seconds[near]
    return by


def _from_homes(homes: Footpaths, at_stop: npt.NDArray[np.int32], due: Ints) -> Ints:
    """Seconds from leaving home until due, by the best stop to walk to."""
    n, width = len(homes.starts) - 1, max(len(due), 1)
    seconds = np.full((n, len(due)), NEVER, dtype=np.int64)
    has = np.flatnonzero(np.diff(homes.starts) > 0)
    sizes = np.diff(homes.starts)[has]
    blocks = np.cumsum(sizes) * width // CELLS
    for block in np.unique(blocks).tolist():
        rows = has[blocks == block]
        part = slice(homes.starts[rows[0]], homes.starts[rows[-1] + 1])
        leaving = at_stop[homes.ends[part]] - homes.seconds[part, None].astype(np.int32)
        latest = np.maximum.reduceat(leaving, homes.starts[rows] - part.start, axis=0)
        took = due - latest.astype(np.int64)
        seconds[rows] = np.where(took <= HORIZON, took, NEVER)
    return seconds
