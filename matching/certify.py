"""The proof that an assignment is optimal, checked in plain NumPy without knowing any solver.

Weak duality proves the cost (Kuhn, doi:10.1002/nav.3800020109), a cover of all edges by as many
rows and seats as are matched proves the number (Kőnig), and chains of reduced cost 0 prove that
the prices are the smallest: with the outside price fixed by rule there is only one right answer
for every price, so any change of one is found.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import breadth_first_order

NAMED = 20
BLOCK = 1 << 16
FAR = 2**62


def certify(
    rows: Any,
    cols: Any,
    costs: Any,
    capacities: Any,
    match: Any,
    row_price: Any,
    col_price: Any,
    outside_price: int,
) -> list[str]:
    """Say what is false about a claimed optimum; nothing said is a proof.

    Parameters
    ----------
    rows, cols : int32[E]
    costs : int64[E]
    capacities : int64[M]
        The edges and seats as given to ``assign``.
    match : int32[n_rows]
        Column of each row, -1 for none.
    row_price, col_price : int64
        Prices u and v.
    outside_price : int
        B, the price of staying unmatched.

    Returns
    -------
    list of str
        Empty when every rule holds: seats kept, v ≥ 0 and v = 0 where a seat is free, u ≤ B with
        equality on unmatched rows, u ≤ cost + v on every edge with equality on matched ones; B as
        the rule has it, ``lowest + (most + 1) * (range + 2)``; no price could be smaller; and
        a set of rows and full columns that touches every edge is no larger than the number
        matched, so nobody can match more. At most 20 sentences a rule.

    Notes
    -----
    O(E + M log M), in blocks: no more memory than the edges themselves, and a little.

    Examples
    --------
    >>> certify([0], [0], [4], [1], [0], [4], [0], 8)
    []
    >>> certify([0], [0], [4], [1], [-1], [8], [0], 8)[0]
    'edge 0: row price 8 is above cost 4 plus column price 0'
    """
    try:
        claim = _Claim(rows, cols, costs, capacities, match, row_price, col_price, outside_price)
    except (ValueError, TypeError, OverflowError) as wrong:
        return [str(wrong)]
    found = [*claim.outside(), *claim.seats(), *claim.edges()]
    return found or [*claim.number(), *claim.smallest()]


class _Claim:
    """A claimed optimum beside its market."""

    def __init__(self, r: Any, c: Any, w: Any, caps: Any, m: Any, u: Any, v: Any, b: Any) -> None:
        self.r, self.c, self.w = _whole("rows", r), _whole("cols", c), _whole("costs", w)
        self.caps, self.m = _whole("capacities", caps), _whole("match", m)
        self.u, self.v = _whole("row_price", u), _whole("col_price", v)
        self.b = int(b)
        n, cols = len(self.m), len(self.caps)
        if len(self.u) != n or len(self.v) != cols or not _within(self.m, -1, cols):
            raise ValueError("the sizes of match and prices do not fit the market")
        if not len(self.r) == len(self.c) == len(self.w):
            raise ValueError("the edges are not of one length")
        if not (_within(self.r, 0, n) and _within(self.c, 0, cols) and _within(self.caps, 0, FAR)):
            raise ValueError("the edges and seats do not fit the market")
        if not (_within(self.u, -FAR, FAR) and _within(self.v, -FAR, FAR) and abs(self.b) < FAR):
            raise ValueError("the prices are beyond what the costs allow")
        self.lowest = int(self.w.min()) if len(self.w) else 0
        self.range = int(self.w.max()) - self.lowest if len(self.w) else 0
        self.held = np.bincount(self.m[self.m >= 0], minlength=cols)
        self.unused: list[tuple[Any, Any]] = []

    def outside(self) -> Iterator[str]:
        """The outside price is what the rule makes of the costs and seats."""
        n = len(self.m)
        most = min(n, sum(np.minimum(self.caps, n).tolist()))
        right = self.lowest + (most + 1) * (self.range + 2)
        if self.b != right:
            yield f"the outside price is {self.b}, the rule says {right}"

    def seats(self) -> Iterator[str]:
        """Seats are kept, free ones cost nothing, nobody pays more than staying unmatched."""
        held, caps, u, v = self.held, self.caps, self.u, self.v
        yield from (f"column {j}: {held[j]} matched to {caps[j]} seats" for j in _at(held > caps))
        yield from (f"column {j}: price {v[j]} is below 0" for j in _at(v < 0))
        for j in _at((held < caps) & (v != 0)):
            yield f"column {j}: has a free seat and a price of {v[j]}"
        yield from (f"row {i}: price {u[i]} is above {self.b}" for i in _at(u > self.b))
        for i in _at((self.m < 0) & (u != self.b)):
            yield f"row {i}: unmatched with a price of {u[i]}"

    def edges(self) -> Iterator[str]:
        """No edge is cheaper than its row's price; a matched row's own costs just that.

        Those that cost just that and are not used are kept where they may hold a price up.
        """
        tight, named = self.m < 0, 0
        for at in self._blocks():
            r, c = self.r[at], self.c[at]
            spare = self.w[at] + self.v[c]
            spare -= self.u[r]
            for e in _at(spare < 0)[: NAMED - named]:
                named += 1
                yield (
                    f"edge {at.start + e}: row price {self.u[r[e]]} is above cost "
                    f"{self.w[at.start + e]} plus column price {self.v[c[e]]}"
                )
            same = np.flatnonzero(spare == 0)
            r, c = r[same], c[same]
            used = self.m[r] == c
            tight[r[used]] = True
            holds = ~used & (self.v[c] > 0)
            self.unused.append((r[holds], c[holds]))
        yield from (f"row {i}: its match is not an edge at its price" for i in _at(~tight))

    def number(self) -> Iterator[str]:
        """Full columns of high price and the rows with an edge elsewhere touch every edge.

        From the outside price down, smallest prices follow one another in steps of at most the
        range of costs as long as places are short; the first wider step is where they suffice.
        """
        matched = int((self.m >= 0).sum())
        if matched == len(self.m):
            return
        open_prices = np.sort(self.v[self.caps > 0])[::-1]
        steps = np.r_[self.b - self.lowest, open_prices]
        steps = steps - np.r_[open_prices, 0]
        short = open_prices[: int(np.argmax(steps > self.range))]
        covered = self.caps == 0
        if len(short):
            covered |= self.v >= short[-1]
        touched = np.zeros(len(self.m), dtype=bool)
        for at in self._blocks():
            touched[self.r[at][~covered[self.c[at]]]] = True
        size = sum(self.caps[covered].tolist()) + int(touched.sum())
        if size != matched:
            yield f"{matched} are matched, and the smallest cover found is of {size}"

    def smallest(self) -> Iterator[str]:
        """Every price above 0 is held up by a chain of tight edges from a price that is fixed.

        A chain starts at an unmatched row or at a column of price 0; whoever would rather take
        a seat elsewhere keeps the price there from falling alone. SciPy's search only proposes
        chains: a column counts where the edge before it is a tight one from a column found sooner.
        """
        n_cols = len(self.caps)
        away, to = [np.full(n_cols, n_cols)[self.v == 0]], [np.flatnonzero(self.v == 0)]
        for r, c in self.unused:
            away.append(np.where((self.m[r] < 0) | (self.caps[c] == 0), n_cols, self.m[r]))
            to.append(c)
        start, end = np.concatenate(away), np.concatenate(to)
        chain = csr_array(
            (np.ones(len(start), dtype=np.int8), (start, end)), shape=(n_cols + 1, n_cols + 1)
        )
        order, before = breadth_first_order(chain, n_cols)
        place = np.full(n_cols + 1, n_cols + 1)
        place[order] = np.arange(len(order))
        upheld = end[(before[end] == start) & (place[start] < place[end])]
        loose = np.ones(n_cols, dtype=bool)
        loose[upheld] = False
        for j in _at(loose):
            yield f"column {j}: price {self.v[j]} is not the smallest"

    def _blocks(self) -> Iterator[slice]:
        for begin in range(0, len(self.r), BLOCK):
            yield slice(begin, min(begin + BLOCK, len(self.r)))


def _whole(name: str, given: Any) -> Any:
    array = np.asarray(given)
    if array.size == 0:
        return np.zeros(0, dtype=np.int64)
    if array.ndim != 1 or array.dtype.kind not in "iu":
        raise ValueError(f"{name}: expected whole numbers in one dimension")
    if array.dtype.kind == "u" and array.dtype.itemsize == 8 and array.max() >= FAR:
        raise ValueError(f"{name}: beyond int64")
    return array if array.dtype == np.int32 else array.astype(np.int64, copy=False)


def _within(array: Any, low: int, end: int) -> bool:
    return not len(array) or bool(array.min() >= low and array.max() < end)


def _at(bad: Any) -> list[int]:
    return [int(i) for i in np.flatnonzero(bad)[:NAMED]]
