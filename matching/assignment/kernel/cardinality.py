"""Most rows matched, costs aside: a greedy start, then forests of alternating paths.

A column may hold several rows.
"""

from __future__ import annotations

import numpy as np

from matching.assignment.kernel.compiling import Bools, Ints, Ints32, compiled
from matching.assignment.kernel.forest import grow_forest


@compiled
def match_most(
    starts: Ints, cols: Ints32, capacities: Ints, seat_ptr: Ints
) -> tuple[Ints32, Bools]:
    """A largest match, and the columns every largest match fills.

    The last are those that the searches of the last forest reached from unmatched rows without
    finding a free seat: the over part of Dulmage and Mendelsohn, doi:10.4153/CJM-1958-052-0.
    """
    n, m = len(starts) - 1, len(capacities)
    match = np.full(n, -1, np.int32)
    seats = np.full(seat_ptr[m], -1, np.int32)
    filled = np.zeros(m, np.int64)
    start_greedily(starts, cols, capacities, seat_ptr, filled, seats, match)
    free = np.empty(n, np.int32)
    n_free = 0
    for r in range(n):
        if match[r] < 0 and starts[r] < starts[r + 1]:
            free[n_free] = r
            n_free += 1
    seat_of = np.full(n, -1, np.int64)
    for seat in range(len(seats)):
        if seats[seat] >= 0:
            seat_of[seats[seat]] = seat
    seen, parent = np.zeros(m, np.int32), np.empty(m, np.int32)
    queue, root_of = np.empty(n, np.int32), np.empty(n, np.int32)
    stamp = 0
    while True:
        stamp += 1
        left = grow_forest(
            starts, cols, capacities, seat_ptr, filled, seats, match, seat_of, free, n_free, seen,
            stamp, parent, queue, root_of,
        )  # fmt: skip
        if left == n_free:
            return match, seen == stamp
        n_free = left


@compiled
def start_greedily(
    starts: Ints, cols: Ints32, capacities: Ints, seat_ptr: Ints, filled: Ints, seats: Ints32,
    match: Ints32,
) -> None:  # fmt: skip
    """Rows with fewest edges first, each to the open column that fewest want for each seat."""
    m = len(capacities)
    demand = np.zeros(m, np.float32)
    for c in cols:
        demand[c] += 1
    for c in range(m):
        if capacities[c] > 0:
            demand[c] /= capacities[c]
    for r in rows_by_degree(starts):
        best, least = -1, np.float32(np.inf)
        for e in range(starts[r], starts[r + 1]):
            c = cols[e]
            if demand[c] < least and filled[c] < capacities[c]:
                best, least = c, demand[c]
        if best >= 0:
            seats[seat_ptr[best] + filled[best]] = r
            filled[best] += 1
            match[r] = best


@compiled
def rows_by_degree(starts: Ints) -> Ints32:
    """Rows with fewest edges first, ties in the given order."""
    n = len(starts) - 1
    most = 0
    for r in range(n):
        most = max(most, starts[r + 1] - starts[r])
    at = np.zeros(most + 2, np.int64)
    for r in range(n):
        at[starts[r + 1] - starts[r] + 1] += 1
    for d in range(most + 1):
        at[d + 1] += at[d]
    order = np.empty(n, np.int32)
    for r in range(n):
        degree = starts[r + 1] - starts[r]
        order[at[degree]] = r
        at[degree] += 1
    return order
