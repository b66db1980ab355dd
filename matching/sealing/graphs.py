"""The weighted graph behind a plan, by number instead of by name, and the proof of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import maximum_flow

from matching.costs import pair_costs
from matching.edges import eligible_edges
from matching.errors import PlanError
from matching.market import Ints, Market
from matching.plan import Plan

Graph = dict[str, Any]
CARRIED = ("status", "bound", "gap", "reached", "closed")


def graph(market: Market, plan: Plan) -> Graph:
    """The weighted graph of a market, its match and the proof.

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
        ``pinned`` lists people who were set by hand: theirs is the one edge they keep, at the
        least cost of any, so that the proof is of everybody else.

    Raises
    ------
    PlanError
        When the plan is of another market.

    Examples
    --------
    >>> from matching.solve import solve
    >>> market = Market([{"id": "ann", "choices": ["shop"]}], [{"id": "shop"}], {"travel": "none"})
    >>> graph(market, solve(market))["match"]
    [0]
    """
    if plan.market_sha256 != market.sha256:
        raise PlanError("bundle: the plan was made for another market")
    proof = plan.certificate
    match = np.array(
        [market.col_of.get(plan.placement_of.get(name, ""), -1) for name in market.row_of],
        dtype=np.int64,
    )
    pinned = np.array(sorted(market.row_of[one] for one, _ in market.policy.pins), dtype=np.int64)
    edges = eligible_edges(market)
    edges = edges.where(~np.isin(edges.rows, pinned))
    costs = pair_costs(market, edges).total.tolist()
    least = min(costs, default=0)
    lines = [
        list(line) for line in zip(edges.rows.tolist(), edges.cols.tolist(), costs, strict=True)
    ]
    lines += [[row, int(match[row]), least] for row in pinned.tolist()]
    found = {
        "candidates": [{"id": name} for name in market.row_of],
        "placements": [
            {"id": name, "capacity": seats}
            for name, seats in zip(market.col_of, market.capacities.tolist(), strict=True)
        ],
        "edges": sorted(lines),
        "match": [None if col < 0 else col for col in match.tolist()],
        "certificate": proof.get("kind", "none"),
        **{name: proof[name] for name in CARRIED if name in proof},
    }
    if len(pinned):
        found["pinned"] = pinned.tolist()
    exact = proof.get("kind") == "exact"
    return found | (_proof(market, plan, match, pinned, least) if exact else {})


def _proof(market: Market, plan: Plan, match: Ints, pinned: Ints, least: int) -> Graph:
    u, v = plan.prices["candidate"], plan.prices["placement"]
    rows = [u[name] for name in market.row_of]
    cols = [v[name] for name in market.col_of]
    for row in pinned.tolist():
        rows[row] = least + cols[int(match[row])]
    prices = {"candidate": rows, "placement": cols}
    return {"unmatched_cost": plan.certificate["outside_price"], "prices": prices}


def check_graph(found: Graph) -> list[str]:
    """Say what is false in a graph, from its numbers alone.

    Parameters
    ----------
    found : dict
        As :func:`graph` gives it.

    Returns
    -------
    list of str
        Empty when places are kept and, where the certificate is ``exact``, its prices prove the
        cost (in whole numbers of any size) and a maximum flow proves the number of people.

    Examples
    --------
    >>> one = {"candidates": [{"id": "a"}], "placements": [{"id": "p", "capacity": 1}]}
    >>> one |= {"edges": [[0, 0, 4]], "match": [0], "certificate": "exact", "unmatched_cost": 9}
    >>> check_graph(one | {"prices": {"candidate": [4], "placement": [0]}})
    []
    >>> check_graph(one | {"prices": {"candidate": [5], "placement": [0]}})
    ['graph: candidate 0 has price 5, above 4 of edge 0 to 0']
    """
    try:
        return list(_false_claims(found))
    except (KeyError, TypeError, IndexError, ValueError, AttributeError) as wrong:
        return [f"graph: cannot be read, {type(wrong).__name__} {wrong}"]


def _false_claims(found: Graph) -> Iterator[str]:
    match = found["match"]
    seats = [place["capacity"] for place in found["placements"]]
    held = [0] * len(seats)
    cost = {(i, j): w for i, j, w in found["edges"]}
    if len(match) != len(found["candidates"]) or len(cost) != len(found["edges"]):
        yield "graph: match or edges do not fit the candidates"
        return
    for i, j in enumerate(match):
        if j is None or j == -1:
            continue
        held[j] += 1
        if (i, j) not in cost:
            yield f"graph: candidate {i} is matched to {j} without an edge"
    for j, n in enumerate(held):
        if n > seats[j]:
            yield f"graph: placement {j} has {n} people on {seats[j]} places"
    if found["certificate"] == "exact":
        yield from _false_prices(found, cost, held, seats)
        most, placed = _most_placed(found), sum(held)
        if most != placed:
            yield f"graph: {placed} are placed, {most} could be"


def _false_prices(
    found: Graph, cost: dict[tuple[int, int], int], held: list[int], seats: list[int]
) -> Iterator[str]:
    outside = found["unmatched_cost"]
    u, v = found["prices"]["candidate"], found["prices"]["placement"]
    if len(u) != len(found["match"]) or len(v) != len(seats):
        yield "graph: prices do not fit the candidates and placements"
        return
    for j, price in enumerate(v):
        if price < 0 or (price and held[j] < seats[j]):
            yield f"graph: placement {j} has price {price} with {seats[j] - held[j]} places left"
    for i, (price, j) in enumerate(zip(u, found["match"], strict=True)):
        alone = j is None or j == -1
        if price > outside or (alone and price != outside):
            yield f"graph: candidate {i} has price {price} beside {outside} for no place"
    for (i, j), w in cost.items():
        if u[i] > w + v[j]:
            yield f"graph: candidate {i} has price {u[i]}, above {w + v[j]} of edge {i} to {j}"
        elif found["match"][i] == j and u[i] != w + v[j]:
            yield f"graph: candidate {i} has price {u[i]}, not {w + v[j]} of their place"


def _most_placed(found: Graph) -> int:
    """How many could be placed at all, by a maximum flow that shares nothing with a solver."""
    n, m = len(found["candidates"]), len(found["placements"])
    if not n or not m or not found["edges"]:
        return 0
    pairs = np.array([edge[:2] for edge in found["edges"]], dtype=np.int64)
    seats = np.minimum([place["capacity"] for place in found["placements"]], n)
    tails = np.concatenate([np.zeros(n), 1 + pairs[:, 0], 1 + n + np.arange(m)]).astype(np.int64)
    heads = np.concatenate([1 + np.arange(n), 1 + n + pairs[:, 1], np.full(m, 1 + n + m)])
    room = np.concatenate([np.ones(n + len(pairs)), seats]).astype(np.int32)
    size = n + m + 2
    flow = maximum_flow(csr_array((room, (tails, heads)), shape=(size, size)), 0, size - 1)
    return int(flow.flow_value)
