"""The solver at array level: most rows matched, then least total cost, exact in whole numbers.

SciPy's assignment codes work in floating point, which is exact only below 2**53. Costs wider
than that are solved from their leading bits down: each step keeps the prices of the one before
and looks only at what is left of every cost (Gabow and Tarjan, doi:10.1137/0218069).
"""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.optimize import linear_sum_assignment
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components, min_weight_full_bipartite_matching

Ints = npt.NDArray[np.int64]
Ints32 = npt.NDArray[np.int32]
EXACT_BITS = 53
DENSE_CELLS = 8_000_000


@dataclasses.dataclass(frozen=True, slots=True)
class Assignment:
    """The answer of :func:`assign`.

    ``match`` int32[n_rows] is the column of each row or -1; ``row_price`` int64[n_rows] is u;
    ``col_price`` int64[M] is v ≥ 0, the smallest that certify; ``outside_price`` is B, the price
    of staying unmatched; ``total_cost`` is the exact sum over matched edges.
    """

    match: Ints32
    row_price: Ints
    col_price: Ints
    outside_price: int
    total_cost: int
    n_matched: int


def assign(rows: Any, cols: Any, costs: Any, capacities: Any, n_rows: int) -> Assignment:
    """Match as many rows as possible, at the least total cost among those.

    Parameters
    ----------
    rows, cols : int32[E]
        An edge joins row ``rows[e]`` to column ``cols[e]``; any order; of two equal edges the
        cheaper counts.
    costs : int64[E]
        Whole numbers, lower is better, may be negative.
    capacities : int64[M]
        Seats of each column, 0 or more.
    n_rows : int
        Number of rows; a row without an edge stays unmatched.

    Returns
    -------
    Assignment
        Number and cost are unique; among equal answers the match follows the given order.

    Raises
    ------
    ValueError
        Naming the argument and the first bad position.

    Notes
    -----
    A dense component costs O(R²·S) for R its smaller and S its larger side, in C; prices take
    one Bellman-Ford pass over the edges for each step of the longest chain of moves.

    Examples
    --------
    >>> answer = assign([0, 0, 1], [0, 1, 0], [1, 5, 2], [1, 1], 2)
    >>> answer.match.tolist(), answer.total_cost, answer.n_matched
    ([1, 0], 7, 2)
    """
    graph, lowest = _read(rows, cols, costs, capacities, n_rows)
    match, prices, outside = _solve(graph)
    matched = np.flatnonzero(match >= 0)
    chosen = graph.cost_of(match)
    row_price = np.full(n_rows, outside, dtype=np.int64)
    row_price[matched] = chosen[matched] + prices[match[matched]]
    row_price += lowest
    return Assignment(
        match.astype(np.int32),
        row_price,
        _price_closed_columns(prices, graph.capacities, rows, cols, costs, row_price),
        outside + lowest,
        sum(chosen[matched].tolist()) + lowest * len(matched),
        len(matched),
    )


def _price_closed_columns(
    prices: Ints, capacities: Ints, rows: Any, cols: Any, costs: Any, row_price: Ints
) -> Ints:
    """Give columns without any seat the price that keeps everyone content elsewhere."""
    r, c, w = _whole_array("rows", rows), _whole_array("cols", cols), _whole_array("costs", costs)
    closed = capacities[c] == 0
    priced = prices.copy()
    np.maximum.at(priced, c[closed], row_price[r[closed]] - w[closed])
    return priced


@dataclasses.dataclass(frozen=True, slots=True)
class _Graph:
    rows: Ints
    cols: Ints
    costs: Ints
    capacities: Ints
    n: int
    widest: int

    @property
    def m(self) -> int:
        return len(self.capacities)

    @property
    def most(self) -> int:
        return min(self.n, int(self.capacities.sum()))

    def cost_of(self, match: Ints) -> Ints:
        """The cost of each row's matched edge, 0 for an unmatched row."""
        held = np.zeros(self.n, dtype=np.int64)
        used = match[self.rows] == self.cols
        held[self.rows[used]] = self.costs[used]
        return held

    def where(self, keep: npt.NDArray[np.bool_], costs: Ints) -> _Graph:
        rows, cols = self.rows[keep], self.cols[keep]
        return _Graph(rows, cols, costs[keep], self.capacities, self.n, self.widest)


