"""Exact assignment of a small market on one table of costs, in whole numbers throughout.

The roads of the compiled kernel at table size: number first, then the part that is short of
places from its seats, the rest from its rows, by shortest augmenting paths (Tomizawa,
doi:10.1002/net.3230010206). A column with many seats is one node, so a step is one line of numbers.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from matching.assignment.given import Given, Ints
from matching.assignment.graphs import graph_of, smallest_prices

Bools = npt.NDArray[np.bool_]
FAR = 2**62
SHUT = 2**61
GONE = 2**63 - 1


def solve_as_table(given: Given) -> tuple[Ints, Ints]:
    """The match int64[n_rows] and the smallest prices int64[M], for costs less the lowest."""
    graph = graph_of(given)
    table = np.full((given.n_cols, given.n_rows), FAR, dtype=np.int64)
    table[graph.cols, graph.rows] = graph.costs
    match, over = match_most(table < FAR, given.capacities)
    short = (match < 0) | over[match] if len(over) else match < 0
    if over.any():
        _fill_columns(table, np.flatnonzero(over), np.flatnonzero(short), match)
    if not short.all():
        _fill_rows(table, np.flatnonzero(~over), np.flatnonzero(~short), given, match)
    return match, smallest_prices(
        graph.rows, graph.cols, graph.costs, match, given.outside, graph.m
    )


def match_most(linked: Bools, capacities: Ints) -> tuple[Ints, Bools]:
    """A largest match, and the columns that every largest match fills.

    ``linked`` bool[M, n] says who can go where. The columns are those that unmatched rows reach.
    """
    n = linked.shape[1]
    left = capacities.copy()
    match = np.full(n, -1, dtype=np.int64)
    wanted = linked.sum(axis=1) / np.maximum(capacities, 1)
    for row in np.argsort(linked.sum(axis=0), kind="stable").tolist():
        options = np.flatnonzero(linked[:, row] & (left > 0))
        if len(options):
            match[row] = options[np.argmin(wanted[options])]
            left[match[row]] -= 1
    for row in np.flatnonzero(match < 0).tolist():
        _augment(linked, left, match, row)
    return match, _reached(linked, match, match < 0)


def _reached(linked: Bools, match: Ints, rows: Bools) -> Bools:
    """Columns that alternating paths from these rows reach."""
    reached = np.zeros(len(linked), dtype=bool)
    fresh = rows
    while fresh.any():
        new = linked[:, fresh].any(axis=1) & ~reached
        reached |= new
        fresh = (match >= 0) & new[match] if new.any() else np.zeros_like(rows)
    return reached


def _augment(linked: Bools, left: Ints, match: Ints, row: int) -> None:
    """Breadth first from one row to a free seat, if there is one."""
    if not (linked[:, row].any() and left.any()):
        return
    before = np.full(len(linked), -1, dtype=np.int64)
    fresh = np.array([row])
    while len(fresh):
        open_now = linked[:, fresh] & (before < 0)[:, None]
        new = np.flatnonzero(open_now.any(axis=1))
        before[new] = fresh[open_now[new].argmax(axis=1)]
        ends = new[left[new] > 0]
        if len(ends):
            to = int(ends[0])
            left[to] -= 1
            while to >= 0:
                mover = int(before[to])
                to, match[mover] = int(match[mover]), to
            return
        fresh = np.flatnonzero(np.isin(match, new))


def _fill_columns(table: Ints, cols: Ints, rows: Ints, match: Ints) -> None:
    """Every seat here is filled: column by column takes the cheapest rows, by exchange chains."""
    costs = np.ascontiguousarray(table[np.ix_(cols, rows)])
    seats = np.bincount(match[match >= 0], minlength=len(table))[cols]
    search = _Columns(costs, int(seats.sum()))
    for col in np.repeat(np.arange(len(cols)), seats).tolist():
        search.fill(col)
    match[rows] = -1
    match[rows[search.row[: search.n]]] = cols[search.holder[: search.n]]


class _Columns:
    """Columns that take rows one at a time; rows once taken stay taken and fill the slots.

    ``pays`` is the price a column pays for each of its seats, ``asks`` the price of a taken row;
    untaken rows ask nothing, so of those only the cheapest for each column matters.
    """

    def __init__(self, costs: Ints, seats: int) -> None:
        self.costs, self.n = costs, 0
        self.taken = np.empty((len(costs), seats), dtype=np.int64)
        self.row = np.empty(seats, dtype=np.int64)
        self.holder = np.full(seats, -1, dtype=np.int64)
        self.asks = np.zeros(seats, dtype=np.int64)
        self.untaken = costs.copy()
        self.best = self.untaken.argmin(axis=1)
        self.cheapest: list[int] = self.untaken[np.arange(len(costs)), self.best].tolist()
        self.pays = list(self.cheapest)
        self.slots: list[list[int]] = [[] for _ in self.pays]

    def fill(self, col: int) -> None:
        """Give one more row to a column by the cheapest chain of moves."""
        n, taken, pays = self.n, self.taken, self.pays
        asks = self.asks[:n].copy()
        far = np.full(n, GONE)
        tree, reach, via = [col], [0], [-1]
        last, bound, ahead = 0, self.cheapest[col] - pays[col], 0
        there = np.empty(n, dtype=np.int64)
        while n:
            for slot in self.slots[col]:
                far[slot], asks[slot] = GONE, SHUT
            np.add(taken[col, :n], asks, out=there)
            there += ahead - pays[col]
            np.minimum(far, there, out=far)
            slot = int(far.argmin())
            ahead = int(far[slot])
            if ahead >= bound:
                break
            col = int(self.holder[slot])
            tree.append(col)
            reach.append(ahead)
            via.append(slot)
            if self.cheapest[col] + ahead - pays[col] < bound:
                last, bound = len(tree) - 1, self.cheapest[col] + ahead - pays[col]
        self._move(tree, reach, via, last, bound)

    def _move(
        self, tree: list[int], reach: list[int], via: list[int], last: int, bound: int
    ) -> None:
        """Raise prices by what the search learned, and pass rows back along the chain."""
        moves = self._came_from(tree, reach, via, last)
        for col, ahead in zip(tree, reach, strict=True):
            self.pays[col] += bound - ahead
            for slot in self.slots[col]:
                self.asks[slot] += bound - ahead
        for slot, col in moves:
            self.slots[int(self.holder[slot])].remove(slot)
            self.slots[col].append(slot)
            self.holder[slot] = col
        self._take(tree[last])

    def _came_from(
        self, tree: list[int], reach: list[int], via: list[int], last: int
    ) -> list[tuple[int, int]]:
        """The slots that change hands on the way from the first column to the last."""
        moves = []
        while last:
            slot = via[last]
            asked = int(self.asks[slot])
            up = next(
                k
                for k in range(last)
                if reach[k] + int(self.taken[tree[k], slot]) + asked - self.pays[tree[k]]
                == reach[last]
            )
            moves.append((slot, tree[up]))
            last = up
        return moves

    def _take(self, col: int) -> None:
        """The cheapest untaken row of a column becomes a slot."""
        row = int(self.best[col])
        self.row[self.n], self.holder[self.n] = row, col
        self.taken[:, self.n] = self.costs[:, row]
        self.slots[col].append(self.n)
        self.n += 1
        self.untaken[:, row] = FAR
        stale = np.flatnonzero(self.best == row)
        self.best[stale] = self.untaken[stale].argmin(axis=1)
        for other in stale.tolist():
            self.cheapest[other] = int(self.untaken[other, self.best[other]])


def _fill_rows(table: Ints, cols: Ints, rows: Ints, given: Given, match: Ints) -> None:
    """Every row here is matched: row by row takes its cheapest seat, by exchange chains."""
    costs = np.ascontiguousarray(table[np.ix_(cols, rows)].T)
    left, v = given.capacities[cols].copy(), np.zeros(len(cols), dtype=np.int64)
    u = np.zeros(len(rows), dtype=np.int64)
    held = np.full(len(rows), -1, dtype=np.int64)
    for row in range(len(rows)):
        _seat_row(costs, left, u, v, held, row)
    match[rows] = cols[held]


def _seat_row(costs: Ints, left: Ints, u: Ints, v: Ints, held: Ints, row: int) -> None:
    """One more row to a free seat by the cheapest chain of moves."""
    far = costs[row] + v
    u[row] = far.min()
    far -= u[row]
    came = np.full(len(v), row, dtype=np.int64)
    done: list[tuple[int, int, Ints]] = []
    while True:
        col = int(far.argmin())
        ahead = int(far[col])
        if left[col] > 0:
            break
        holders = np.flatnonzero(held == col)
        done.append((col, ahead, holders))
        onward = costs[holders] - u[holders, None]
        best = onward.argmin(axis=0)
        there = onward[best, np.arange(len(v))] + v + ahead
        nearer = (there < far) & (far < GONE)
        came[nearer], far[nearer] = holders[best[nearer]], there[nearer]
        far[col] = GONE
    u[row] += ahead
    for taken, reach, holders in done:
        v[taken] += ahead - reach
        u[holders] += ahead - reach
    left[col] -= 1
    while True:
        mover = int(came[col])
        col, held[mover] = int(held[mover]), col
        if mover == row:
            return
