"""Breadth-first forests from all unmatched rows at once; each tree that finds a seat uses it.

The multi-source search of Azad, Buluç and Pothen, doi:10.1109/TPDS.2016.2546258: a tree takes no
more than its own share of the graph, so one search seldom stands in the way of another.
"""

from __future__ import annotations

from matching.assignment.kernel.compiling import Ints, Ints32, compiled


@compiled
def grow_forest(
    starts: Ints, cols: Ints32, capacities: Ints, seat_ptr: Ints, filled: Ints, seats: Ints32,
    match: Ints32, seat_of: Ints, free: Ints32, n_free: int, seen: Ints32, stamp: int,
    parent: Ints32, queue: Ints32, root_of: Ints32,
) -> int:  # fmt: skip
    """One forest; how many rows stay unmatched, kept in their order at the front of ``free``."""
    count = 0
    for i in range(n_free):
        r = free[i]
        queue[count], root_of[r] = r, r
        count += 1
    head = 0
    while head < count:
        r = queue[head]
        head += 1
        root = root_of[r]
        if match[root] >= 0:
            continue
        for e in range(starts[r], starts[r + 1]):
            c = cols[e]
            if seen[c] == stamp:
                continue
            if filled[c] < capacities[c]:
                take_path(c, r, root, seat_ptr, filled, seats, match, seat_of, parent)
                break
            seen[c], parent[c] = stamp, r
            for seat in range(seat_ptr[c], seat_ptr[c] + filled[c]):
                below = seats[seat]
                queue[count], root_of[below] = below, root
                count += 1
    left = 0
    for i in range(n_free):
        if match[free[i]] < 0:
            free[left] = free[i]
            left += 1
    return left


@compiled
def take_path(
    column: int, row: int, root: int, seat_ptr: Ints, filled: Ints, seats: Ints32, match: Ints32,
    seat_of: Ints, parent: Ints32,
) -> None:  # fmt: skip
    """Move every row on the path to ``root`` one seat on, the first to a free seat."""
    seat = seat_ptr[column] + filled[column]
    filled[column] += 1
    r, to = row, column
    while True:
        left, left_seat = match[r], seat_of[r]
        seats[seat], match[r], seat_of[r] = r, to, seat
        if r == root:
            return
        seat, to = left_seat, left
        r = parent[left]
