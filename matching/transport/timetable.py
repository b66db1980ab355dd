"""One week of public transport as whole numbers: stops, runs and transfers, under one hash."""

from __future__ import annotations

import dataclasses
import datetime
import functools
import hashlib
import itertools
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from matching.errors import FeedError

Ints = npt.NDArray[np.int64]
DAY = 86_400
MOST = 2**31 - 1


@dataclasses.dataclass(frozen=True, eq=False)
class Timetable:
    """What runs in one week, which stands for every week.

    ``source`` says where it is from, ``week_from`` is its Monday (ISO). ``stops`` int64[S, 2]
    are millionths of a degree north and east. Profile p has the calls
    ``calls[profile_starts[p]:profile_starts[p + 1]]``, int64[C, 4]: stop, arrival, departure in
    seconds from its start, flags (1 may board, 2 may alight). ``runs`` int64[R, 4]: profile,
    start in seconds after midnight, weekday bits (Monday 1), network (1 bus, 2 train).
    ``transfers`` int64[X, 3]: from, to, seconds (-1 rules it out).
    """

    source: str
    week_from: str
    stops: Ints
    profile_starts: Ints
    calls: Ints
    runs: Ints
    transfers: Ints

    def __post_init__(self) -> None:
        for array in (self.stops, self.profile_starts, self.calls, self.runs, self.transfers):
            array.setflags(write=False)

    @functools.cached_property
    def sha256(self) -> str:
        """The hash of all that it holds."""
        seal = hashlib.sha256(f"{self.source}\n{self.week_from}\n".encode())
        for array in (self.stops, self.profile_starts, self.calls, self.runs, self.transfers):
            seal.update(str(array.shape).encode() + array.astype("<i8").tobytes())
        return seal.hexdigest()

    @functools.cached_property
    def durations(self) -> Ints:
        """Seconds from the start to the last call of each profile, int64[P]."""
        ends: Ints = self.calls[self.profile_starts[1:] - 1, 1]
        return ends

    @functools.cached_property
    def networks(self) -> int:
        """What runs at all: 1 for buses, 2 for trains, 3 for both."""
        return int(np.bitwise_or.reduce(self.runs[:, 3], initial=0))

    def to_dict(self) -> dict[str, Any]:
        """The timetable as plain values."""
        bounds = itertools.pairwise(self.profile_starts.tolist())
        calls = self.calls.tolist()
        return {
            "kind": "timetable",
            "source": self.source,
            "week_from": self.week_from,
            "stops": self.stops.tolist(),
            "profiles": [calls[a:b] for a, b in bounds],
            "runs": self.runs.tolist(),
            "transfers": self.transfers.tolist(),
        }

    @classmethod
    def from_dict(cls, given: Mapping[str, Any]) -> Timetable:
        """The timetable that a dictionary of :meth:`to_dict` describes.

        Raises
        ------
        FeedError
            Naming the part that is missing or cannot be.
        """
        try:
            if given["kind"] != "timetable":
                raise FeedError(f"timetable: kind {given['kind']!r} is not a timetable")
            week = datetime.date.fromisoformat(given["week_from"])
            sizes = [len(profile) for profile in given["profiles"]]
            found = cls(
                str(given["source"]),
                week.isoformat(),
                _table("stops", given["stops"], 2),
                np.cumsum([0, *sizes], dtype=np.int64),
                _table("profiles", [call for p in given["profiles"] for call in p], 4),
                _table("runs", given["runs"], 4),
                _table("transfers", given["transfers"], 3),
            )
        except (KeyError, TypeError, ValueError) as wrong:
            if isinstance(wrong, FeedError):
                raise
            raise FeedError(f"timetable: it cannot be read, {wrong!r}") from None
        found._check()
        return found

    def _check(self) -> None:
        n_stops, n_profiles = len(self.stops), len(self.profile_starts) - 1
        sound = {
            "week_from": datetime.date.fromisoformat(self.week_from).weekday() == 0,
            "stops": bool((np.abs(self.stops) <= (90_000_000, 180_000_000)).all()),
            "profiles": bool(
                (np.diff(self.profile_starts) >= 2).all()
                and _within(self.calls[:, 0], n_stops)
                and _within(self.calls[:, 1:3], MOST)
                and _within(self.calls[:, 3], 4)
                and self._goes_on()
            ),
            "runs": bool(
                len(self.runs)
                and _within(self.runs[:, 0], n_profiles)
                and _within(self.runs[:, 1], MOST)
                and _within(self.runs[:, 2] - 1, 127)
                and _within(self.runs[:, 3] - 1, 2)
            ),
            "transfers": bool(
                _within(self.transfers[:, :2], n_stops) and _within(self.transfers[:, 2] + 1, MOST)
            ),
        }
        for part, holds in sound.items():
            if not holds:
                raise FeedError(f"timetable: {part} holds a value that cannot be")

    def _goes_on(self) -> bool:
        """Within a profile every call is later than the one before."""
        inside = np.ones(max(len(self.calls) - 1, 0), dtype=bool)
        inside[self.profile_starts[1:-1] - 1] = False
        later = self.calls[1:, 1] > self.calls[:-1, 2]
        return bool(later[inside].all())


