"""Which pairs are worth looking at: a radius search by the fastest way open to each person."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.spatial import cKDTree

from matching.columns import Floats, Ints
from matching.market import Market
from matching.rates import EARTH_METRES, rates_of
from matching.travel import StraightLine

RING_METRES = 500.0
SLACK_METRES = 1.0
PAIRS_A_BLOCK = 4_000_000
PEOPLE_A_BLOCK = 16_384


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
        if self.by_radius:
            self.reach = reach_metres(market)
            self.sites = np.flatnonzero(~np.isnan(market.sites[:, 0]))
            self.tree = cKDTree(_on_sphere(market.sites[self.sites]))

    def blocks(self) -> list[tuple[int, int]]:
        """Stretches of people to ask for one after another, ``(begin, end)``."""
        step = PEOPLE_A_BLOCK
        if not self.by_radius and self.keys is None:
            step = min(step, max(1, PAIRS_A_BLOCK // max(self.width, 1)))
        n = len(self.market.candidates)
        return [(begin, min(begin + step, n)) for begin in range(0, n, step)]

    def pairs(self, begin: int, end: int) -> tuple[Ints, Ints]:
        """Rows and columns of the pairs of people ``begin`` to ``end``, by row then column."""
        if self.by_radius:
            keys = self._within(begin, end)
        elif self.keys is None:
            keys = np.arange(begin * self.width, end * self.width, dtype=np.int64)
        else:
            bounds = np.array([begin, end]) * self.width
            keys = self.keys[slice(*np.searchsorted(self.keys, bounds))]
        rows = keys // max(self.width, 1)
        return rows, keys - rows * self.width

    def _within(self, begin: int, end: int) -> Ints:
        """Keys ``row * M + col`` within reach, ring by ring of radius, so that one tree a ring."""
        known = begin + np.flatnonzero(~np.isnan(self.market.homes[begin:end, 0]))
        known = known[self.reach[known] > 0]
        if not len(known) or not len(self.sites):
            return np.zeros(0, dtype=np.int64)
        homes = _on_sphere(self.market.homes[known])
        rings = np.ceil(self.reach[known] / RING_METRES)
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


def _listed(market: Market) -> Ints | None:
    """The keys of pairs that a policy or a model of travel lists, sorted; None for no list."""
    width = len(market.placements)
    if market.policy.only_ranked:
        rows, cols, _ = market.choices
    elif market.policy.travel != "none" and hasattr(market.travel, "pairs"):
        rows, cols = market.travel.pairs(market)
    else:
        return None
    return np.unique(rows.astype(np.int64) * width + cols)


def reach_metres(market: Market) -> Floats:
    """How far the fastest way open to each person could take them within their limit, float64[N].

    A ride takes its minutes rounded up, beside those to reach the way and to wait for it: further
    than this in a straight line, no way of theirs is short enough.
    """
    modes, limit = market.candidates.kinds("modes"), market.candidates.wholes("max_minutes")
    farthest = np.zeros(len(limit))
    for name, rate in rates_of(market.travel).items():
        has = np.array([name in some for some in modes.values], dtype=bool)
        if len(has):
            spare = np.where(has[modes.codes], limit - rate.access - rate.wait, 0)
            metres = np.maximum(spare, 0) * (rate.speed * 100 / (60 * rate.detour))
            farthest = np.maximum(farthest, metres + (spare >= 0) * has[modes.codes])
    return farthest


def _chord(metres: npt.ArrayLike) -> Floats:
    """The straight line through the globe below so many metres on it."""
    arc = np.minimum(np.asarray(metres, dtype=np.float64) / EARTH_METRES, np.pi)
    chord: Floats = 2 * EARTH_METRES * np.sin(arc / 2)
    return chord


def _on_sphere(points: Floats) -> Floats:
    lat, lon = np.radians(points[:, 0]), np.radians(points[:, 1])
    return EARTH_METRES * np.column_stack(
        [np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)]
    )
