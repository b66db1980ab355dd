"""Who one more place at a placement would go to, read off the proof of the plan."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from matching.costs import choice_levels, lottery_levels, priority_levels
from matching.edges import Edges, eligible_edges
from matching.market import Ints, Market
from matching.plan import Plan


def who_gets_one_more(market: Market, plan: Plan) -> dict[str, str]:
    """The person who would hold one more place at a placement, wherever that is certain.

    Parameters
    ----------
    market : Market
    plan : Plan
        Of this market.

    Returns
    -------
    dict of str to str
        Placement id to candidate id, for the placements where every best plan with one more
        place there agrees. Empty without an exact proof (other mechanisms, host caps, pins).

    Notes
    -----
    The stored prices are the smallest that prove the plan, so they prove the market with one
    more place as well. In every best plan of that market the pairs used are tight
    (``u = cost + v``), and a placement whose price is above 0 is full. Where exactly one tight
    pair is not in use, the person in it therefore gets the place, whatever rule settles ties.
    """
    if plan.certificate.get("kind") != "exact" or market.policy.pins:
        return {}
    edges = eligible_edges(market)
    u = np.array([plan.prices["candidate"][c.id] for c in market.candidates], dtype=np.int64)
    v = np.array([plan.prices["placement"][p.id] for p in market.placements], dtype=np.int64)
    held = np.array(
        [market.col_of.get(plan.placement_of.get(c.id, ""), -1) for c in market.candidates],
        dtype=np.int64,
    )
    rows, cols = edges.rows, edges.cols
    tight = (u[rows] == plan_costs(market, plan, edges) + v[cols]) & (v[cols] > 0)
    waiting = np.flatnonzero(tight & (held[rows] != cols))
    alone = np.bincount(cols[waiting], minlength=len(market.placements)) == 1
    return {
        market.placements[int(cols[at])].id: market.candidates[int(rows[at])].id
        for at in waiting.tolist()
        if alone[cols[at]]
    }


def plan_costs(market: Market, plan: Plan, edges: Edges) -> Ints:
    """The cost of each pair under the weights that the plan's proof names, int64[E]."""
    proof = plan.certificate
    levels: dict[str, Callable[[], Ints]] = {
        "priority": lambda: priority_levels(market)[edges.rows],
        "choice": lambda: choice_levels(market, edges),
        "travel": lambda: np.maximum(edges.there, edges.back),
        "lottery": lambda: lottery_levels(market, int(proof["lottery_bits"]))[edges.rows],
    }
    total = np.zeros(len(edges.rows), dtype=np.int64)
    for name, weight in proof["weights"].items():
        total += int(weight) * levels[name]()
    return total
