"""Assignment with SciPy: number first, then each part from the side that is filled, then a check.

SciPy's solvers work in floating point. What they find is held to exact whole numbers; a match
that rounding has spoiled is found there, and solved again bit by bit of the costs.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import (
    breadth_first_order,
    maximum_bipartite_matching,
    min_weight_full_bipartite_matching,
)

from matching.assignment.by_scaling import match_by_scaling
from matching.assignment.given import Bools, Given, Ints
from matching.assignment.graphs import Graph, graph_of, smallest_prices

EXACT = 2**53


def solve_with_scipy(given: Given) -> tuple[Ints, Ints]:
    """The match int64[n_rows] and the smallest prices int64[M], for costs less the lowest."""
    graph = graph_of(given)
    if given.widest < EXACT:
        match = _match_by_parts(graph)
        if (prices := _proven(graph, match, given.outside)) is not None:
            return match, prices
    match = match_by_scaling(graph)
    return match, smallest_prices(
        graph.rows, graph.cols, graph.costs, match, given.outside, graph.m
    )


def _proven(graph: Graph, match: Ints, outside: int) -> Ints | None:
    """The smallest prices, or none if the match is not the best."""
    try:
        prices = smallest_prices(graph.rows, graph.cols, graph.costs, match, outside, graph.m)
    except ValueError:
        return None
    spare = np.bincount(match[match >= 0], minlength=graph.m) < graph.capacities
    return None if prices[spare].any() else prices


def _match_by_parts(graph: Graph) -> Ints:
    """Seats of the part short of places choose rows, rows of the rest choose seats."""
    match = np.full(graph.n, -1, dtype=np.int64)
    if not len(graph.rows):
        return match
    degree = np.bincount(graph.cols, minlength=graph.m)
    seats = np.minimum(graph.capacities, degree)
    starts = np.r_[0, np.cumsum(seats)]
    column = np.repeat(np.arange(graph.m), seats)
    copies = seats[graph.cols]
    edge = np.repeat(np.arange(len(copies)), copies)
    rows = graph.rows[edge]
    seat = starts[graph.cols[edge]] + np.arange(len(edge))
    seat -= np.repeat(np.cumsum(copies) - copies, copies)
    table = csr_array(
        (np.ones(len(edge), dtype=np.int8), (rows, seat)), shape=(graph.n, len(column))
    )
    first = maximum_bipartite_matching(table, perm_type="column")
    row_short, seat_short = _short(table, first)
    costs = graph.costs[edge].astype(np.float64) + 1.0
    _fill(rows, seat, costs, row_short, seat_short, column, match, True)
    _fill(rows, seat, costs, ~row_short & (first >= 0), ~seat_short, column, match, False)
    return match


def _short(table: csr_array, first: Any) -> tuple[Bools, Bools]:
    """Rows and seats on alternating paths from unmatched rows (Dulmage and Mendelsohn)."""
    n, n_seats = table.shape
    held = np.flatnonzero(first >= 0)
    alone = np.flatnonzero(first < 0)
    pairs = table.tocoo()
    start = np.r_[pairs.row, n + first[held], np.full(len(alone), n + n_seats)]
    end = np.r_[n + pairs.col, held, alone]
    size = n + n_seats + 1
    walk = csr_array((np.ones(len(start), dtype=np.int8), (start, end)), shape=(size, size))
    reached = np.zeros(size, dtype=bool)
    reached[breadth_first_order(walk, n + n_seats, return_predecessors=False)] = True
    return reached[:n], reached[n : n + n_seats]


def _fill(
    rows: Ints, seat: Ints, costs: Any, row_in: Bools, seat_in: Bools, column: Ints, match: Ints,
    by_seat: bool,
) -> None:  # fmt: skip
    """Match one part; every seat of it when ``by_seat``, else every row."""
    keep = row_in[rows] & seat_in[seat]
    if not keep.any():
        return
    lines, rest = (seat, rows) if by_seat else (rows, seat)
    line_in, rest_in = (seat_in, row_in) if by_seat else (row_in, seat_in)
    line_at, rest_at = np.cumsum(line_in) - 1, np.cumsum(rest_in) - 1
    table = csr_array(
        (costs[keep], (line_at[lines[keep]], rest_at[rest[keep]])),
        shape=(int(line_in.sum()), int(rest_in.sum())),
    )
    a, b = min_weight_full_bipartite_matching(table)
    a, b = np.flatnonzero(line_in)[a], np.flatnonzero(rest_in)[b]
    taken_rows, taken_seats = (b, a) if by_seat else (a, b)
    match[taken_rows] = column[taken_seats]
