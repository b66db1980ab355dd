"""The connection scan: from one place and time, the latest that everywhere can be left.

Dibbelt, Pajor, Strasser and Wagner, Connection Scan Algorithm, doi:10.1145/3274661. Here one pass
over the rides, latest first, serves many places and times at once: a column each.
"""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from matching.transport.footpaths import Footpaths
from matching.transport.timetable import Connections

Ints = npt.NDArray[np.int64]
Seconds = npt.NDArray[np.int32]
LATE = np.int32(-(2**30))
SMALL = 200_000
Kernel = Callable[..., None]


@dataclasses.dataclass(frozen=True, slots=True)
class Question:
    """Where to be by when: one column each, by rising ``due`` int64[K] in seconds.

    ``by`` int32[S, K] is when one must have got off at a stop to be there on foot in time,
    ``LATE`` where one cannot walk from there. ``horizon`` is how many seconds before ``due``
    are looked at.
    """

    due: Ints
    by: Seconds
    horizon: int


def latest_departures(rides: Connections, feet: Footpaths, question: Question) -> Seconds:
    """When one must be at each stop, ready to get on, to be where asked in time.

    Parameters
    ----------
    rides : Connections
    feet : Footpaths
        Row s: stops from which one may change to stop s, and the seconds that takes.
    question : Question

    Returns
    -------
    int32[S, K]
        Seconds of the departure, ``LATE`` where there is none.

    Notes
    -----
    A ride takes a second at least, so whatever follows a ride is scanned before it. O(rides × K)
    at worst; a column is only looked at within ``horizon`` seconds before it is due.
    """
    order = np.lexsort((-rides.place, -rides.arrive, -rides.leave))
    leave = rides.leave[order]
    first = np.searchsorted(question.due, leave, side="right")
    last = np.searchsorted(question.due, leave + question.horizon, side="right")
    busy = last > first
    order, leave, first, last = order[busy], leave[busy], first[busy], last[busy]
    by, n_columns = question.by.copy(), len(question.due)
    at_stop = np.full(by.shape, LATE, dtype=np.int32)
    aboard = np.zeros((rides.n_runs, n_columns), dtype=np.bool_)
    kernel = scan_rows if len(order) * n_columns < SMALL else _fastest()
    kernel(
        rides.from_stop[order],
        rides.to_stop[order],
        leave,
        rides.arrive[order],
        rides.run[order],
        rides.board[order],
        rides.alight[order],
        first,
        last,
        feet.starts,
        feet.ends,
        feet.seconds,
        by,
        aboard,
        at_stop,
    )
    return at_stop


def scan_rows(
    from_stop: Ints,
    to_stop: Ints,
    leave: Ints,
    arrive: Ints,
    run: Ints,
    board: npt.NDArray[np.bool_],
    alight: npt.NDArray[np.bool_],
    first: Ints,
    last: Ints,
    starts: Ints,
    ends: Ints,
    seconds: Ints,
    by: Seconds,
    aboard: npt.NDArray[np.bool_],
    at_stop: Seconds,
) -> None:
    """The scan with one array operation a ride, for when nothing is compiled."""
    for c in range(len(leave)):
        some = slice(first[c], last[c])
        good = aboard[run[c], some]
        if alight[c]:
            good |= by[to_stop[c], some] >= arrive[c]
        if not board[c]:
            continue
        here = at_stop[from_stop[c], some]
        better = good & (here < leave[c])
        if not better.any():
            continue
        here[better] = leave[c]
        for f in range(starts[from_stop[c]], starts[from_stop[c] + 1]):
            row = by[ends[f], some]
            np.maximum(row, leave[c] - seconds[f], out=row, where=better)


def scan_cells(
    from_stop: Ints,
    to_stop: Ints,
    leave: Ints,
    arrive: Ints,
    run: Ints,
    board: npt.NDArray[np.bool_],
    alight: npt.NDArray[np.bool_],
    first: Ints,
    last: Ints,
    starts: Ints,
    ends: Ints,
    seconds: Ints,
    by: Seconds,
    aboard: npt.NDArray[np.bool_],
    at_stop: Seconds,
) -> None:
    """The same scan cell by cell, to be compiled."""
    better = np.empty(by.shape[1], dtype=np.int64)
    for c in range(len(leave)):
        r, a, b, n_better = run[c], from_stop[c], to_stop[c], 0
        for k in range(first[c], last[c]):
            if not aboard[r, k]:
                if not alight[c] or by[b, k] < arrive[c]:
                    continue
                aboard[r, k] = True
            if board[c] and at_stop[a, k] < leave[c]:
                at_stop[a, k] = leave[c]
                better[n_better] = k
                n_better += 1
        if n_better == 0:
            continue
        for f in range(starts[a], starts[a + 1]):
            end, latest = ends[f], leave[c] - seconds[f]
            for i in range(n_better):
                if by[end, better[i]] < latest:
                    by[end, better[i]] = latest


@functools.cache
def _fastest() -> Kernel:
    """The compiled scan where the extra ``fast`` is installed, else the one by rows."""
    try:
        from matching.assignment.kernel.compiling import compiled
    except ImportError:
        return scan_rows
    return compiled(scan_cells)
