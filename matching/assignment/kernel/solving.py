"""The large-market kernel: number first, then each part from its tight side, then prices."""

from __future__ import annotations

import dataclasses

import numpy as np

from matching.assignment.given import Given
from matching.assignment.kernel.cardinality import match_most
from matching.assignment.kernel.compiling import Bools, Ints, Ints32
from matching.assignment.kernel.layout import (
    group_by_row,
    is_grouped,
    pack_by_col,
    pack_by_row,
    starts_of,
)
from matching.assignment.kernel.least_prices import held_costs, lower_prices
from matching.assignment.kernel.order import sort_segments
from matching.assignment.kernel.paths import fill_part


@dataclasses.dataclass(slots=True)
class _ByRow:
    """Edges by row: ``starts`` int64[n+1], ``cols`` int32[E], ``costs`` int64[E]."""

    starts: Ints
    cols: Ints32
    costs: Ints
    lowest: int
    bits: int


def solve_large(given: Given) -> tuple[Ints32, Ints]:
    """The match int32[n_rows] and the smallest prices int64[M], for costs less the lowest."""
    rows, cols, costs = given.rows, given.cols, given.costs
    if not (rows.flags.writeable and cols.flags.writeable and costs.flags.writeable):
        rows, cols, costs = rows.copy(), cols.copy(), costs.copy()
    capacities, n_rows = given.capacities, given.n_rows
    lowest, outside = given.lowest, given.outside
    starts = starts_of(rows, n_rows)
    if not is_grouped(rows):
        cols, costs = group_by_row(rows, cols, costs, starts)
    m = len(capacities)
    bits = max(n_rows, m, 2).bit_length()
    graph = _ByRow(starts, cols, costs, lowest, bits)
    degree = np.bincount(cols, minlength=m) + 1
    open_seats = np.minimum(capacities, degree)
    seat_ptr = np.concatenate([np.zeros(1, np.int64), np.cumsum(open_seats)])
    match, _, over = match_most(starts, cols, open_seats, seat_ptr)
    closed = capacities == 0
    row_over = match < 0
    row_over[~row_over] = over[match[~row_over]]
    v = np.zeros(m, dtype=np.int64)
    _fill_over(graph, row_over, over & ~closed, match, v, outside)
    _fill_rest(graph, ~row_over, ~over & ~closed, match, v, seat_ptr)
    held = held_costs(starts, cols, costs, match)
    lower_prices(starts, cols, costs, lowest, match, held, over, closed, outside, v)
    return match, v


def _fill_over(
    graph: _ByRow, row_in: Bools, col_in: Bools, match: Ints32, v: Ints, outside: int
) -> None:
    """Every place here is filled: its seats bid for rows, and a row takes one."""
    if not col_in.any():
        return
    ptr, packed = pack_by_col(
        graph.starts, graph.cols, graph.costs, graph.lowest, graph.bits, row_in, col_in
    )
    n, m = len(row_in), len(col_in)
    units = np.bincount(match[match >= 0], minlength=m).astype(np.int32)
    units[~col_in] = 0
    sort_segments(ptr, packed, 0, m)
    w = np.zeros(m, dtype=np.int64)
    some = ptr[1:] > ptr[:-1]
    w[some] = packed[ptr[:-1][some]] >> graph.bits
    q = np.zeros(n, dtype=np.int64)
    filled = np.zeros(n, dtype=np.int32)
    owner = np.full(n, -1, dtype=np.int32)
    slot_ptr = np.arange(n + 1, dtype=np.int64)
    left = fill_part(ptr, packed, graph.bits, units, slot_ptr, filled, owner, w, q)
    if left:
        raise AssertionError(f"{left} columns short of rows that a largest match gives them")
    match[row_in] = owner[row_in]
    v[col_in] = outside - w[col_in]


def _fill_rest(
    graph: _ByRow, row_in: Bools, col_in: Bools, match: Ints32, v: Ints, seat_ptr: Ints
) -> None:
    """Every row here is matched: rows bid for seats."""
    if not row_in.any():
        return
    ptr, packed = pack_by_row(
        graph.starts, graph.cols, graph.costs, graph.lowest, graph.bits, row_in, col_in
    )
    n, m = len(row_in), len(col_in)
    sort_segments(ptr, packed, 0, n)
    w = np.zeros(n, dtype=np.int64)
    some = ptr[1:] > ptr[:-1]
    w[some] = packed[ptr[:-1][some]] >> graph.bits
    q = np.zeros(m, dtype=np.int64)
    filled = np.zeros(m, dtype=np.int32)
    owner = np.full(seat_ptr[m], -1, dtype=np.int32)
    left = fill_part(
        ptr, packed, graph.bits, row_in.astype(np.int32), seat_ptr, filled, owner, w, q
    )
    if left:
        raise AssertionError(f"{left} rows short of seats that a largest match gives them")
    cols = np.repeat(np.arange(m, dtype=np.int32), np.diff(seat_ptr))
    used = owner >= 0
    match[owner[used]] = cols[used]
    v[col_in] = q[col_in]
