"""The same market under several policies, side by side, with the people who change."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from matching.market import Market
from matching.plan import Plan
from matching.policy import Policy
from matching.records import read_record
from matching.solve import solve

Progress = Callable[[str, int, int], None]


def compare(
    market: Market,
    policies: Iterable[Policy | Mapping[str, Any]],
    progress: Progress | None = None,
) -> list[dict[str, Any]]:
    """Solve one market under each policy and line up the figures.

    Parameters
    ----------
    market : Market
    policies : iterable of Policy or mapping
        A dry run without uncertain places is a policy with ``uncertain_places`` off.
    progress : callable of (step, done, total), optional
        Called before each policy with its mechanism; an exception it raises stops the comparison.

    Returns
    -------
    list of dict
        In the order given: ``mechanism``, ``objectives``, ``uncertain_places``, ``placed``,
        ``by_choice`` (first to sixth), ``median_minutes`` (``None`` without travel),
        ``plan_sha256``, and ``changes``: everyone who is placed otherwise than under the first
        policy, by id, with ``candidate``, ``before`` and ``after`` (``None`` for no place).

    Raises
    ------
    PolicyError
        When a mechanism cannot keep its policy.

    Examples
    --------
    >>> people = [{"id": "ann", "choices": ["shop"]}, {"id": "bob", "choices": ["shop", "farm"]}]
    >>> market = Market(people, [{"id": "shop"}, {"id": "farm"}], {"travel": "none"})
    >>> ranked = {"travel": "none", "only_ranked": True, "seed": 1}
    >>> rows = compare(market, [ranked, ranked | {"mechanism": "serial"}])
    >>> [row["placed"] for row in rows]
    [2, 1]
    """
    wanted = [read_record(Policy, policy) for policy in policies]
    rows: list[dict[str, Any]] = []
    first: Plan | None = None
    for done, policy in enumerate(wanted):
        if progress:
            progress(policy.mechanism, done, len(wanted))
        plan = solve(market.with_policy(policy))
        first = first or plan
        rows.append(_figures(policy, plan) | {"changes": list_changes(first, plan)})
    if progress:
        progress("done", len(wanted), len(wanted))
    return rows


def list_changes(before: Plan, after: Plan) -> list[dict[str, str | None]]:
    """Everyone who is placed otherwise in the second plan than in the first, by id.

    Parameters
    ----------
    before, after : Plan

    Returns
    -------
    list of dict
        ``candidate``, ``before`` and ``after``; ``None`` stands for no place.
    """
    old, new = before.placement_of, after.placement_of
    return [
        {"candidate": name, "before": old.get(name), "after": new.get(name)}
        for name in sorted({*old, *new})
        if old.get(name) != new.get(name)
    ]


def _figures(policy: Policy, plan: Plan) -> dict[str, Any]:
    minutes = [
        max(a.minutes_there, a.minutes_back) for a in plan.assignments if a.minutes_there >= 0
    ]
    return {
        "mechanism": policy.mechanism,
        "objectives": list(policy.objectives),
        "uncertain_places": policy.uncertain_places,
        "placed": len(plan.assignments),
        "by_choice": [sum(a.choice == rank for a in plan.assignments) for rank in range(1, 7)],
        "median_minutes": statistics.median_low(minutes) if minutes else None,
        "plan_sha256": plan.sha256,
    }
