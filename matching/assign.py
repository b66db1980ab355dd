"""The solver at array level: most rows matched, then least total cost, exact in whole numbers."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np

from matching.assignment.given import Given, Ints, Ints32, read_given
from matching.assignment.routes import choose_route


@dataclasses.dataclass(frozen=True, slots=True)
class Assignment:
    """The answer of :func:`assign`.

    ``match`` int32[n_rows] is the column of each row or -1; ``row_price`` int64[n_rows] is u;
    ``col_price`` int64[M] is v ≥ 0, the smallest that certify; ``outside_price`` is B, the price
    of staying unmatched; ``total_cost`` is the exact sum over the ``n_matched`` matched edges.
    ``method`` names what ran and ``note`` says why; both depend on what is installed, the rest
    does not.
    """

    match: Ints32
    row_price: Ints
    col_price: Ints
    outside_price: int
    total_cost: int
    n_matched: int
    method: str = dataclasses.field(default="", compare=False)
    note: str = dataclasses.field(default="", compare=False)


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
        Number, cost and prices are unique; among equal answers the match follows the given order.

    Raises
    ------
    ValueError
        Naming the argument and the first bad position.

    Notes
    -----
    The outside price is ``lowest + (most + 1) * (range + 2)`` for the lowest cost, the range of
    costs and ``most = min(n_rows, seats)``, and the column prices are the smallest that certify,
    so every route gives the same ones.

    Small markets are solved on one table, O(n·M) for each seat filled at worst; those between
    with SciPy; large ones by the compiled kernel of ``matching.assignment.kernel``, near O(E)
    where people and places are neighbours, at worst O(n·E·log E).

    Examples
    --------
    >>> answer = assign([0, 0, 1], [0, 1, 0], [1, 5, 2], [1, 1], 2)
    >>> answer.match.tolist(), answer.total_cost, answer.n_matched
    ([1, 0], 7, 2)
    """
    given = read_given(rows, cols, costs, capacities, n_rows)
    route = choose_route(given)
    match, prices = route.solve(given)
    return _with_prices(given, match, prices, route.method, route.note)


def _with_prices(given: Given, match: Any, prices: Ints, method: str, note: str) -> Assignment:
    """The answer in the costs as given, with the price of every row and closed column."""
    matched = np.flatnonzero(match >= 0)
    held = _held_costs(given, match)
    row_price = np.full(given.n_rows, given.outside + given.lowest, dtype=np.int64)
    row_price[matched] = held[matched] + prices[match[matched]]
    _price_closed_columns(given, prices, row_price)
    return Assignment(
        match.astype(np.int32, copy=False),
        row_price,
        prices,
        given.outside + given.lowest,
        int(held.sum()),
        len(matched),
        method,
        note,
    )


def _held_costs(given: Given, match: Any) -> Ints:
    """The cost of each row's matched edge, the cheapest of equal ones; 0 for an unmatched row."""
    used = np.flatnonzero(match[given.rows] == given.cols)
    far = np.iinfo(np.int64).max
    held = np.full(given.n_rows, far, dtype=np.int64)
    np.minimum.at(held, given.rows[used], given.costs[used])
    held[match < 0] = 0
    return held


def _price_closed_columns(given: Given, prices: Ints, row_price: Ints) -> None:
    """Give columns without any seat the price that keeps everyone content elsewhere."""
    if given.capacities.all():
        return
    at = np.flatnonzero(given.capacities[given.cols] == 0)
    cols = given.cols[at]
    np.maximum.at(prices, cols, row_price[given.rows[at]] - given.costs[at])
