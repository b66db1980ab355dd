"""Who would certainly hold one more place at a placement."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from matching.explaining.acceptance import Acceptance, one_more_each
from matching.explaining.basis import ACCEPTANCE, EXACT, Basis
from matching.explaining.residual import Residual
from matching.explaining.wishes import Wishes, empty_desks


def goes_to_with_one_more(basis: Basis, cols: Sequence[int]) -> dict[int, list[int]]:
    """For each of these columns the rows that would be new there, whatever settles ties.

    Notes
    -----
    Under ``optimal`` the smallest prices prove the market with one more place as well: every pair
    in use is tight by them, and a placement with a price is full. Where one tight pair is not in
    use, that person has the place; where there are several, each is asked on their own.
    """
    if basis.market.policy.shares:
        return {}
    if basis.kind == EXACT:
        found = {col: _exactly(basis, col) for col in cols if basis.residual.gain[col] > 0}
        return {col: rows for col, rows in found.items() if rows}
    if basis.kind == ACCEPTANCE and not basis.market.host_caps:
        states = one_more_each(empty_desks(Wishes(basis)), cols)
        return {col: new_at(basis, state, col) for col, state in states}
    return {}


def new_at(basis: Basis, state: Acceptance, col: int) -> list[int]:
    """The rows at a column in a changed state that were not there before."""
    there = np.array(state.match, dtype=np.int64) == col
    found: list[int] = np.flatnonzero(there & (basis.match != col)).tolist()
    return found


def _exactly(basis: Basis, col: int) -> list[int]:
    graph = basis.residual
    into = graph.by_col[graph.col_at[col] : graph.col_at[col + 1]]
    people = graph.rows[into]
    origin = graph.match[people]
    kept = graph.held[people] + np.where(origin >= 0, graph.gain[origin], 0)
    tight = (kept - graph.costs[into] == graph.gain[col]) & (origin != col)
    rows: list[int] = people[tight].tolist()
    if len(rows) == 1 and not basis.rules.bind_single:
        return rows
    after = graph.twin()
    after.add_seat(col)
    return [row for row in rows if holds(basis, after, row, col)]


def holds(basis: Basis, graph: Residual, row: int, col: int) -> bool:
    """Whether a row is certainly at a column in a changed market."""
    return bool(graph.match[row] == col) and certain_column(basis, graph, row) == col


def certain_column(basis: Basis, graph: Residual, row: int) -> int | None:
    """Where a row is in every best match of a changed market, -1 for nowhere.

    ``None`` where best matches differ, or break a side rule.
    """
    own = graph.edges_of(row)
    asked = graph.costs[own] + graph.without(row).loss[graph.cols[own]]
    least = min(asked.tolist(), default=graph.outside + 1)
    best = np.flatnonzero(asked == least)
    if not basis.keeps_rules(graph.match) or least == graph.outside or len(best) > 1:
        return None
    return -1 if least > graph.outside else int(graph.cols[own][best[0]])
