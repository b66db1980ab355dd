"""Invented problems of known character, each from a seed: what a solver may meet, and worse."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import numpy as np
from scipy.spatial import cKDTree

SEED = 20261125


@dataclasses.dataclass(frozen=True)
class Problem:
    """Edges and seats as ``assign`` takes them."""

    rows: Any
    cols: Any
    costs: Any
    capacities: Any
    n_rows: int

    @property
    def arguments(self) -> tuple[Any, ...]:
        """In the order of ``assign``."""
        return self.rows, self.cols, self.costs, self.capacities, self.n_rows


def problem(rows: Any, cols: Any, costs: Any, capacities: Any, n_rows: int) -> Problem:
    """Narrow positions to 32 bits, as a market gives them."""
    return Problem(
        np.asarray(rows, dtype=np.int32),
        np.asarray(cols, dtype=np.int32),
        np.asarray(costs, dtype=np.int64),
        np.asarray(capacities, dtype=np.int64),
        n_rows,
    )


def seats(rng: np.random.Generator, columns: int, total: int) -> Any:
    """Seats for each column, one at least, so many in all."""
    more = np.bincount(rng.integers(0, columns, total - columns), minlength=columns)
    return 1 + more


def nearest(people: int, columns: int, places: int, reach: int, seed: int, towns: int) -> Problem:
    """People and placements around towns; each person can reach the nearest ones, in metres."""
    rng = np.random.default_rng(seed)
    centres = rng.random((towns, 2)) * 200_000
    homes = centres[rng.integers(0, towns, people)] + rng.normal(0, 6_000, (people, 2))
    sites = centres[rng.integers(0, towns, columns)] + rng.normal(0, 4_000, (columns, 2))
    metres, near = cKDTree(sites).query(homes, k=reach)
    rows = np.repeat(np.arange(people), reach)
    return problem(rows, near.ravel(), metres.ravel(), seats(rng, columns, places), people)


def pilot(size: float) -> Problem:
    """A region's round: several places a placement, 170 eligible pairs a person, wide costs."""
    rng = np.random.default_rng(SEED)
    people = max(int(3_000 * size), 60)
    columns, places, reach = people // 9, int(people * 0.353), min(170, people // 10)
    base = nearest(people, columns, places, reach, SEED, 12)
    group = rng.choice(3, people, p=(0.05, 0.2, 0.75))
    lottery = rng.permutation(people)
    choice = np.minimum(rng.permuted(np.tile(np.arange(reach), (people, 1)), axis=1), 6)
    minutes = 10 + base.costs // 150
    wide = ((group[base.rows] * 8 + choice.ravel()) * 2**20 + minutes) * 2**12
    return dataclasses.replace(base, costs=wide + lottery[base.rows])


def district(size: float) -> Problem:
    """A small round: small enough for every solver there is."""
    return pilot(0.1 * size)


