"""The pairs worth considering: those within reach by any way of travelling, and ranked choices."""

from __future__ import annotations

import dataclasses

import numpy as np
from scipy.spatial import cKDTree

from matching.eligibility import choice_ranks, refusals
from matching.market import Floats, Ints, Market
from matching.rates import EARTH_METRES, rates_of
from matching.travel import journeys as find_journeys


@dataclasses.dataclass(frozen=True, slots=True)
class Edges:
    """Eligible pairs by row then column; all int64[E], ``rank`` is -1 for an unranked pair."""

    rows: Ints
    cols: Ints
    there: Ints
    back: Ints
    metres: Ints
    mode: Ints
    rank: Ints


def eligible_edges(market: Market) -> Edges:
    """Every eligible pair of the market, found without building the dense table of pairs.

    Complexity: O((N + M) log M + pairs within reach).
    """
    rows, cols = _pairs_within_reach(market)
    journeys = find_journeys(market, rows, cols)
    keep = refusals(market, rows, cols, journeys) == 0
    return Edges(
        rows[keep],
        cols[keep],
        journeys.there[keep],
        journeys.back[keep],
        journeys.metres[keep],
        journeys.mode[keep],
        choice_ranks(market, rows[keep], cols[keep]),
    )


def _pairs_within_reach(market: Market) -> tuple[Ints, Ints]:
    n, m = len(market.candidates), len(market.placements)
    ranked = [
        i * m + market.col_of[choice]
        for i, candidate in enumerate(market.candidates)
        for choice in candidate.choices
        if choice in market.col_of
    ]
    if market.policy.only_ranked or not n or not m:
        keys = np.array(ranked, dtype=np.int64)
    elif market.policy.travel == "none":
        keys = np.arange(n * m, dtype=np.int64)
    else:
        keys = np.concatenate([_near_keys(market), np.array(ranked, dtype=np.int64)])
    keys = np.unique(keys)
    return (keys // m, keys % m) if m else (keys, keys)


def _near_keys(market: Market) -> Ints:
    homes, sites = _on_sphere(market.homes), _on_sphere(market.sites)
    known = np.flatnonzero(~np.isnan(homes[:, 0]))
    placed = np.flatnonzero(~np.isnan(sites[:, 0]))
    if not len(known) or not len(placed):
        return np.zeros(0, dtype=np.int64)
    reach = np.array([_reach_metres(market, i) for i in known.tolist()])
    chord = 2 * EARTH_METRES * np.sin(np.minimum(reach / EARTH_METRES, np.pi) / 2)
    near = cKDTree(sites[placed]).query_ball_point(homes[known], chord + 1.0)
    counts = np.array([len(found) for found in near], dtype=np.int64)
    cols = placed[np.concatenate([np.asarray(f, dtype=np.int64) for f in near])]
    keys: Ints = np.repeat(known, counts) * len(market.placements) + cols
    return keys


def _reach_metres(market: Market, row: int) -> float:
    """How far the fastest way open to the person could take them within their limit."""
    candidate = market.candidates[row]
    rates = rates_of(market.travel)
    ways = [rates[mode] for mode in candidate.modes if mode in rates]
    spare = [(max(candidate.max_minutes - r.access - r.wait, 0), r) for r in ways]
    return max((m * r.speed * 100 / (60 * r.detour) for m, r in spare), default=0.0)


def _on_sphere(points: Floats) -> Floats:
    lat, lon = np.radians(points[:, 0]), np.radians(points[:, 1])
    return EARTH_METRES * np.column_stack(
        [np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)]
    )
