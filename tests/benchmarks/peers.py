"""Other people's solvers on our problems: each gives the number matched and the total cost.

None is asked for prices or a proof, and all are given the problem the way they like it best; what
it takes to lay it out that way is counted, as it is for ours.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import numpy as np
from families import Problem

Answer = tuple[int, int]


@dataclasses.dataclass(frozen=True)
class Plain:
    """A problem without duplicate pairs and without columns that have no seat, costs from 0."""

    rows: Any
    cols: Any
    costs: Any
    seats: Any
    n: int
    lowest: int
    outside: int

    def answer(self, n_matched: int, cost: int) -> Answer:
        """Number and cost in the costs as given."""
        return n_matched, cost + n_matched * self.lowest

    def answer_of(self, rows: Any, cols: Any) -> Answer:
        """Number and cost of matched pairs."""
        key = self.rows * len(self.seats) + self.cols
        order = np.argsort(key)
        at = order[np.searchsorted(key[order], rows * len(self.seats) + cols)]
        return self.answer(len(rows), int(self.costs[at].sum()))


def plain(given: Problem, once: bool = True) -> Plain:
    """Lay a problem out from costs of 0; each pair ``once`` and no closed columns where asked."""
    rows, cols = given.rows.astype(np.int64), given.cols.astype(np.int64)
    lowest = int(given.costs.min())
    costs = given.costs - lowest
    keep: Any = slice(None)
    if once:
        key = rows * len(given.capacities) + cols
        order = np.lexsort((costs, key))
        first = np.r_[True, np.diff(key[order]) != 0]
        keep = order[first & (given.capacities[cols[order]] > 0)]
    seats = np.minimum(given.capacities, given.n_rows)
    most = min(given.n_rows, int(seats.sum()))
    outside = (most + 1) * (int(costs.max()) + 2)
    return Plain(rows[keep], cols[keep], costs[keep], seats, given.n_rows, lowest, outside)


def ours(given: Problem) -> Answer:
    """`assign`, and then `certify` of what it says."""
    from matching.assign import assign

    found = assign(*given.arguments)
    return found.n_matched, found.total_cost


def certified(given: Problem) -> Callable[[], None]:
    """The check of our answer, to be timed apart."""
    from matching.assign import assign
    from matching.certify import certify

    found = assign(*given.arguments)
    proof = found.match, found.row_price, found.col_price, found.outside_price

    def check() -> None:
        if said := certify(*given.arguments[:4], *proof):
            raise AssertionError(said)

    return check


def ortools_flow(given: Problem) -> Answer:
    """OR-tools: the largest flow of least cost from a source through rows and columns to a sink."""
    from ortools.graph.python.min_cost_flow import SimpleMinCostFlow

    p = plain(given, once=False)
    n, m = p.n, len(p.seats)
    flow = SimpleMinCostFlow()
    tails = np.concatenate([np.full(n, n + m), p.rows, n + np.arange(m)])
    heads = np.concatenate([np.arange(n), n + p.cols, np.full(m, n + m + 1)])
    rooms = np.concatenate([np.ones(n + len(p.rows), np.int64), p.seats])
    costs = np.concatenate([np.zeros(n, np.int64), p.costs, np.zeros(m, np.int64)])
    flow.add_arcs_with_capacity_and_unit_cost(
        tails.astype(np.int32), heads.astype(np.int32), rooms, costs
    )
    supplies = np.zeros(n + m + 2, np.int64)
    supplies[n + m], supplies[n + m + 1] = n, -n
    flow.set_nodes_supplies(np.arange(n + m + 2, dtype=np.int32), supplies)
    if flow.solve_max_flow_with_min_cost() != flow.OPTIMAL:
        raise RuntimeError("no optimum")
    return p.answer(flow.maximum_flow(), flow.optimal_cost())


def ortools_outside(given: Problem) -> Answer:
    """OR-tools: every row a supply of 1, staying out an arc of high cost."""
    from ortools.graph.python.min_cost_flow import SimpleMinCostFlow

    p = plain(given, once=False)
    n, m = p.n, len(p.seats)
    flow = SimpleMinCostFlow()
    tails = np.concatenate([np.arange(n), p.rows, n + np.arange(m)])
    heads = np.concatenate([np.full(n, n + m), n + p.cols, np.full(m, n + m)])
    rooms = np.concatenate([np.ones(n + len(p.rows), np.int64), p.seats])
    costs = np.concatenate([np.full(n, p.outside), p.costs, np.zeros(m, np.int64)])
    flow.add_arcs_with_capacity_and_unit_cost(
        tails.astype(np.int32), heads.astype(np.int32), rooms, costs
    )
    supplies = np.concatenate([np.ones(n, np.int64), np.zeros(m, np.int64), [-n]])
    flow.set_nodes_supplies(np.arange(n + m + 1, dtype=np.int32), supplies)
    if flow.solve() != flow.OPTIMAL:
        raise RuntimeError("no optimum")
    out = int(flow.flows(np.arange(n, dtype=np.int32)).sum())
    return p.answer(n - out, flow.optimal_cost() - out * p.outside)


def _seat_table(p: Plain) -> tuple[Any, Any]:
    """A sparse table of rows by seats and a way out for each row; the column of each seat."""
    from scipy.sparse import csr_array

    starts = np.r_[0, np.cumsum(p.seats)]
    copies = p.seats[p.cols]
    edge = np.repeat(np.arange(len(p.costs)), copies)
    nth = np.arange(len(edge)) - np.repeat(np.cumsum(copies) - copies, copies)
    rows = np.r_[p.rows[edge], np.arange(p.n)]
    seats = np.r_[starts[p.cols[edge]] + nth, starts[-1] + np.arange(p.n)]
    costs = np.r_[p.costs[edge] + 1, np.full(p.n, p.outside + 1)].astype(np.float64)
    table = csr_array((costs, (rows, seats)), shape=(p.n, int(starts[-1]) + p.n))
    return table, np.repeat(np.arange(len(p.seats)), p.seats)


def scipy_rows(given: Problem) -> Answer:
    """SciPy `min_weight_full_bipartite_matching`, people as rows."""
    from scipy.sparse.csgraph import min_weight_full_bipartite_matching

    p = plain(given)
    table, column = _seat_table(p)
    rows, seats = min_weight_full_bipartite_matching(table)
    inside = seats < len(column)
    return p.answer_of(rows[inside], column[seats[inside]])


def scipy_seats(given: Problem) -> Answer:
    """SciPy `min_weight_full_bipartite_matching`, seats as rows."""
    from scipy.sparse.csgraph import min_weight_full_bipartite_matching

    p = plain(given)
    table, column = _seat_table(p)
    seats, rows = min_weight_full_bipartite_matching(table.T.tocsr())
    inside = seats < len(column)
    return p.answer_of(rows[inside], column[seats[inside]])


def _dense(p: Plain) -> tuple[Any, Any, float]:
    column = np.repeat(np.arange(len(p.seats)), p.seats)
    far = float(min(p.outside, 2**50))
    table = np.full((p.n, len(p.seats)), far)
    table[p.rows, p.cols] = p.costs
    return np.ascontiguousarray(table[:, column]), column, far


def scipy_dense(given: Problem) -> Answer:
    """SciPy `linear_sum_assignment` on a table of people by seats."""
    from scipy.optimize import linear_sum_assignment

    p = plain(given)
    table, column, far = _dense(p)
    rows, seats = linear_sum_assignment(table)
    inside = table[rows, seats] < far
    return p.answer_of(rows[inside], column[seats[inside]])


def lapx(given: Problem) -> Answer:
    """lapx `lapjv` on the same table, made square by itself."""
    import lap

    p = plain(given)
    table, column, far = _dense(p)
    _, seat_of, _ = lap.lapjv(table, extend_cost=True)
    rows = np.flatnonzero(seat_of >= 0)
    rows = rows[table[rows, seat_of[rows]] < far]
    return p.answer_of(rows, column[seat_of[rows]])


def highs(given: Problem) -> Answer:
    """HiGHS by SciPy's `linprog`: whoever is matched saves the price of staying out."""
    from scipy.optimize import linprog
    from scipy.sparse import csr_array

    p = plain(given)
    at = np.arange(len(p.costs))
    lines = csr_array(
        (np.ones(2 * len(at)), (np.r_[p.rows, p.n + p.cols], np.r_[at, at])),
        shape=(p.n + len(p.seats), len(at)),
    )
    limits = np.r_[np.ones(p.n), p.seats]
    found = linprog(p.costs - float(p.outside), A_ub=lines, b_ub=limits, bounds=(0, 1))
    used = np.flatnonzero(found.x > 0.5)
    return p.answer_of(p.rows[used], p.cols[used])