def geographic(size: float) -> Problem:
    """Three people for each place, neighbours only: 12 million pairs at full size."""
    n = int(300_000 * size)
    return nearest(n, int(n * 0.3), int(n * 0.35), min(40, n // 10), SEED, 60)


def nation(size: float) -> Problem:
    """Three people for each place, neighbours only: 32 million pairs at full size."""
    n = int(800_000 * size)
    return nearest(n, int(n * 0.3), int(n * 0.3375), min(40, n // 10), SEED, 150)


def balanced(size: float) -> Problem:
    """As many places as people, and 5 in 100 more, around the same towns."""
    rng = np.random.default_rng(SEED)
    n, m = int(100_000 * size), int(105_000 * size)
    centres = rng.random((40, 2)) * 200_000
    homes = centres[rng.integers(0, 40, n)] + rng.normal(0, 6_000, (n, 2))
    sites = centres[rng.integers(0, 40, m)] + rng.normal(0, 6_000, (m, 2))
    reach = 40
    metres, near = cKDTree(sites).query(homes, k=reach)
    rows = np.repeat(np.arange(n), reach)
    return problem(rows, near.ravel(), metres.ravel(), np.ones(m), n)


def shortage(size: float) -> Problem:
    """As many places as people in all, but not where the people are."""
    rng = np.random.default_rng(SEED)
    n = int(100_000 * size)
    homes, sites = rng.random((n, 2)) ** 2 * 200_000, rng.random((n, 2)) * 200_000
    metres, near = cKDTree(sites).query(homes, k=20)
    rows = np.repeat(np.arange(n), 20)
    return problem(rows, near.ravel(), metres.ravel(), np.ones(n), n)


def ranked(choices: int, power: float = 1.0) -> Callable[[float], Problem]:
    """A few places that many want: ranked choices, Zipf popularity, and ties without end."""

    def make(size: float) -> Problem:
        rng = np.random.default_rng(SEED)
        n, m = int(100_000 * size), int(101_000 * size)
        weight = np.cumsum(1 / np.arange(1, m + 1) ** power)
        cols = np.searchsorted(weight, rng.random((n, choices)) * weight[-1])
        rows = np.repeat(np.arange(n), choices)
        return problem(rows, cols.ravel(), np.tile(np.arange(choices), n), np.ones(m), n)

    return make


def uniform(size: float) -> Problem:
    """As many places as people, no neighbourhood, costs up to a thousand million."""
    rng = np.random.default_rng(SEED)
    n = int(100_000 * size)
    rows, cols = np.repeat(np.arange(n), 10), rng.integers(0, n, 10 * n)
    return problem(rows, cols, rng.integers(0, 10**9, 10 * n), np.ones(n), n)


def planted(size: float) -> Problem:
    """A hidden best match: every pair costs its prices and a little more, the hidden ones not."""
    rng = np.random.default_rng(SEED)
    n = int(100_000 * size)
    hidden = rng.permutation(n)
    rows = np.repeat(np.arange(n), 20)
    cols = rng.integers(0, n, 20 * n)
    cols[::20] = hidden
    u, v = rng.integers(0, 10**6, n), rng.integers(0, 10**6, n)
    more = rng.integers(1, 10**6, 20 * n)
    more[cols == hidden[rows]] = 0
    return problem(rows, cols, u[rows] + 10**6 - v[cols] + more, np.ones(n), n)


def chains(size: float) -> Problem:
    """Long chains where the last comer moves everybody on by one."""
    n, length = int(100_000 * size), 500
    rows = np.concatenate([np.arange(n), np.arange(n)])
    onward = np.arange(n) + 1
    onward[length - 1 :: length] -= length - 1
    cols = np.concatenate([np.arange(n), onward % n])
    costs = np.concatenate([np.arange(n) % length, (np.arange(n) * 7) % length])
    return problem(rows, cols, costs, np.ones(n), n)


def ladders(size: float) -> Problem:
    """Machol and Wien's ladders: cost = i times j in blocks, the hardest for path searches."""
    n, block = int(100_000 * size), 50
    n -= n % block
    i, j = np.divmod(np.arange(block * block), block)
    start = np.repeat(np.arange(0, n, block), block * block)
    rows, cols = start + np.tile(i, n // block), start + np.tile(j, n // block)
    return problem(
        rows,
        cols,
        (i + 1).repeat(1)[None].repeat(n // block, 0).ravel() * np.tile(j + 1, n // block),
        np.ones(n),
        n,
    )


def ties(size: float) -> Problem:
    """Every pair costs the same."""
    rng = np.random.default_rng(SEED)
    n = int(100_000 * size)
    rows, cols = np.repeat(np.arange(n), 10), rng.integers(0, n, 10 * n)
    return problem(rows, cols, np.full(10 * n, 7), np.ones(n), n)


def stars(size: float) -> Problem:
    """A few very large placements, many without seats, isolated people, every pair twice."""
    rng = np.random.default_rng(SEED)
    n, m = int(100_000 * size), 200
    capacities = np.where(rng.random(m) < 0.3, 0, rng.integers(1, n // 100, m))
    rows = np.repeat(np.arange(0, n, 2), 8)
    cols = np.minimum(rng.geometric(0.03, len(rows)) - 1, m - 1)
    costs = rng.integers(-1_000, 1_000, len(rows))
    twice = np.concatenate([costs, costs + rng.integers(0, 3, len(rows))])
    return problem(np.tile(rows, 2), np.tile(cols, 2), twice, capacities, n)


FAMILIES: dict[str, Callable[[float], Problem]] = {
    "district": district,
    "pilot": pilot,
    "geographic": geographic,
    "balanced": balanced,
    "local shortage": shortage,
    "ranked, 6 choices": ranked(6),
    "ranked, 20 choices": ranked(20),
    "ranked, flatter": ranked(20, 0.8),
    "uniform": uniform,
    "planted": planted,
    "chains": chains,
    "ladders": ladders,
    "ties": ties,
    "stars": stars,
}
SMALL = ("district", "pilot")
