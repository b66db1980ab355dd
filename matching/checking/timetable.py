"""Journeys by timetable found a second time, for the checker: a graph of events, searched.

Every arrival and departure of a window of time is a node, and an edge leads from each event to
those that may come just before it. Written from the rules and not from ``matching.transport``,
of which it reads the data only. The time-expanded graph: Schulz, Wagner and Weihe,
doi:10.1145/351827.384254.
"""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array
from scipy.sparse.csgraph import breadth_first_order

Ints = npt.NDArray[np.int64]
DAY, AGES = 86_400, 10**7
NONE = -(10**9)


@dataclasses.dataclass(frozen=True, slots=True)
class Calls:
    """Calls of one window, int64[K] each: where, arrival, departure, which run and its order.

    On the way home the clock is turned round, so that one search serves both ways.
    """

    stop: Ints
    arrive: Ints
    leave: Ints
    run: Ints
    on: npt.NDArray[np.bool_]
    off: npt.NDArray[np.bool_]


def under_way(
    timetable: Any, weekday: int, networks: int, due: int, window: int, homeward: bool
) -> Ints:
    """Runs in the ``window`` seconds before ``due`` (after it, homeward): number, start."""
    low, high = (due, due + window) if homeward else (due - window, due)
    runs, ends = timetable.runs, timetable.profile_starts[1:] - 1
    found = []
    for day in range(-7, 3):
        sails = ((runs[:, 2] >> ((weekday + day) % 7)) & 1 > 0) & ((runs[:, 3] & networks) > 0)
        begin = runs[:, 1] + day * DAY
        last = begin + timetable.calls[ends[runs[:, 0]], 1]
        at = np.flatnonzero(sails & (begin <= high) & (last >= low))
        found.append(np.column_stack([at, begin[at]]))
    return np.concatenate(found)


def calls_of(timetable: Any, some: Ints, homeward: bool) -> Calls:
    """Every call of the runs under way."""
    starts, parts = timetable.profile_starts, [np.zeros((0, 4), dtype=np.int64)]
    for run, begin in some.tolist():
        profile = timetable.runs[run, 0]
        one = timetable.calls[starts[profile] : starts[profile + 1]]
        parts.append(one + np.array([0, begin, begin, 0]))
    table = np.concatenate(parts)
    which = np.repeat(np.arange(len(parts)), [len(part) for part in parts])
    may = table[:, 3]
    found = Calls(table[:, 0], table[:, 1], table[:, 2], which, (may & 1) > 0, (may & 2) > 0)
    return _turned(found) if homeward else found


def _turned(calls: Calls) -> Calls:
    back = slice(None, None, -1)
    return Calls(
        calls.stop[back],
        -calls.leave[back],
        -calls.arrive[back],
        calls.run[back],
        calls.off[back],
        calls.on[back],
    )


class EventGraph:
    """The calls of a window as events, each with edges to what may come just before it.

    Node k is getting off at call k, node K + k is getting on at call k.
    """

    def __init__(self, calls: Calls, changes: tuple[Ints, Ints, Ints], n_stops: int) -> None:
        self.calls, self.size, self.n_stops = calls, len(calls.stop), n_stops
        self.order = np.lexsort((calls.arrive, calls.stop))
        self.order = self.order[calls.off[self.order]]
        self.keys = calls.stop[self.order] * AGES + calls.arrive[self.order] + AGES // 2
        edges = [self._rides(), self._waits(), self._changes(changes)]
        ends = np.concatenate([np.array(part) for part in edges], axis=1)
        n = 2 * self.size
        self.graph = csr_array((np.ones(ends.shape[1]), (ends[0], ends[1])), shape=(n + 1, n + 1))

    def _rides(self) -> tuple[Ints, Ints]:
        """Getting off at a call comes after being on board, which began at some call before it."""
        at = np.flatnonzero(self.calls.run[1:] == self.calls.run[:-1]) + 1
        # Being on board between two calls needs no node: 'getting on' at a call leads to the
        # call before as well, whether or not anybody may get on there.
        return np.concatenate([at, at + self.size]), np.concatenate([at - 1, at - 1]) + self.size

    def _waits(self) -> tuple[Ints, Ints]:
        """Whoever may come late to a stop may also come earlier."""
        same = self.keys[1:] // AGES == self.keys[:-1] // AGES
        return self.order[1:][same], self.order[:-1][same]

    def _changes(self, changes: tuple[Ints, Ints, Ints]) -> tuple[Ints, Ints]:
        """Getting on comes after the last getting off near by that leaves time to walk."""
        ones, others, seconds = changes
        by = np.argsort(others, kind="stable")
        first = np.searchsorted(others[by], np.arange(self.n_stops + 1))
        at = np.flatnonzero(self.calls.on)
        many = (first[1:] - first[:-1])[self.calls.stop[at]]
        boarding = np.repeat(at, many)
        offset = np.arange(len(boarding)) - np.repeat(np.cumsum(many) - many, many)
        change = by[first[self.calls.stop[boarding]] + offset]
        last = self.calls.leave[boarding] - seconds[change]
        found = self._last_off(ones[change], last)
        good = found >= 0
        return boarding[good] + self.size, found[good]

    def _last_off(self, stops: Ints, times: Ints) -> Ints:
        """The last call at each stop that one can get off at by a time, -1 for none."""
        if not len(self.keys):
            return np.full(len(stops), -1, dtype=np.int64)
        at = np.searchsorted(self.keys, stops * AGES + times + AGES // 2, side="right") - 1
        here = (at >= 0) & (self.keys[np.maximum(at, 0)] // AGES == stops)
        return np.where(here, self.order[np.maximum(at, 0)], -1)

    def latest(self, stops: Ints, by: Ints) -> Ints:
        """When to get on at each stop to get off at one of ``stops`` in time, ``NONE`` if never.

        int64[S], found by going through the graph from the end.
        """
        leaving = np.full(self.n_stops, NONE, dtype=np.int64)
        ends = self._last_off(stops, by)
        ends = ends[ends >= 0]
        source, base = 2 * self.size, self.graph
        bounds = np.append(base.indptr[:-1], base.indptr[-1] + len(ends))
        joined = np.append(base.indices, ends), bounds
        graph = csr_array((np.ones(len(joined[0])), *joined), shape=base.shape)
        seen = np.zeros(source + 1, dtype=bool)
        seen[breadth_first_order(graph, source, return_predecessors=False)] = True
        on = seen[self.size : -1] & self.calls.on
        np.maximum.at(leaving, self.calls.stop[on], self.calls.leave[on])
        return leaving
