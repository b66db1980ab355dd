"""Which pairs are worth looking at: a radius search by the fastest way open to each person."""

from __future__ import annotations

import importlib.util

import numpy as np
import numpy.typing as npt
from scipy.spatial import cKDTree

from matching.columnar.columns import Floats, Ints
from matching.market import Market
from matching.rates import EARTH_METRES, rates_of
from matching.sphere import on_sphere
from matching.travel import StraightLine

RING_METRES = 500
SLACK_METRES = 1.0
PAIRS_A_BLOCK = 4_000_000
PEOPLE_A_BLOCK = 16_384
FEW_PEOPLE = 512
MANY_PEOPLE = 20_000


class Near:
    """The pairs of a market that can be eligible, asked for one stretch of people at a time.

    With ranked choices only, those choices. By straight line, the pairs within the radius that
    the person's fastest way could cover within their limit. A model of travel that lists its own
    ``pairs`` has those; by any other model, and without travel, all pairs.
    """

    def __init__(self, market: Market) -> None:
        self.market, self.width = market, len(market.placements)
        model = market.travel
        self.keys = _listed(market)
        self.by_radius = self.keys is None and market.policy.travel != "none"
        self.by_radius &= model is None or isinstance(model, StraightLine)
        self.large = False
        if self.by_radius:
            self.reach = reach_metres(market)
            self.sites = np.flatnonzero(~np.isnan(market.sites[:, 0]))
            self.large = _is_large(market)
            if self.large and len(self.sites):
                from matching.columnar.kernel.squares import Squares

                points = market.sites[self.sites]
                self.squares = Squares.of(points, on_sphere(points))
            else:
                self.tree = cKDTree(on_sphere(market.sites[self.sites]))

    def blocks(self) -> list[Ints]:
        """Everyone, in stretches of people to ask for one after another."""
        return self.blocks_of(np.arange(len(self.market.candidates)))

    def blocks_of(self, people: Ints) -> list[Ints]:
        """These people (rising positions), in stretches to ask for one after another."""
        step = min(PEOPLE_A_BLOCK, max(FEW_PEOPLE, -(-len(people) // 2)))
        if not self.by_radius and self.keys is None:
            step = min(step, max(1, PAIRS_A_BLOCK // max(self.width, 1)))
        return [people[begin : begin + step] for begin in range(0, len(people), step)]

    def pairs_of(self, people: Ints) -> tuple[Ints, Ints]:
        """Rows and columns of the pairs of these people, by row then column, int[E]."""
        if self.large:
            return self._in_squares(people)
        if self.by_radius:
            keys = self._within(people)
        elif self.keys is None:
            keys = (people[:, None] * self.width + np.arange(self.width)).ravel()
        else:
            first, last = (np.searchsorted(self.keys, (people + k) * self.width) for k in (0, 1))
            sizes = last - first
            begins = np.cumsum(sizes) - sizes
            keys = self.keys[np.arange(sizes.sum()) + np.repeat(first - begins, sizes)]
        rows = keys // max(self.width, 1)
        return rows, keys - rows * self.width

    def is_within(self, rows: Ints, metres: Ints) -> npt.NDArray[np.bool_]:
        """Which pairs are near enough to be looked at one by one, bool[E]."""
        if not self.by_radius:
            return np.ones(len(rows), dtype=bool)
        within: npt.NDArray[np.bool_] = metres <= self.reach[rows]
        return within

    def _in_squares(self, people: Ints) -> tuple[Ints, Ints]:
        """Pairs within reach by the compiled search, int32[E]."""
        known = people[~np.isnan(self.market.homes[people, 0]) & (self.reach[people] >= 0)]
        if not len(known) or not len(self.sites):
            return np.zeros(0, dtype=np.int32), np.zeros(0, dtype=np.int32)
        homes, reach = self.market.homes[known], self.reach[known] + SLACK_METRES
        sizes, at = self.squares.near(homes, on_sphere(homes), reach, _chord(reach) + SLACK_METRES)
        every = len(self.sites) == self.width
        cols = at if every else self.sites.astype(np.int32)[at]
        return np.repeat(known.astype(np.int32), sizes), cols

    def _within(self, people: Ints) -> Ints:
        """Keys ``row * M + col`` within reach, ring by ring of radius, so that one tree a ring."""
        known = people[~np.isnan(self.market.homes[people, 0]) & (self.reach[people] >= 0)]
        if not len(known) or not len(self.sites):
            return np.zeros(0, dtype=np.int64)
        homes = on_sphere(self.market.homes[known])
        rings = -(-self.reach[known] // RING_METRES)
        found = []
        for ring in np.unique(rings):
            at = np.flatnonzero(rings == ring)
            widest = float(_chord(self.reach[known[at]].max())) + SLACK_METRES
            pairs = cKDTree(homes[at]).sparse_distance_matrix(
                self.tree, widest, output_type="ndarray"
            )
            people = known[at[pairs["i"]]]
            close = pairs["v"] <= _chord(self.reach[people]) + SLACK_METRES
            found.append((people * self.width + self.sites[pairs["j"]])[close])
        keys = np.concatenate(found)
        keys.sort()
        return keys


def _is_large(market: Market) -> bool:
    """Whether compiled loops are worth their loading, where there is a compiler."""
    large = len(market.candidates) >= MANY_PEOPLE
    return large and importlib.util.find_spec("numba") is not None


def _listed(market: Market) -> Ints | None:
    """The keys of pairs that a policy or a model of travel lists, sorted; None for no list."""
    width = len(market.placements)
    if market.policy.only_ranked:
        rows, cols, _ = market.choices
    elif market.policy.travel != "none" and hasattr(market.travel, "pairs"):
        rows, cols = market.travel.pairs(market)
    else:
        return None
    keys: Ints = rows.astype(np.int64) * width + cols
    return keys if (keys[1:] > keys[:-1]).all() else np.unique(keys)


def reach_metres(market: Market) -> Ints:
    """How far the fastest way open to each person could take them within their limit, int64[N].

    A ride takes its minutes rounded up, beside those to reach the way and to wait for it: further
    than this in a straight line, no way of theirs is short enough. -1 where none is at all.
    """
    modes, limit = market.candidates.kinds("modes"), market.candidates.wholes("max_minutes")
    farthest = np.full(len(limit), -1, dtype=np.int64)
    for name, rate in rates_of(market.travel).items():
        has = np.array([name in some for some in modes.values], dtype=bool)
        spare = limit - rate.access - rate.wait
        metres = spare * rate.speed * 100 // (60 * rate.detour)
        able = (spare >= 0) & has[modes.codes] if len(has) else np.zeros(0, dtype=bool)
        farthest = np.maximum(farthest, np.where(able, metres, -1))
    return farthest


def _chord(metres: npt.ArrayLike) -> Floats:
    """The straight line through the globe below so many metres on it."""
    arc = np.minimum(np.asarray(metres, dtype=np.float64) / EARTH_METRES, np.pi)
    chord: Floats = 2 * EARTH_METRES * np.sin(arc / 2)
    return chord
