"""Exact assignment by floating point for costs of any width, which is exact only below 2**53.

Wider costs are solved from their leading bits down: each step keeps the prices of the
one before and looks only at what is left of every cost (Gabow and Tarjan, doi:10.1137/0218069).
"""

from __future__ import annotations

import numpy as np
from scipy.optimize import linear_sum_assignment
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components, min_weight_full_bipartite_matching

from matching.assignment.given import Ints
from matching.assignment.graphs import Graph, smallest_prices

EXACT_BITS = 53
DENSE_CELLS = 8_000_000


def match_by_scaling(graph: Graph) -> Ints:
    """The best match int64[n_rows]; components dense where small, else sparse."""
    size = (graph.most + 1).bit_length()
    step = EXACT_BITS - 2 * size - 3
    if step < 1:
        raise ValueError(f"n_rows: {graph.most} matches are too many for exact floating point")
    widest = graph.widest
    shift = max(0, widest.bit_length() - step)
    outside = (graph.most + 1) * ((widest >> shift) + 2)
    top = graph.where(np.ones(len(graph.rows), dtype=bool), graph.costs >> shift)
    match = _most_gain(top, outside - top.costs)
    prices = smallest_prices(top.rows, top.cols, top.costs, match, outside, graph.m)
    while shift:
        lower = max(0, shift - step)
        fine = graph.where(np.ones(len(graph.rows), dtype=bool), graph.costs >> lower)
        match = _refine(fine, match, prices, outside, top, shift - lower)
        outside <<= shift - lower
        prices = smallest_prices(fine.rows, fine.cols, fine.costs, match, outside, graph.m)
        top, shift = fine, lower
    return match


def _refine(fine: Graph, match: Ints, prices: Ints, outside: int, coarse: Graph, bits: int) -> Ints:
    """Solve again with ``bits`` more of every cost, among what the coarse prices leave open.

    By the coarse prices every alternative has a loss of 0 or more, and the coarse answer loses
    less than ``most << bits``: whatever alone loses that much is in no better answer.
    """
    cap = max(fine.most, 1) << bits
    row_price = np.full(fine.n, outside, dtype=np.int64)
    held = match >= 0
    row_price[held] = coarse.cost_of(match)[held] + prices[match[held]]
    row_price, col_price = row_price << bits, prices << bits
    loss = fine.costs - row_price[fine.rows] + col_price[fine.cols]
    stay = np.minimum((outside << bits) - row_price, cap)
    empty = np.minimum(col_price, cap)
    keep = loss <= cap
    open_edges = fine.where(keep, loss)
    gain = stay[open_edges.rows] + empty[open_edges.cols] - open_edges.costs
    return _most_gain(open_edges, gain)


def _most_gain(graph: Graph, gain: Ints) -> Ints:
    """The match of largest total gain, component by component; edges without gain are left out."""
    match = np.full(graph.n, -1, dtype=np.int64)
    useful = gain >= 0
    rows, cols, gain = graph.rows[useful], graph.cols[useful], gain[useful]
    if not len(rows):
        return match
    links = csr_array(
        (np.ones(len(rows), dtype=np.int8), (rows, cols + graph.n)),
        shape=(graph.n + graph.m, graph.n + graph.m),
    )
    _, label = connected_components(links, directed=False)
    order = np.argsort(label[rows], kind="stable")
    rows, cols, gain = rows[order], cols[order], gain[order]
    starts = np.flatnonzero(np.r_[True, np.diff(label[rows]) != 0])
    for begin, end in zip(starts, [*starts[1:].tolist(), len(rows)], strict=True):
        part = slice(int(begin), int(end))
        _match_component(rows[part], cols[part], gain[part], graph.capacities, match)
    return match


def _match_component(rows: Ints, cols: Ints, gain: Ints, capacities: Ints, match: Ints) -> None:
    people, row_at = np.unique(rows, return_inverse=True)
    places, col_at = np.unique(cols, return_inverse=True)
    seats = np.minimum(capacities[places], len(people))
    if len(people) == 1:
        best = int(np.argmax(gain))
        match[people[0]] = cols[best]
        return
    solver = _dense if len(people) * int(seats.sum()) <= DENSE_CELLS else _sparse
    solver(people, places, row_at, col_at, gain, seats, match)


def _dense(
    people: Ints, places: Ints, row_at: Ints, col_at: Ints, gain: Ints, seats: Ints, match: Ints
) -> None:
    table = np.full((len(people), len(places)), -1.0)
    table[row_at, col_at] = gain
    owner = np.repeat(np.arange(len(places)), seats)
    wide = np.maximum(table, 0.0)[:, owner]
    taken_rows, taken_seats = linear_sum_assignment(wide, maximize=True)
    taken_cols = owner[taken_seats]
    real = table[taken_rows, taken_cols] >= 0
    match[people[taken_rows[real]]] = places[taken_cols[real]]


def _sparse(
    people: Ints, places: Ints, row_at: Ints, col_at: Ints, gain: Ints, seats: Ints, match: Ints
) -> None:
    """One private outside column a row keeps a full matching possible; costs shifted above 0."""
    starts = np.r_[0, np.cumsum(seats)[:-1]]
    copies = seats[col_at]
    edge = np.repeat(np.arange(len(gain)), copies)
    within = np.arange(len(edge)) - np.repeat(np.cumsum(copies) - copies, copies)
    n_seats = int(seats.sum())
    ceiling = int(gain.max()) + 1
    outside = np.arange(len(people))
    table = csr_array(
        (
            np.r_[ceiling - gain[edge], np.full(len(people), ceiling)].astype(np.float64),
            (
                np.r_[row_at[edge], outside],
                np.r_[starts[col_at[edge]] + within, n_seats + outside],
            ),
        ),
        shape=(len(people), n_seats + len(people)),
    )
    taken_rows, taken_seats = min_weight_full_bipartite_matching(table)
    owner = np.repeat(places, seats)
    real = taken_seats < n_seats
    match[people[taken_rows[real]]] = owner[taken_seats[real]]