def networkx(given: Problem) -> Answer:
    """NetworkX `max_flow_min_cost`."""
    import networkx as nx

    p = plain(given)
    graph = nx.DiGraph()
    graph.add_edges_from((("s", ("r", r)) for r in range(p.n)), capacity=1, weight=0)
    graph.add_edges_from(
        (("c", c), "t", {"capacity": int(s), "weight": 0}) for c, s in enumerate(p.seats)
    )
    graph.add_edges_from(
        (("r", r), ("c", c), {"capacity": 1, "weight": w})
        for r, c, w in zip(p.rows.tolist(), p.cols.tolist(), p.costs.tolist(), strict=True)
    )
    flow = nx.max_flow_min_cost(graph, "s", "t")
    placed = sum(flow["s"].values())
    return p.answer(placed, int(nx.cost_of_flow(graph, flow)))


@dataclasses.dataclass(frozen=True)
class Peer:
    """A solver, and the most pairs and table cells at which it is tried at all."""

    run: Callable[[Problem], Answer]
    most_pairs: int = 10**9
    most_cells: int = 10**18

    def why_not(self, given: Problem) -> str:
        """Why it is not worth a try, if so."""
        cells = given.n_rows * int(np.minimum(given.capacities, given.n_rows).sum())
        if cells > self.most_cells:
            return f"not tried: a table of {cells * 8 / 2**30:,.0f} GB"
        if len(given.rows) > self.most_pairs:
            return f"not tried: over {self.most_pairs:,} pairs"
        return ""


OURS = "ours"
SOLVERS: dict[str, Peer] = {
    OURS: Peer(ours),
    "OR-tools flow": Peer(ortools_flow),
    "OR-tools outside": Peer(ortools_outside),
    "SciPy sparse, seats": Peer(scipy_seats),
    "SciPy sparse, people": Peer(scipy_rows),
    "SciPy dense": Peer(scipy_dense, most_cells=40_000_000),
    "lapx dense": Peer(lapx, most_cells=40_000_000),
    "HiGHS": Peer(highs, most_pairs=100_000),
    "NetworkX": Peer(networkx, most_pairs=50_000),
}
