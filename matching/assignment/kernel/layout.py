"""Edges laid out by row or by column with one counting sort, no comparison."""

from __future__ import annotations

import numpy as np

from matching.assignment.kernel.compiling import Bools, Ints, Ints32, compiled


@compiled
def is_grouped(rows: Ints32) -> bool:
    """Whether the edges come by row already, as a market gives them."""
    falls = 0
    for e in range(1, len(rows)):
        falls += rows[e] < rows[e - 1]
    return falls == 0


@compiled
def starts_of(keys: Ints32, n: int) -> Ints:
    """Where each key's edges would begin, with the end behind the last."""
    starts = np.zeros(n + 1, np.int64)
    for key in keys:
        starts[key + 1] += 1
    for i in range(n):
        starts[i + 1] += starts[i]
    return starts


@compiled
def group_by_row(rows: Ints32, cols: Ints32, costs: Ints, starts: Ints) -> tuple[Ints32, Ints]:
    """Columns and costs in the order of their rows."""
    at = starts.copy()
    by_col = np.empty(len(cols), np.int32)
    by_cost = np.empty(len(cols), np.int64)
    for e in range(len(rows)):
        to = at[rows[e]]
        at[rows[e]] = to + 1
        by_col[to] = cols[e]
        by_cost[to] = costs[e]
    return by_col, by_cost


@compiled
def pack_by_row(
    starts: Ints, cols: Ints32, costs: Ints, lowest: int, bits: int, row_in: Bools, col_in: Bools
) -> tuple[Ints, Ints]:
    """The edges of one part by row, each as ``(cost - lowest) << bits | column``."""
    n = len(row_in)
    ptr = np.zeros(n + 1, np.int64)
    for r in range(n):
        count = 0
        if row_in[r]:
            for e in range(starts[r], starts[r + 1]):
                if col_in[cols[e]]:
                    count += 1
        ptr[r + 1] = ptr[r] + count
    packed = np.empty(ptr[n], np.int64)
    to = 0
    for r in range(n):
        if row_in[r]:
            for e in range(starts[r], starts[r + 1]):
                if col_in[cols[e]]:
                    packed[to] = ((costs[e] - lowest) << bits) | cols[e]
                    to += 1
    return ptr, packed


@compiled
def pack_by_col(
    starts: Ints, cols: Ints32, costs: Ints, lowest: int, bits: int, row_in: Bools, col_in: Bools
) -> tuple[Ints, Ints]:
    """The edges of one part by column, each as ``(cost - lowest) << bits | row``."""
    n, m = len(row_in), len(col_in)
    ptr = np.zeros(m + 1, np.int64)
    for r in range(n):
        if row_in[r]:
            for e in range(starts[r], starts[r + 1]):
                if col_in[cols[e]]:
                    ptr[cols[e] + 1] += 1
    for c in range(m):
        ptr[c + 1] += ptr[c]
    at = ptr[:m].copy()
    packed = np.empty(ptr[m], np.int64)
    for r in range(n):
        if row_in[r]:
            for e in range(starts[r], starts[r + 1]):
                c = cols[e]
                if col_in[c]:
                    packed[at[c]] = ((costs[e] - lowest) << bits) | r
                    at[c] += 1
    return ptr, packed
