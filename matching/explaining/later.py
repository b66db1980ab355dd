"""What if a placement started half an hour later: one column of the market anew, the rest kept."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable, Collection, Mapping

import numpy as np

from matching.columnar.table import read_records
from matching.edges import eligible_edges
from matching.explaining.acceptance import Acceptance
from matching.explaining.basis import ACCEPTANCE, EXACT, Basis, pair_levels
from matching.explaining.chains import Ints
from matching.explaining.one_more import certain_column, holds
from matching.explaining.options import Options
from matching.explaining.residual import Residual
from matching.explaining.wishes import Wishes, empty_desks
from matching.market import Market
from matching.records import Placement, Spans

HALF_AN_HOUR = 30


@dataclasses.dataclass(frozen=True, slots=True)
class Later:
    """A placement with later shifts: how many people are placed in all then, and who is where.

    ``new`` are rows certainly there who were not there before; ``column_of`` gives the column of
    a row then, -1 for none, ``None`` where a tie would decide.
    """

    col: int
    shifts: Spans
    placed: int
    new: tuple[int, ...]
    column_of: Callable[[int], int | None]


def start_later(shifts: Spans) -> Spans:
    """Every shift half an hour later to begin, with the same end.

    Examples
    --------
    >>> start_later(((0, 540, 1020), (1, 540, 560)))
    ((0, 570, 1020), (1, 559, 560))
    """
    return tuple((day, min(start + HALF_AN_HOUR, end - 1), end) for day, start, end in shifts)


def when_later(basis: Basis, wanted: Mapping[int, Collection[int]]) -> list[Later]:
    """The round worked out again with one of these placements later, each on its own.

    Parameters
    ----------
    basis : Basis
    wanted : mapping of col to rows
        Who asks; a placement that none of them could take then is left out. Without rows, none
        is.

    Returns
    -------
    list of Later
        Empty where a change can only be worked out by solving again.
    """
    cols = [c for c in wanted if basis.market.placements[c].shifts and basis.capacities[c]]
    if not cols or basis.kind not in (EXACT, ACCEPTANCE):
        return []
    market = _later_market(basis.market, cols)
    edges = eligible_edges(market)
    levels = pair_levels(market, edges)
    found = []
    for col in cols:
        at = np.flatnonzero(edges.cols == market.col_of[basis.name(col)])
        at = at[~np.isin(edges.rows[at], list(basis.pinned))]
        pairs = Options(edges.rows[at].astype(np.int64), levels["choice"][at], levels["travel"][at])
        if wanted[col] and not np.isin(pairs.cols, list(wanted[col])).any():
            continue
        shifts = market.placements[market.col_of[basis.name(col)]].shifts
        found.append(_again(basis, col, shifts, pairs))
    return found


def _later_market(market: Market, cols: list[int]) -> Market:
    places = [market.placements[col] for col in cols]
    moved = [dataclasses.replace(one, shifts=start_later(one.shifts)) for one in places]
    policy = dataclasses.replace(market.policy, pins=())
    return market.with_parts(placements=read_records(Placement, moved), policy=policy)


def _again(basis: Basis, col: int, shifts: Spans, pairs: Options) -> Later:
    """``pairs`` has the rows that could take the later placement where others have columns."""
    if basis.kind == EXACT:
        graph = _resolved(basis, col, pairs)
        there = np.flatnonzero((graph.match == col) & (basis.match != col)).tolist()
        new = [row for row in there if holds(basis, graph, row, col)]
        n_placed = int((graph.match >= 0).sum())
        where = functools.partial(certain_column, basis, graph)
        return Later(col, shifts, n_placed, tuple(new), where)
    match = np.array(_accepted(basis, col, pairs).match, dtype=np.int64)
    new = np.flatnonzero((match == col) & (basis.match != col)).tolist()
    n_placed = int((match >= 0).sum())
    return Later(col, shifts, n_placed, tuple(new), lambda row: int(match[row]))


def _resolved(basis: Basis, col: int, pairs: Options) -> Residual:
    rows = pairs.cols
    levels = {"choice": pairs.choice, "travel": pairs.minutes}
    levels |= {name: level[rows] for name, level in basis.person_levels.items()}
    costs = basis.scale.cost({name: levels[name] for name in basis.levels})
    return basis.residual.with_column(col, rows, costs)


def _accepted(basis: Basis, col: int, pairs: Options) -> Acceptance:
    wishes = Wishes(basis)
    empty, own = empty_desks(wishes), wishes.of_all
    away = np.flatnonzero(basis.cols != col)
    told: dict[int, tuple[int, int]] = {
        row: (choice, far)
        for row, choice, far in zip(
            pairs.cols.tolist(), pairs.choice.tolist(), pairs.minutes.tolist(), strict=True
        )
    }
    changed = set(told) | set(basis.rows[basis.cols == col].tolist())
    again = list(own)
    for row in changed:
        mine = away[slice(*np.searchsorted(basis.rows[away], [row, row + 1]).tolist())]
        options = _options(basis, mine)
        if row in told:
            choice, far = (np.array([part], dtype=np.int64) for part in told[row])
            options = options.joined(Options(np.array([col], dtype=np.int64), choice, far))
        again[row] = wishes.of_one(row, options)
    empty.wishes = again
    empty.let_in(range(len(again)))
    return empty


def _options(basis: Basis, at: Ints) -> Options:
    return Options(basis.cols[at], basis.pairs["choice"][at], basis.pairs["travel"][at])