def _table(part: str, rows: Any, width: int) -> Ints:
    if any(len(row) != width or any(type(x) is not int for x in row) for row in rows):
        raise FeedError(f"timetable: {part} must hold rows of {width} whole numbers")
    return np.array(rows, dtype=np.int64).reshape(-1, width)


def _within(values: Ints, size: int) -> bool:
    return bool(((values >= 0) & (values < size)).all())


@dataclasses.dataclass(frozen=True, slots=True)
class Connections:
    """Rides from one call to the next, int64[K] each: stops, seconds, run of ``n_runs``, place.

    Seconds count from midnight of the day asked about, so the day before is below 0.
    ``board`` and ``alight`` say where people may get on and off.
    """

    from_stop: Ints
    to_stop: Ints
    leave: Ints
    arrive: Ints
    run: Ints
    place: Ints
    board: npt.NDArray[np.bool_]
    alight: npt.NDArray[np.bool_]
    n_runs: int


def running(timetable: Timetable, weekday: int, networks: int, begin: int, end: int) -> Ints:
    """Runs under way between two seconds of a weekday: their number and start, int64[K, 2].

    ``networks`` is 1 for bus, 2 for train, 3 for both. Runs of the days before that go on after
    midnight are among them, and those of the day after if ``end`` is past midnight.
    """
    runs, parts = timetable.runs, []
    durations = timetable.durations[runs[:, 0]]
    longest = int((runs[:, 1] + durations).max(initial=0))
    for offset in range((begin - longest) // DAY, end // DAY + 1):
        start = runs[:, 1] + offset * DAY
        on = (runs[:, 2] >> ((weekday + offset) % 7)) & 1
        here = (on > 0) & ((runs[:, 3] & networks) > 0)
        at = np.flatnonzero(here & (start <= end) & (start + durations >= begin))
        parts.append(np.column_stack([at, start[at]]))
    return np.concatenate(parts)


def connections(timetable: Timetable, under_way: Ints, begin: int, end: int) -> Connections:
    """The rides of runs that leave and arrive between two seconds, in no order."""
    profile = timetable.runs[under_way[:, 0], 0]
    first = timetable.profile_starts[profile]
    hops = timetable.profile_starts[profile + 1] - first - 1
    run = np.repeat(np.arange(len(under_way)), hops)
    place = np.arange(len(run)) - np.repeat(np.cumsum(hops) - hops, hops)
    at = first[run] + place
    calls, start = timetable.calls, under_way[run, 1]
    leave, arrive = calls[at, 2] + start, calls[at + 1, 1] + start
    inside = (leave >= begin) & (arrive <= end)
    at, run, place = at[inside], run[inside], place[inside]
    return Connections(
        calls[at, 0],
        calls[at + 1, 0],
        leave[inside],
        arrive[inside],
        run,
        place,
        (calls[at, 3] & 1) > 0,
        (calls[at + 1, 3] & 2) > 0,
        len(under_way),
    )
