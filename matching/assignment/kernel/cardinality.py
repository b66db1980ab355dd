"""Most rows matched, costs aside: a greedy start, then searches that share what they have seen.

Pothen and Fan, doi:10.1145/98267.98287, with the look-ahead and the turning of directions that
Duff, Kaya and Uçar measured, doi:10.1145/2049673.2049677; a column may hold several rows.
"""

from __future__ import annotations

import numpy as np

from matching.assignment.kernel.compiling import Bools, Ints, Ints32, compiled


@compiled
def match_most(
    starts: Ints, cols: Ints32, capacities: Ints, seat_ptr: Ints
) -> tuple[Ints32, Ints32, Bools]:
    """A largest match, the rows in its seats, and the columns every largest match fills.

    The last are those that the searches of the last phase reached from unmatched rows without
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
    look = starts[:n].copy()
    cursor = np.empty(n, np.int64)
    seen = np.zeros(m, np.int32)
    stack_row = np.empty(n + 1, np.int32)
    stack_seat = np.empty(n + 1, np.int64)
    phase = 0
    while True:
        phase += 1
        left = augment_all(
            starts, cols, capacities, seat_ptr, filled, seats, match, look, cursor, seen, phase,
            free, n_free, stack_row, stack_seat,
        )  # fmt: skip
        if left == n_free:
            return match, seats, seen == phase
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


@compiled
def augment_all(
    starts: Ints, cols: Ints32, capacities: Ints, seat_ptr: Ints, filled: Ints, seats: Ints32,
    match: Ints32, look: Ints, cursor: Ints, seen: Ints32, phase: int, free: Ints32, n_free: int,
    stack_row: Ints32, stack_seat: Ints,
) -> int:  # fmt: skip
    """One search from each free row through columns unseen in this phase; how many stay free."""
    left = 0
    for i in range(n_free):
        root = free[i]
        top = 0
        stack_row[0], stack_seat[0] = root, -1
        cursor[root] = 0
        found = False
        while top >= 0:
            r = stack_row[top]
            begin, end = starts[r], starts[r + 1]
            k = look[r]
            while k < end and filled[cols[k]] >= capacities[cols[k]]:
                k += 1
            look[r] = k
            if k < end:
                settle(cols[k], seat_ptr, filled, seats, match, stack_row, stack_seat, top)
                found = True
                break
            step = cursor[r]
            deeper = False
            while step < end - begin:
                c = cols[begin + step] if phase & 1 else cols[end - 1 - step]
                step += 1
                if seen[c] != phase:
                    seen[c] = phase
                    if capacities[c] > 0:
                        deeper = True
                        cursor[r] = step
                        top += 1
                        stack_row[top] = seats[seat_ptr[c]]
                        stack_seat[top] = seat_ptr[c]
                        cursor[stack_row[top]] = 0
                        break
            if deeper:
                continue
            cursor[r] = step
            s = stack_seat[top]
            top -= 1
            if s >= 0 and s + 1 < seat_ptr[match[r]] + filled[match[r]]:
                top += 1
                stack_row[top] = seats[s + 1]
                stack_seat[top] = s + 1
                cursor[stack_row[top]] = 0
        if not found:
            free[left] = root
            left += 1
    return left


@compiled
def settle(
    column: int, seat_ptr: Ints, filled: Ints, seats: Ints32, match: Ints32, stack_row: Ints32,
    stack_seat: Ints, top: int,
) -> None:  # fmt: skip
    """Move every row on the stack one seat on, the last to a free seat of ``column``."""
    seat = seat_ptr[column] + filled[column]
    filled[column] += 1
    to = column
    for depth in range(top, -1, -1):
        r = stack_row[depth]
        left = match[r]
        seats[seat] = r
        match[r] = to
        seat, to = stack_seat[depth], left
