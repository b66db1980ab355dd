"""Who would rather have what, under the mechanisms that let people ask: the keys of both sides."""

from __future__ import annotations

import functools
from collections.abc import Callable

import numpy as np

from matching.costs import priority_levels
from matching.explaining.acceptance import Acceptance, Seen, Wish
from matching.explaining.basis import Basis
from matching.explaining.chains import Ints
from matching.explaining.options import Options


class Wishes:
    """The orders of people and placements in a market under ``stable``, ``serial``, ``nearest``."""

    def __init__(self, basis: Basis, mechanism: str | None = None) -> None:
        self.basis, self.market = basis, basis.market
        self.mechanism = mechanism or basis.market.policy.mechanism

    def keys(self, options: Options) -> tuple[Ints, ...]:
        """The keys, last first, by which a person would rather have one option than another."""
        if self.mechanism == "nearest":
            return options.cols, options.minutes
        return options.cols, options.minutes, options.choice

    @functools.cached_property
    def seen(self) -> Callable[[int, int, int], Seen]:
        """How a placement sees a person, the largest first, from row, column and minutes."""
        if self.mechanism == "serial":
            return lambda row, col, far: (-row,)
        if self.mechanism == "nearest":
            return lambda row, col, far: (-far, -row)
        rankings = [placement.ranking or () for placement in self.market.placements]
        row_of, last = self.market.row_of, [len(ranking) for ranking in rankings]
        ranks = {
            (row_of[name], col): rank
            for col, ranking in enumerate(rankings)
            for rank, name in enumerate(ranking)
            if name in row_of
        }
        groups = priority_levels(self.market).tolist()
        return lambda row, col, far: (-ranks.get((row, col), last[col]), -groups[row], -far, -row)

    def of_one(self, row: int, options: Options) -> list[Wish]:
        """One person's wishes for these options, best first."""
        order = np.lexsort(self.keys(options))
        pairs = zip(options.cols[order].tolist(), options.minutes[order].tolist(), strict=True)
        return [(col, self.seen(row, col, far)) for col, far in pairs]

    @functools.cached_property
    def of_all(self) -> list[list[Wish]]:
        """Everyone's free eligible placements, best first."""
        basis = self.basis
        pairs = Options(basis.cols, basis.pairs["choice"], basis.pairs["travel"])
        order = np.lexsort((*self.keys(pairs), basis.rows))
        wishes: list[list[Wish]] = [[] for _ in range(len(basis.match))]
        columns = (basis.rows[order], basis.cols[order], pairs.minutes[order])
        for row, col, far in zip(*(column.tolist() for column in columns), strict=True):
            wishes[row].append((col, self.seen(row, col, far)))
        return wishes


def empty_desks(wishes: Wishes) -> Acceptance:
    """The market under these orders before anybody has come, caps of employers left by pins."""
    basis = wishes.basis
    rules = basis.rules
    seats, hosts = basis.capacities.tolist(), rules.host_of.tolist()
    return Acceptance(wishes.of_all, seats, hosts, rules.host_left.tolist())
