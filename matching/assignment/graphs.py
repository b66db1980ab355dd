"""The edges of a problem, each pair once, and the smallest prices that prove a match on them."""

from __future__ import annotations

import dataclasses

import numpy as np
import numpy.typing as npt

from matching.assignment.given import Given, Ints


@dataclasses.dataclass(frozen=True, slots=True)
class Graph:
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

    def where(self, keep: npt.NDArray[np.bool_], costs: Ints) -> Graph:
        rows, cols = self.rows[keep], self.cols[keep]
        return Graph(rows, cols, costs[keep], self.capacities, self.n, self.widest)


def graph_of(given: Given) -> Graph:
    """Each pair once at its cheapest, by row and column; costs from 0; no closed columns."""
    r, c = given.rows.astype(np.int64), given.cols.astype(np.int64)
    w = given.costs - given.lowest
    key = r * given.n_cols + c
    if not (key[1:] > key[:-1]).all():
        order = np.lexsort((w, key))
        r, c, w, key = r[order], c[order], w[order], key[order]
    keep = given.capacities[c] > 0
    keep[1:] &= key[1:] != key[:-1]
    return Graph(r[keep], c[keep], w[keep], given.capacities, given.n_rows, given.widest)


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
