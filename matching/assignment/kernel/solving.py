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
from matching.assignment.kernel.least_prices import lower_prices
from matching.assignment.kernel.parts import Part


@dataclasses.dataclass(slots=True)
class _ByRow:
    """Edges by row: ``starts`` int64[n+1], ``cols`` int32[E], ``costs`` int64[E]."""

    starts: Ints
    cols: Ints32
    costs: Ints
    lowest: int
    bits: int

    def by_row(self, row_in: Bools, col_in: Bools) -> tuple[Ints, Ints]:
        """The edges of one part by row, packed with their columns."""
        return pack_by_row(
            self.starts, self.cols, self.costs, self.lowest, self.bits, row_in, col_in
        )

    def by_col(self, row_in: Bools, col_in: Bools) -> tuple[Ints, Ints]:
        """The edges of one part by column, packed with their rows."""
        return pack_by_col(
            self.starts, self.cols, self.costs, self.lowest, self.bits, row_in, col_in
        )


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
    match, over = match_most(starts, cols, open_seats, seat_ptr)
    closed = capacities == 0
    row_over = match < 0
    row_over[~row_over] = over[match[~row_over]]
    v, held = np.zeros(m, dtype=np.int64), np.zeros(n_rows, dtype=np.int64)
    _fill_over(graph, row_over, over & ~closed, match, v, held, outside)
    _fill_rest(graph, ~row_over, ~over & ~closed, match, v, held, seat_ptr)
    held[match >= 0] += lowest
    lower_prices(starts, cols, costs, lowest, match, held, over, closed, outside, v)
    return match, v


def _fill_over(
    graph: _ByRow, row_in: Bools, col_in: Bools, match: Ints32, v: Ints, held: Ints, outside: int
) -> None:
    """Every place here is filled: its seats bid for rows, and a row takes one.

    What a matched pair costs is what its two prices say, here as in the rest.
    """
    if not col_in.any():
        return
    units = np.bincount(match[match >= 0], minlength=len(col_in)).astype(np.int32)
    units[~col_in] = 0
    seats = np.concatenate([np.zeros(1, np.int64), np.cumsum(row_in, dtype=np.int64)])
    part = _part(graph.by_col(row_in, col_in), graph.bits, units, seats, match[row_in])
    part.solve(lambda: graph.by_row(row_in, col_in))
    match[row_in] = part.owner
    held[row_in] = np.where(part.owner >= 0, part.w[part.owner] - part.q[row_in], 0)
    v[col_in] = outside - part.w[col_in]


def _fill_rest(
    graph: _ByRow, row_in: Bools, col_in: Bools, match: Ints32, v: Ints, held: Ints, seats: Ints
) -> None:
    """Every row here is matched: rows bid for seats."""
    if not row_in.any():
        return
    room = np.where(col_in, np.diff(seats), 0)
    seats = np.concatenate([np.zeros(1, np.int64), np.cumsum(room)])
    taken = np.where(row_in, match, -1)
    order = np.argsort(taken, kind="stable")[np.count_nonzero(~row_in) :].astype(np.int32)
    cols = taken[order]
    nth = np.arange(len(cols)) - np.searchsorted(cols, cols)
    start = np.full(seats[-1], -1, dtype=np.int32)
    start[seats[cols] + nth] = order
    units = row_in.astype(np.int32)
    part = _part(graph.by_row(row_in, col_in), graph.bits, units, seats, start)
    part.solve(lambda: graph.by_col(row_in, col_in))
    cols = np.repeat(np.arange(len(room), dtype=np.int32), room)
    used = part.owner >= 0
    match[part.owner[used]] = cols[used]
    held[part.owner[used]] = part.w[part.owner[used]] - part.q[cols[used]]
    v[col_in] = part.q[col_in]


def _part(
    edges: tuple[Ints, Ints], bits: int, units: Ints32, slot_ptr: Ints, start: Ints32
) -> Part:
    """A part with nothing placed yet and every price at 0."""
    ptr, packed = edges
    return Part(
        ptr,
        packed,
        bits,
        units,
        slot_ptr,
        np.full(slot_ptr[-1], -1, dtype=np.int32),
        np.zeros(len(units), dtype=np.int64),
        np.zeros(len(slot_ptr) - 1, dtype=np.int64),
        start,
    )
