"""The eligible pairs of a market, found block by block without the dense table of pairs."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import numpy as np

from matching.eligibility import Rules, choice_ranks, travel_bits
from matching.market import Ints, Market
from matching.near import Near
from matching.predicates import Bools
from matching.straight import StraightPairs
from matching.travel import journeys

A = TypeVar("A")
B = TypeVar("B")
KINDS = {
    "rows": np.int32,
    "cols": np.int32,
    "there": np.int32,
    "back": np.int32,
    "metres": np.int32,
    "mode": np.int8,
    "rank": np.int8,
    "estimate": np.bool_,
}


@dataclasses.dataclass(frozen=True, slots=True)
class Edges:
    """Eligible pairs by row then column, as narrow as they fit (a nation has 32 million).

    ``rows``, ``cols`` int32[E], positions (widen them before multiplying); ``there``, ``back``
    minutes and ``metres`` int32[E]; ``mode`` int8[E], index into ``MODES`` or -1; ``rank``
    int8[E], 0 for a first choice, -1 for an unranked pair; ``estimate`` bool[E], True where the
    minutes come from a straight line.
    """

    rows: Ints
    cols: Ints
    there: Ints
    back: Ints
    metres: Ints
    mode: Ints
    rank: Ints
    estimate: Bools

    def where(self, keep: Ints | Bools) -> Edges:
        """The edges at these positions, or where a mask is True."""
        return Edges(*(getattr(self, f.name)[keep] for f in dataclasses.fields(Edges)))


def eligible_edges(market: Market) -> Edges:
    """Every eligible pair of the market.

    Parameters
    ----------
    market : Market

    Returns
    -------
    Edges

    Notes
    -----
    Complexity: O((N + M) log M + pairs within reach), two blocks of people at a time.

    Examples
    --------
    >>> market = Market([{"id": "ann"}], [{"id": "shop"}], {"travel": "none"})
    >>> eligible_edges(market).rows.tolist()
    [0]
    """
    near, rules = Near(market), Rules(market)
    pairs = StraightPairs(market) if near.large else None
    parts = list(in_turn(lambda people: _block(market, near, rules, pairs, people), near.blocks()))
    return _joined(parts)


def in_turn(work: Callable[[A], B], blocks: Iterable[A]) -> Iterator[B]:
    """The work of each block in order, two at a time where there are two processors."""
    every = list(blocks)
    if len(every) < 2:
        yield from map(work, every)
        return
    with ThreadPoolExecutor(max_workers=min(2, os.cpu_count() or 1)) as pool:
        yield from pool.map(work, every)


def _block(
    market: Market, near: Near, rules: Rules, pairs: StraightPairs | None, people: Ints
) -> list[Ints]:
    rows, cols = near.pairs_of(people)
    possible = rules.open(rows, cols)
    rows, cols = rows[possible], cols[possible]
    if pairs is not None:
        rows, cols, *fares = pairs.kept(rows, cols)
        rank, guess = choice_ranks(market, rows, cols).astype(np.int8), np.ones(len(rows), bool)
        return [rows, cols, *fares, rank, guess]
    found = journeys(market, rows, cols)
    keep = np.flatnonzero(travel_bits(market, rows, found) == 0)
    rows, cols = rows[keep], cols[keep]
    columns = {
        "rows": rows,
        "cols": cols,
        "there": found.there[keep],
        "back": found.back[keep],
        "metres": found.metres[keep],
        "mode": found.mode[keep],
        "rank": choice_ranks(market, rows, cols),
        "estimate": found.estimate[keep],
    }
    return [columns[name].astype(kind) for name, kind in KINDS.items()]


def _joined(parts: list[list[Ints]]) -> Edges:
    """One array a column; each block's column is let go as soon as it is joined."""
    columns: list[Any] = []
    for at, kind in enumerate(KINDS.values()):
        pieces = [part[at] for part in parts]
        columns.append(np.concatenate(pieces) if pieces else np.zeros(0, dtype=kind))
        for part in parts:
            part[at] = np.zeros(0, dtype=kind)
    return Edges(*columns)
