"""The cheapest move of one person into each placement, kept up to date while people move."""

from __future__ import annotations

import copy

import numpy as np

from matching.columnar.columns import Ints
from matching.explaining.chains import spans
from matching.side_rules.network import Network, held_costs

FAR = 2**62
LOST = 5 * 2**59
TABLE_CELLS = 4_000_000
FEW = 64


class Arcs:
    """Edges by placement, with what each would save or cost the person who moved along it."""

    def __init__(self, network: Network, match: Ints) -> None:
        self.network, self.pools = network, network.pool_nodes()
        order = np.lexsort((network.rows, network.cols))
        self.rows, self.cols = network.rows[order], network.cols[order]
        self.costs = network.costs[order]
        self.at = np.searchsorted(self.cols, np.arange(network.m + 1))
        self.heads = np.flatnonzero(self.at[1:] > self.at[:-1])
        self.set(match)

    def set(self, match: Ints) -> None:
        """Begin again from another match."""
        self.match = match.copy()
        self.tail = np.where(match < 0, self.pools, match)
        self.held = held_costs(self.network, match)

    def copy(self) -> Arcs:
        """Arcs around a match of their own; the edges are shared."""
        other = copy.copy(self)
        other.match, other.tail, other.held = self.match.copy(), self.tail.copy(), self.held.copy()
        return other

    def move(self, row: int, to: int) -> None:
        """Move one person to a placement, or out with -1."""
        cost = self.network.outside
        if to >= 0:
            at = slice(int(self.at[to]), int(self.at[to + 1]))
            cost = int(self.costs[at][np.searchsorted(self.rows[at], row)])
        self.match[row], self.held[row] = to, cost
        self.tail[row] = self.pools[row] if to < 0 else to

    def _reached(self, at: slice, cost_to: Ints) -> Ints:
        rows = self.rows[at]
        tail = self.tail[rows]
        start = cost_to[tail]
        far = (start > LOST) | (tail == self.cols[at])
        found: Ints = np.where(far, FAR, start - self.held[rows] + self.costs[at])
        return found

    def entering(self, cost_to: Ints) -> Ints:
        """The least cost at which each placement is reached by one move, int64[M]."""
        best = np.full(self.network.m, FAR, dtype=np.int64)
        if len(self.heads):
            reached = self._reached(slice(None), cost_to)
            best[self.heads] = np.minimum.reduceat(reached, self.at[:-1][self.heads])
        return best

    def into(self, col: int, cost_to: Ints) -> list[tuple[int, int]]:
        """The moves that reach a placement at its least cost: each node and the first to leave."""
        at = slice(int(self.at[col]), int(self.at[col + 1]))
        tight = self.rows[at][self._reached(at, cost_to) == cost_to[col]]
        nodes, first = np.unique(self.tail[tight], return_index=True)
        return list(zip(nodes.tolist(), tight[first].tolist(), strict=True))


class TableArcs(Arcs):
    """The same with a table of the least cost from each node into each placement."""

    def __init__(self, network: Network, match: Ints) -> None:
        order = np.argsort(network.rows, kind="stable")
        self.by_row, self.row_cols = network.rows[order], network.cols[order]
        self.row_costs = network.costs[order]
        self.row_at = np.searchsorted(self.by_row, np.arange(network.n + 1))
        super().__init__(network, match)

    def set(self, match: Ints) -> None:
        super().set(match)
        self.table = np.full((self.network.away + 1, self.network.m), FAR, dtype=np.int64)
        self._fill(slice(None))

    def copy(self) -> TableArcs:
        other = super().copy()
        assert isinstance(other, TableArcs)
        other.table = self.table.copy()
        return other

    def move(self, row: int, to: int) -> None:
        at = slice(int(self.row_at[row]), int(self.row_at[row + 1]))
        left, cols = int(self.tail[row]), self.row_cols[at]
        lost = cols[self.table[left, cols] == self.row_costs[at] - self.held[row]]
        super().move(row, to)
        self._fill(at)
        stayed = np.flatnonzero(self.tail == left)
        if len(stayed) <= FEW:
            self.table[left] = FAR
            self._fill(spans(self.row_at, stayed))
        else:
            self._look_again(left, lost)

    def _look_again(self, node: int, cols: Ints) -> None:
        """The least costs from a node with many people into placements whose best mover left."""
        for col in cols.tolist():
            at = slice(int(self.at[col]), int(self.at[col + 1]))
            rows = self.rows[at]
            here = self.tail[rows] == node
            cost = self.costs[at][here] - self.held[rows[here]]
            self.table[node, col] = cost.min(initial=FAR)

    def _fill(self, at: Ints | slice) -> None:
        rows, cols = self.by_row[at], self.row_cols[at]
        tail = self.tail[rows]
        cost = np.where(tail == cols, FAR, self.row_costs[at] - self.held[rows])
        np.minimum.at(self.table, (tail, cols), cost)

    def entering(self, cost_to: Ints) -> Ints:
        live = np.flatnonzero(cost_to <= LOST)
        if not len(live) or not self.network.m:
            return np.full(self.network.m, FAR, dtype=np.int64)
        best: Ints = (cost_to[live, None] + self.table[live]).min(axis=0)
        best[best > LOST] = FAR
        return best


def arcs_of(network: Network, match: Ints) -> Arcs:
    """The table where it fits, else the edges: the same answers."""
    fits = (network.away + 1) * network.m <= TABLE_CELLS
    return (TableArcs if fits else Arcs)(network, match)
