"""What one more or one fewer row or seat does to an optimal assignment, by chains of moves.

A move of one row frees a seat that another may take; chains of such moves are paths in the
residual graph, and their least costs are the smallest and the largest optimal prices of the seats
(Shapley and Shubik, doi:10.1007/BF01753437). Costs are int64, or Python whole numbers in an object
array where int64 is too narrow: both are exact.
"""

from __future__ import annotations

import functools

import numpy as np

from matching.explaining.chains import Ints, Moves, Values, spans


class Residual(Moves):
    """An optimal assignment that can be asked, and changed by one row or one seat at a time.

    Parameters
    ----------
    rows, cols : int64[E]
        Edges, each pair once.
    costs : int64[E] or object[E]
        Whole numbers, 0 or more.
    capacities : int64[M]
        Seats of each column.
    match : int64[N]
        An optimal match: column of each row, -1 for none.
    outside : int
        The price of staying unmatched: above every sum of costs that a chain can meet.

    Raises
    ------
    ValueError
        When int64 costs are too wide, or (on asking) when the match is not of least cost.

    Notes
    -----
    Asking for all columns at once costs one pass over the edges for each move of the longest
    chain; a change of one row or seat touches only the columns whose worth changes.

    Examples
    --------
    >>> one = np.array([0, 1]), np.array([0, 0]), np.array([3, 1])
    >>> graph = Residual(*one, np.array([1]), np.array([-1, 0]), 100)
    >>> graph.gain.tolist(), graph.loss.tolist()
    ([97], [99])
    """

    def twin(self) -> Residual:
        """A copy with a match of its own; the edges are shared."""
        other = object.__new__(Residual)
        other.__dict__ |= self.__dict__
        other.match, other.held, other.left = (
            part.copy() for part in (self.match, self.held, self.left)
        )
        other._forget()
        return other

    def _forget(self) -> None:
        for name in ("gain", "loss"):
            self.__dict__.pop(name, None)

    @functools.cached_property
    def gain(self) -> Values:
        """What one more seat of each column saves, [M]: its right derivative, 0 or more."""
        worth = self._fill(self.m, 0)
        away = self.match[self.rows]
        moves = np.flatnonzero(away != self.cols)
        for _ in range(self.m + 2):
            people, after = self.rows[moves], away[moves]
            freed = np.where(after >= 0, worth[after], 0) if self.m else worth
            saved = self.held[people] - self.costs[moves] + freed
            raised = worth.copy()
            np.maximum.at(raised, self.cols[moves], saved)
            changed = raised > worth
            if not changed.any():
                return worth
            worth = raised
            moves = np.flatnonzero((away >= 0) & changed[away] & (away != self.cols))
        raise ValueError("match: not of least cost, a chain of moves would improve it")

    @functools.cached_property
    def loss(self) -> Values:
        """What one seat fewer of each column costs, [M]: its left derivative, 0 or more.

        It is ``far`` for a column that has no seat.
        """
        price = self._fill(self.m, self.far)
        held = np.flatnonzero(self.match >= 0)
        np.minimum.at(price, self.match[held], self.outside - self.held[held])
        price[self.left > 0] = 0
        return self._spread(price, np.flatnonzero(price < self.far))

    def _spread(self, price: Values, changed: Ints) -> Values:
        """Carry lower prices back along the moves that lead to ``changed``, until none is left."""
        for _ in range(self.m + 2):
            if not len(changed):
                return price
            into = self.by_col[spans(self.col_at, changed)]
            origin = self.match[self.rows[into]]
            keep = (origin >= 0) & (origin != self.cols[into])
            into, origin = into[keep], origin[keep]
            asked = self.costs[into] + price[self.cols[into]] - self.held[self.rows[into]]
            lowered = price.copy()
            np.minimum.at(lowered, origin, asked)
            changed, price = np.flatnonzero(lowered < price), lowered
        raise ValueError("match: not of least cost, a chain of moves would improve it")

    def edges_of(self, row: int) -> slice:
        """The edges of one row."""
        return slice(int(self.row_at[row]), int(self.row_at[row + 1]))

    def without(self, row: int) -> Residual:
        """The optimum as it would be if one row had never come.

        Notes
        -----
        Prices never rise when a row leaves, so those of before are where the search begins.
        """
        other, left_from = self.twin(), int(self.match[row])
        other.match[row], other.held[row] = -1, -self.far
        if left_from < 0:
            other.__dict__["loss"] = self.loss
            return other
        other.left[left_from] += 1
        moves = self.chain_in(left_from, self.gain)
        other.move(moves)
        touched = np.unique(np.r_[left_from, self.cols[moves], self.match[self.rows[moves]]])
        other.__dict__["loss"] = other._lowered(self.loss, touched[touched >= 0])
        return other

    def _lowered(self, price: Values, touched: Ints) -> Values:
        """Prices after the people of ``touched`` columns changed, none of them higher."""
        low = price.copy()
        low[touched[self.left[touched] > 0]] = 0
        people = np.flatnonzero(np.isin(self.match, touched))
        np.minimum.at(low, self.match[people], self.outside - self.held[people])
        at = spans(self.row_at, people)
        origin = self.match[self.rows[at]]
        at, origin = at[origin != self.cols[at]], origin[origin != self.cols[at]]
        asked = self.costs[at] + price[self.cols[at]] - self.held[self.rows[at]]
        np.minimum.at(low, origin, asked)
        return self._spread(low, np.flatnonzero(low < price))

    def insert(self, row: int) -> None:
        """Let a row in that was left out by :meth:`without`, or unmatched and counted nowhere."""
        own = self.edges_of(row)
        self.match[row], self.held[row] = -1, self.outside
        if own.start == own.stop:
            return
        asked = self.costs[own] + self.loss[self.cols[own]]
        best = int(np.argmin(asked))
        if asked[best] < self.outside:
            first = own.start + best
            self.take_seat(int(self.cols[first]))
            self.left[self.cols[first]] += 1
            self.move([first])
        self._forget()

    def add_seat(self, col: int) -> None:
        """Give a column one more seat, filled by the chain that saves most."""
        moves = self.chain_in(col, self.gain)
        self.left[col] += 1
        self.move(moves)
        self._forget()

    def take_seat(self, col: int) -> None:
        """Take a seat of a column away, by the chain of moves that costs least."""
        moves, leaver = self.chain_out(col, self.loss)
        if leaver >= 0:
            self.left[self.match[leaver]] += 1
            self.match[leaver], self.held[leaver] = -1, self.outside
        self.move(moves)
        self.left[col] -= 1
        self._forget()

    def with_column(self, col: int, rows: Ints, costs: Values) -> Residual:
        """The optimum as it would be with other edges into one column.

        Its rows leave with it, come back to what else there is, and then its seats open again
        one by one.
        """
        holders = np.flatnonzero(self.match == col)
        keep, match = self.cols != col, self.match.copy()
        match[holders] = -1
        capacities = self.left + np.bincount(match[match >= 0], minlength=self.m)
        capacities[col] = 0
        other = Residual(
            np.r_[self.rows[keep], rows],
            np.r_[self.cols[keep], np.full(len(rows), col, dtype=np.int64)],
            np.concatenate([self.costs[keep], costs]),
            capacities,
            match,
            self.outside,
        )
        other.held[holders] = -self.far
        for row in holders.tolist():
            other.insert(row)
        for _ in range(int(self.left[col]) + len(holders)):
            other.add_seat(col)
        return other
