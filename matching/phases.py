"""The best match of one cost after another: each phase keeps the optimum of those before it."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from matching.assign import Assignment, assign
from matching.columnar.columns import Ints
from matching.tight import Tight, first_match

Bools = npt.NDArray[np.bool_]


@dataclasses.dataclass(frozen=True, slots=True)
class Phased:
    """The best match int64[N] and, for each phase, its prices and totals.

    ``row_prices`` int64[N] and ``col_prices`` int64[M] a phase, the first phase first. Read as
    the words of one number they are prices for the whole cost: on every pair row price ≤ cost +
    column price, word by word from the first that differs, with equality on matched pairs; a
    column with a free seat has a price of 0; an unmatched row has the outside price.
    """

    match: Ints
    row_prices: tuple[Ints, ...]
    col_prices: tuple[Ints, ...]
    outside_prices: tuple[int, ...]
    total_costs: tuple[int, ...]
    n_matched: int
    method: str
    note: str


def best_match(
    rows: Ints, cols: Ints, part: Callable[[int], Ints], n_phases: int, capacities: Ints, n: int
) -> Phased:
    """As many rows as possible, then the least cost of phase 0, then of phase 1, and so on.

    Parameters
    ----------
    rows, cols : int[E]
        By row then column.
    part : callable of phase to int64[E]
        The costs of a phase.
    n_phases : int
    capacities : int64[M]
    n : int
        Number of rows.

    Returns
    -------
    Phased
        The same whatever solved it: prices are unique, and the match is made from them alone.

    Notes
    -----
    The optima of a phase are the matches of its tight pairs that hold every row priced below the
    outside price and fill every priced column. The next phase looks at tight pairs only and makes
    using a row or a seat that need not be used dearer than anything its own costs can save, so it
    stays among them.

    Examples
    --------
    >>> costs = [np.array([0, 0]), np.array([5, 3])]
    >>> zero = np.array([0, 0])
    >>> best_match(zero, np.array([0, 1]), costs.__getitem__, 2, np.array([1, 1]), 1).match.tolist()
    [1]
    """
    may = _May(np.ones(n, dtype=bool), np.ones(len(capacities), dtype=bool))
    costs = part(0)
    first = assign(rows, cols, costs, capacities, n)
    found, (at, may) = [first], _tight(first, rows, cols, costs, may)
    for phase in range(1, n_phases):
        costs = part(phase)[at]
        one = _among_optima(rows[at], cols[at], costs, capacities, n, may)
        inner, may = _tight(one, rows[at], cols[at], costs, may)
        found.append(one)
        at = at[inner]
    open_ = at[capacities[cols[at]] > 0]
    must = Tight(rows[open_], cols[open_], ~may.rows, ~may.cols & (capacities > 0), capacities)
    return Phased(
        first_match(must),
        tuple(one.row_price for one in found),
        tuple(one.col_price for one in found),
        tuple(one.outside_price for one in found),
        tuple(one.total_cost for one in found),
        found[0].n_matched,
        found[0].method,
        found[0].note,
    )


@dataclasses.dataclass(frozen=True, slots=True)
class _May:
    """Rows that may stay unmatched and columns that may keep a free seat."""

    rows: Bools
    cols: Bools


def _tight(one: Assignment, rows: Ints, cols: Ints, costs: Ints, may: _May) -> tuple[Ints, _May]:
    """The positions of the pairs that an optimum can use, and what it may leave."""
    tight = np.flatnonzero(one.row_price[rows] == costs + one.col_price[cols])
    left = _May(may.rows & (one.row_price == one.outside_price), may.cols & (one.col_price == 0))
    return tight, left


def _among_optima(
    rows: Ints, cols: Ints, costs: Ints, capacities: Ints, n: int, may: _May
) -> Assignment:
    """The least cost among the optima of the phases before, priced in its own costs."""
    most = min(n, int(capacities.sum()))
    dear = most * int(np.ptp(costs)) + 1 if len(costs) else 1
    raised = costs + dear * (may.rows[rows].astype(np.int64) + may.cols[cols])
    one = assign(rows, cols, raised, capacities, n)
    used = np.flatnonzero(one.match[rows] == cols)
    return dataclasses.replace(
        one,
        row_price=one.row_price - dear * (may.rows.astype(np.int64) + 1),
        col_price=one.col_price + dear * (may.cols.astype(np.int64) - 1),
        outside_price=one.outside_price - 2 * dear,
        total_cost=int(costs[used].sum()),
    )
