"""The policy's objectives compiled to one whole number a pair, each outweighing all below it."""

from __future__ import annotations

import dataclasses

import numpy as np

from matching.edges import Edges
from matching.errors import PolicyError
from matching.market import Ints, Market

LIKED, OTHER = 6, 7
LOTTERY_BITS = 10
LIMIT = 2**61


@dataclasses.dataclass(frozen=True, slots=True)
class Costs:
    """``total`` int64[E] = Σ weight × level; ``levels`` by objective name, in policy order."""

    total: Ints
    levels: dict[str, Ints]
    weights: dict[str, int]
    lottery_bits: int


def pair_costs(market: Market, edges: Edges) -> Costs:
    """One cost a pair, such that a lower sum of an earlier objective always wins.

    Raises
    ------
    PolicyError
        When the market is so large that the objectives do not fit in 64 bits together.

    Notes
    -----
    An objective's weight is 1 + the most that all later ones could add up to over every match,
    so no sum of later ones reaches one step of an earlier one. The lottery gets as many bits as
    fit, ten at most. Priority groups add up rather than nest: for sets of people who can be
    placed together (a matroid) both orders choose the same people.
    """
    n_most = min(len(market.candidates), int(market.capacities.sum()))
    for bits in range(LOTTERY_BITS, -1, -1):
        levels = {name: _level(name, market, edges, bits) for name in market.policy.objectives}
        weights, widest = _weights(levels, n_most)
        if 2 * (n_most + 2) * (widest + 4) < LIMIT:
            total = np.zeros(len(edges.rows), dtype=np.int64)
            for name, level in levels.items():
                total += weights[name] * level
            return Costs(total, levels, weights, bits)
    raise PolicyError("policy: the objectives of a market this large do not fit in 64 bits")


def _weights(levels: dict[str, Ints], n_most: int) -> tuple[dict[str, int], int]:
    weights: dict[str, int] = {}
    below = widest = 0
    for name in reversed(levels):
        top = int(levels[name].max()) if len(levels[name]) else 0
        weights[name] = below + 1
        widest += weights[name] * top
        below += n_most * top * weights[name]
    return {name: weights[name] for name in levels}, widest


def _level(name: str, market: Market, edges: Edges, bits: int) -> Ints:
    if name == "priority":
        return priority_levels(market)[edges.rows]
    if name == "travel":
        return np.maximum(edges.there, edges.back)
    if name == "lottery":
        return lottery_levels(market, bits)[edges.rows]
    return choice_levels(market, edges)


def priority_levels(market: Market) -> Ints:
    """Each candidate's first priority group in policy order, the number of groups for none."""
    groups = market.policy.priority_groups
    order = {group: i for i, group in enumerate(groups)}
    return np.array(
        [
            min((order.get(g, len(groups)) for g in c.priority), default=len(groups))
            for c in market.candidates
        ],
        dtype=np.int64,
    )


def choice_levels(market: Market, edges: Edges) -> Ints:
    """0-5 for a ranked choice, 6 for a liked sector, 7 for any other eligible placement."""
    sector = [p.sector for p in market.placements]
    names = {name: i for i, name in enumerate(dict.fromkeys(sector))}
    likes = np.zeros((len(market.candidates), max(len(names), 1)), dtype=bool)
    for row, candidate in enumerate(market.candidates):
        for liked in candidate.sectors:
            if liked in names:
                likes[row, names[liked]] = True
    of_place = np.array([names[s] for s in sector], dtype=np.int64)
    unranked = np.where(likes[edges.rows, of_place[edges.cols]], LIKED, OTHER)
    return np.where(edges.rank >= 0, edges.rank, unranked)


def lottery_levels(market: Market, bits: int) -> Ints:
    """The leading ``bits`` of each candidate's lottery number."""
    leading: Ints = (market.draws >> np.uint64(64 - bits)).astype(np.int64)
    return leading if bits else np.zeros_like(leading)
