"""The same market under several policies, side by side."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Mapping
from typing import Any

from matching.market import Market
from matching.records import Policy, read_record
from matching.solve import solve


def compare(market: Market, policies: Iterable[Policy | Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Solve one market under each policy and line up the figures.

    Parameters
    ----------
    market : Market
    policies : iterable of Policy or mapping

    Returns
    -------
    list of dict
        In the order given: ``mechanism``, ``objectives``, ``placed``, ``by_choice`` (first to
        sixth), ``median_minutes`` (``None`` without travel) and ``plan_sha256``.

    Examples
    --------
    >>> market = Market([{"id": "ann", "choices": ["shop"]}], [{"id": "shop"}], {"travel": "none"})
    >>> [row["placed"] for row in compare(market, [{"travel": "none", "mechanism": "serial"}])]
    [1]
    """
    return [_figures(market, read_record(Policy, policy)) for policy in policies]


def _figures(market: Market, policy: Policy) -> dict[str, Any]:
    plan = solve(market.with_policy(policy))
    minutes = [
        max(a.minutes_there, a.minutes_back) for a in plan.assignments if a.minutes_there >= 0
    ]
    return {
        "mechanism": policy.mechanism,
        "objectives": list(policy.objectives),
        "placed": len(plan.assignments),
        "by_choice": [sum(a.choice == rank for a in plan.assignments) for rank in range(1, 7)],
        "median_minutes": statistics.median_low(minutes) if minutes else None,
        "plan_sha256": plan.sha256,
    }
