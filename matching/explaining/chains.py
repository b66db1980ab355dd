"""The edges of an assignment with its match, and the chains of moves that change it by one seat."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Values = npt.NDArray[Any]
ROOM = 3 * 2**60


class Moves:
    """Edges by row and by column, and a match that moves along them.

    ``held`` is the cost of what each row has, the outside price for an unmatched one; ``left``
    the free seats of each column; ``far`` is beyond every price.
    """

    def __init__(
        self, rows: Ints, cols: Ints, costs: Values, capacities: Ints, match: Ints, outside: int
    ) -> None:
        if costs.dtype != object and outside >= ROOM:
            raise ValueError(f"outside: {outside} is too wide for int64")
        order = np.lexsort((cols, rows))
        self.rows, self.cols, self.costs = rows[order], cols[order], costs[order]
        self.outside, self.far = outside, 2 * outside
        self.n, self.m = len(match), len(capacities)
        self.row_at = np.searchsorted(self.rows, np.arange(self.n + 1))
        self.by_col = np.argsort(self.cols, kind="stable")
        self.col_at = np.searchsorted(self.cols[self.by_col], np.arange(self.m + 1))
        self.match = match.astype(np.int64)
        self.held = self._fill(self.n, outside)
        used = self.match[self.rows] == self.cols
        self.held[self.rows[used]] = self.costs[used]
        self.left = capacities - np.bincount(self.match[self.match >= 0], minlength=self.m)

    def _fill(self, length: int, value: int) -> Values:
        return np.full(length, value, dtype=self.costs.dtype)

    def move(self, edges: list[int]) -> None:
        """Move rows along edges, one after another."""
        for edge in edges:
            person, to, origin = self.rows[edge], self.cols[edge], self.match[self.rows[edge]]
            if origin >= 0:
                self.left[origin] += 1
            self.left[to] -= 1
            self.match[person], self.held[person] = to, self.costs[edge]

    def chain_in(self, col: int, gain: Values) -> list[int]:
        """The moves, as edges, by which one more seat would save all it can; maybe none.

        They end at an unmatched row or a worthless seat. The search is by breadth, so that a ring
        of moves without gain cannot be walked for ever.
        """
        came: dict[int, int] = {}
        queue = [col]
        for to in queue:
            if gain[to] == 0:
                return _walk(came, to, col, self.cols)
            into = self.by_col[self.col_at[to] : self.col_at[to + 1]]
            people = self.rows[into]
            origin = self.match[people]
            freed = np.where(origin >= 0, gain[origin], 0)
            saved = self.held[people] - self.costs[into] + freed
            tight = (saved == gain[to]) & (origin != to)
            for edge, start in zip(into[tight].tolist(), origin[tight].tolist(), strict=True):
                if start < 0:
                    return [edge, *_walk(came, to, col, self.cols)]
                if start not in came and start != col:
                    came[start] = edge
                    queue.append(start)
        raise ValueError("match: not of least cost, a chain of moves would improve it")

    def chain_out(self, col: int, loss: Values) -> tuple[list[int], int]:
        """The cheapest moves that free a seat, last first, and the row left out or -1."""
        came: dict[int, int] = {}
        queue = [col]
        for at in queue:
            if self.left[at] > 0:
                return self._walk_back(came, at, col), -1
            people = np.flatnonzero(self.match == at)
            alone = people[self.outside - self.held[people] == loss[at]]
            if len(alone):
                return self._walk_back(came, at, col), int(alone[0])
            out = spans(self.row_at, people)
            price = self.costs[out] + loss[self.cols[out]] - self.held[self.rows[out]]
            for edge in out[(price == loss[at]) & (self.cols[out] != at)].tolist():
                to = int(self.cols[edge])
                if to not in came and to != col:
                    came[to] = edge
                    queue.append(to)
        raise ValueError("match: not of least cost, a chain of moves would improve it")

    def _walk_back(self, came: dict[int, int], at: int, col: int) -> list[int]:
        moves = []
        while at != col:
            moves.append(came[at])
            at = int(self.match[self.rows[came[at]]])
        return moves


def _walk(came: dict[int, int], at: int, col: int, cols: Ints) -> list[int]:
    moves = []
    while at != col:
        moves.append(came[at])
        at = int(cols[came[at]])
    return moves


def spans(at: Ints, which: Ints) -> Ints:
    """The positions ``at[w]`` to ``at[w + 1]`` of every ``w`` in ``which``, one after another.

    Examples
    --------
    >>> spans(np.array([0, 2, 2, 5]), np.array([0, 2])).tolist()
    [0, 1, 2, 3, 4]
    """
    starts, counts = at[which], at[which + 1] - at[which]
    within = np.arange(int(counts.sum())) - np.repeat(np.cumsum(counts) - counts, counts)
    found: Ints = np.repeat(starts, counts) + within
    return found
