"""A market and its plan as one file that another machine can check, without names."""

from __future__ import annotations

from typing import Any

import numpy as np

from matching.costs import pair_costs
from matching.edges import eligible_edges
from matching.errors import PlanError
from matching.marginal import plan_costs
from matching.market import Ints, Market
from matching.plan import Plan


def graph(market: Market, plan: Plan) -> dict[str, Any]:
    """The weighted graph of a market, its match and the proof, by number instead of by name.

    Parameters
    ----------
    market : Market
    plan : Plan
        Of this market.

    Returns
    -------
    dict
        ``candidates`` and ``placements`` (with ``capacity``), ``edges`` ``[i, j, cost]``,
        ``match`` (j or ``None``), ``certificate`` (``exact``, ``bound`` or ``none``) and, where
        exact, ``unmatched_cost`` and ``prices``: v ≥ 0, v = 0 where places are left, u ≤ B with
        equality for the unmatched, u ≤ cost + v on every edge with equality on matched ones.

    Raises
    ------
    PlanError
        When the plan is of another market, or the policy pins people.
    """
    if plan.market_sha256 != market.sha256:
        raise PlanError("bundle: the plan was made for another market")
    if market.policy.pins:
        raise PlanError("bundle: a market with pins has no graph of its own")
    exact = plan.certificate.get("kind") == "exact"
    edges = eligible_edges(market)
    costs = plan_costs(market, plan, edges) if exact else pair_costs(market, edges).total
    match = [market.col_of.get(plan.placement_of.get(c.id, "")) for c in market.candidates]
    proof = {"unmatched_cost": plan.certificate["outside_price"]} if exact else {}
    if exact:
        u, v = plan.prices["candidate"], plan.prices["placement"]
        proof["prices"] = {
            "candidate": [u[c.id] for c in market.candidates],
            "placement": [v[p.id] for p in market.placements],
        }
    return {
        "candidates": [{"id": c.id} for c in market.candidates],
        "placements": [{"id": p.id, "capacity": p.capacity} for p in market.placements],
        "edges": _lines(edges.rows, edges.cols, costs),
        "match": match,
        "certificate": plan.certificate.get("kind", "none"),
        **{k: v for k, v in plan.certificate.items() if k in ("status", "gap", "reached")},
        **proof,
    }


def _lines(rows: Ints, cols: Ints, costs: Ints) -> list[list[int]]:
    lines: list[list[int]] = np.column_stack([rows, cols, costs]).tolist()
    return lines