def _whole_array(name: str, given: Any) -> Ints:
    array = np.asarray(given)
    if array.size == 0:
        array = array.astype(np.int64)
    if array.ndim != 1:
        raise ValueError(f"{name}: expected one dimension, got {array.ndim}")
    if array.dtype.kind not in "iu" or (array.dtype.kind == "u" and array.dtype.itemsize == 8):
        raise ValueError(f"{name}[0]: expected whole numbers that fit int64, got {array.dtype}")
    return array.astype(np.int64)


def _refuse(name: str, array: Ints, bad: npt.NDArray[np.bool_], why: str) -> None:
    if bad.any():
        at = int(np.argmax(bad))
        raise ValueError(f"{name}[{at}]: {int(array[at])} {why}")


def _read(rows: Any, cols: Any, costs: Any, capacities: Any, n_rows: int) -> tuple[_Graph, int]:
    if isinstance(n_rows, bool) or not isinstance(n_rows, int | np.integer) or n_rows < 0:
        raise ValueError(f"n_rows: {n_rows!r} is not a whole number from 0 up")
    r, c = _whole_array("rows", rows), _whole_array("cols", cols)
    w, caps = _whole_array("costs", costs), _whole_array("capacities", capacities)
    if not len(r) == len(c) == len(w):
        raise ValueError(f"costs: {len(w)} given for {len(r)} rows and {len(c)} cols")
    _refuse("rows", r, (r < 0) | (r >= n_rows), f"is not within 0..{n_rows - 1}")
    _refuse("cols", c, (c < 0) | (c >= len(caps)), f"is not within 0..{len(caps) - 1}")
    _refuse("capacities", caps, caps < 0, "is below 0")
    caps = np.minimum(caps, n_rows)
    most = min(n_rows, int(caps.sum()))
    lowest = int(w.min()) if len(w) else 0
    widest = int(w.max()) - lowest if len(w) else 0
    if (most + 2) * (2 * widest + 4) + abs(lowest) * (most + 1) >= 2**62:
        raise ValueError(
            f"costs[{int(np.argmax(np.abs(w)))}]: {most} of these could add up past int64"
        )
    order = np.lexsort((w, c, r))
    r, c, w = r[order], c[order], w[order] - lowest
    first = np.ones(len(r), dtype=bool)
    first[1:] = (r[1:] != r[:-1]) | (c[1:] != c[:-1])
    keep = first & (caps[c] > 0)
    return _Graph(r[keep], c[keep], w[keep], caps, int(n_rows), widest), lowest


def _solve(graph: _Graph) -> tuple[Ints, Ints, int]:
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
    return match, prices, outside


def _refine(
    fine: _Graph, match: Ints, prices: Ints, outside: int, coarse: _Graph, bits: int
) -> Ints:
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


def _most_gain(graph: _Graph, gain: Ints) -> Ints:
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


def smallest_prices(
    rows: Ints, cols: Ints, costs: Ints, match: Ints, outside: int, n_cols: int
) -> Ints:
    """The smallest column prices that certify ``match``, by Bellman-Ford on the residual graph.

    Raises
    ------
    ValueError
        When the match is not optimal: a chain of moves would gain for ever.
    """
    prices = np.zeros(n_cols, dtype=np.int64)
    if not len(rows):
        return prices
    held = np.zeros(len(match), dtype=np.int64)
    used = match[rows] == cols
    held[rows[used]] = costs[used]
    alone = match[rows] < 0
    np.maximum.at(prices, cols[alone], outside - costs[alone])
    move = ~alone & ~used
    order = np.argsort(cols[move], kind="stable")
    to = cols[move][order]
    if not len(to):
        return prices
    source = match[rows[move]][order]
    gain = (held[rows[move]] - costs[move])[order]
    starts = np.flatnonzero(np.r_[True, np.diff(to) != 0])
    heads = to[starts]
    for _ in range(n_cols + 1):
        raised = np.maximum(prices[heads], np.maximum.reduceat(prices[source] + gain, starts))
        if np.array_equal(raised, prices[heads]):
            return prices
        prices[heads] = raised
    raise ValueError("match: not of least cost, a chain of moves would improve it")
