"""One cost a pair under side rules, where every objective must outweigh whole plans, not chains.

Without side rules two plans differ by chains of moves, each of which could be made alone, and
``costs`` weighs along one chain. A placement that opens or closes moves many people at once, so
here a weight is 1 + the most that all later objectives could add up to over everyone placed.
"""

from __future__ import annotations

import dataclasses

import numpy as np

from matching.columnar.columns import Ints
from matching.costs import LOTTERY_BITS, Levels
from matching.errors import PolicyError

ROOM = 2**60


@dataclasses.dataclass(frozen=True)
class RuleCosts:
    """``costs`` int64[E] from 0 up, the price of staying out, and how they came to be."""

    costs: Ints
    outside: int
    weights: dict[str, int]
    lottery_bits: int


def rule_costs(levels: Levels, most: int) -> RuleCosts:
    """The costs of all pairs, with as many bits of the lottery as fit.

    Parameters
    ----------
    levels : Levels
    most : int
        The most people that can be placed.

    Raises
    ------
    PolicyError
        When the other objectives alone do not fit.

    Examples
    --------
    >>> from matching.edges import eligible_edges
    >>> from matching.market import Market
    >>> market = Market([{"id": "ann"}], [{"id": "shop"}], {"travel": "none"})
    >>> rule_costs(Levels(market, eligible_edges(market)), 1).lottery_bits
    10
    """
    known = {name: levels[name] for name in levels if name != "lottery"}
    drawn = levels["lottery"] if "lottery" in levels else np.zeros(0, dtype=np.int64)
    for bits in range(LOTTERY_BITS, -1, -1):
        told = {n: known.get(n, drawn >> (LOTTERY_BITS - bits)) for n in levels}
        weights = _weights(levels, told, most)
        top = sum(weight * int(told[n].max(initial=0)) for n, weight in weights.items())
        outside = (most + 1) * (top + 2)
        if outside < ROOM:
            total = np.zeros(len(levels.edges.rows), dtype=np.int64)
            for name, weight in weights.items():
                total += weight * told[name]
            return RuleCosts(total, outside, weights, bits)
    raise PolicyError("policy: with side rules, objectives for so many people do not fit 60 bits")


def _weights(levels: Levels, told: dict[str, Ints], most: int) -> dict[str, int]:
    weights: dict[str, int] = {}
    below = 0
    for tier in reversed(levels.market.policy.tiers):
        one = below + 1
        for name, times in tier:
            weights[name] = one * times
            below += most * weights[name] * int(told[name].max(initial=0))
    return {name: weights[name] for name in levels}
