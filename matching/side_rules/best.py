"""The best match that keeps every side rule, and the proof of it for the plan."""

from __future__ import annotations

from typing import Any

import numpy as np

from matching.columnar.columns import Ints
from matching.costs import Levels
from matching.market import Market
from matching.phases import best_match
from matching.policy import Policy
from matching.side_rules.arcs import arcs_of
from matching.side_rules.branch import Found, Leaf, Limit, flow_of, search
from matching.side_rules.network import Bounds, Network, held_costs
from matching.side_rules.rules import Rules
from matching.side_rules.weights import rule_costs


def best_under_rules(rules: Rules, levels: Levels) -> tuple[Ints, dict[str, Any]]:
    """Most people placed, then the shares, then least cost, all rules kept.

    Parameters
    ----------
    rules : Rules
    levels : Levels
        Of the pairs of people who are not pinned.

    Returns
    -------
    match : int64[N]
    proof : dict
        ``status`` (``optimal``, ``time limit`` or ``step limit``), ``value``, ``bound`` and
        ``gap``, how many ``more_people`` some other plan might place, ``outside_price``, and for
        every leaf of the search the prices that prove it. Exact whole numbers, no tolerance.

    Raises
    ------
    PolicyError
        When costs and people are too many for 64 bits.

    Notes
    -----
    One cheapest path for each person a rule moves, O(placements²) a step where the table of moves
    fits and O(E) beyond; a search of two ways for each placement that stays in doubt.

    Examples
    --------
    >>> from matching.edges import eligible_edges
    >>> from matching.market import Market
    >>> from matching.side_rules.rules import read_rules
    >>> people, shop = [{"id": "ann"}, {"id": "bob"}], {"id": "shop", "capacity": 3, "group_min": 3}
    >>> market = Market(people, [shop, {"id": "farm"}], {"travel": "none"})
    >>> levels = Levels(market, eligible_edges(market))
    >>> match, proof = best_under_rules(read_rules(market, {}), levels)
    >>> int((match >= 0).sum()), proof["status"]
    (1, 'optimal')
    """
    market, edges = levels.market, levels.edges
    most = min(len(rules.group_of), int(rules.seats.sum()))
    given = rule_costs(levels, most)
    network = Network(
        edges.rows, edges.cols, given.costs, given.outside,
        rules.host_of, rules.host_left, rules.group_of, rules.group_left,
    )  # fmt: skip
    start = best_for_seats(network, rules.seats)
    search_all = _Search(network, rules, Limit(market.policy.seconds, market.policy.steps))
    found = search_all.run(start)
    shares: list[dict[str, Any]] = []
    if (rules.count(found.match)[1] < rules.kept).any():
        known = _keep_shares(market, search_all, shares)
        found = search_all.run(start, known)
    value = sum(held_costs(network, found.match).tolist())
    value -= given.outside * len(market.policy.pins)
    cut = bool(found.gap) or any(share["gap"] for share in shares)
    return found.match, {
        "status": _status(market.policy, cut=cut),
        "weights": given.weights,
        "lottery_bits": given.lottery_bits,
        "outside_price": given.outside,
        "value": value,
        "bound": value - found.gap,
        "gap": found.gap,
        "more_people": value // given.outside - (value - found.gap) // given.outside,
        "leaves": [_leaf(market, rules, leaf) for leaf in found.leaves],
        "shares": shares,
    }


def _status(policy: Policy, *, cut: bool) -> str:
    if not cut:
        return "optimal"
    return "time limit" if policy.seconds else "step limit"


def best_for_seats(network: Network, seats: Ints) -> Ints:
    """The best match under the seats alone, int64[N]: the one that every solver gives."""
    net = network
    return best_match(net.rows, net.cols, lambda _: net.costs, 1, seats, net.n).match


class _Search:
    """One network and its rules, searched for one goal after another."""

    def __init__(self, network: Network, rules: Rules, limit: Limit) -> None:
        self.network, self.rules, self.limit = network, rules, limit
        self.least = np.zeros(len(rules.groups), dtype=np.int64)
        runs = rules.floor <= rules.seats
        self.floor = np.where(runs, rules.floor, 0)
        self.seats = np.where(runs, rules.seats, 0)

    def run(self, match: Ints, known: Ints | None = None, network: Network | None = None) -> Found:
        """The best match for the network's costs, from the best one for the seats alone."""
        net = network or self.network
        bounds = Bounds(self.rules.low.copy(), self.seats.copy(), self.least.copy())
        root = flow_of(net, bounds, arcs_of(net, match))
        return search(root, self.floor, self.limit, known)


def _keep_shares(market: Market, search_all: _Search, told: list[dict[str, Any]]) -> Ints | None:
    """Find how many places each group can have of those kept for it, one group after another.

    Everyone of the group costs nothing and anyone else 1: the most people are placed, and of
    such matches one with the most of the group is found.
    """
    net, rules, known = search_all.network, search_all.rules, None
    for at, group in enumerate(rules.groups):
        if not rules.kept[at]:
            continue
        costs = (rules.group_of[net.rows] != at).astype(np.int64)
        counting = net.priced(costs, net.n + 2)
        found = search_all.run(best_for_seats(counting, rules.seats), known, counting)
        known = found.match
        reached = min(int(rules.count(known)[1][at]), int(rules.kept[at]))
        search_all.least[at] = reached
        proved = reached == int(rules.kept[at])
        gap = 0 if proved else found.gap
        told.append(
            {
                "group": group,
                "kept": int(rules.kept[at]),
                "reached": reached,
                "gap": gap,
                "leaves": [] if proved else [_leaf(market, rules, leaf) for leaf in found.leaves],
            }
        )
    return known


def _leaf(market: Market, rules: Rules, leaf: Leaf) -> dict[str, Any]:
    """A leaf by names, the prices that are not 0."""
    names = [*market.placements.ids.tolist(), *rules.hosts, *rules.groups]
    m, h = len(rules.seats), len(rules.hosts)
    prices = leaf.prices.tolist()
    parts = {"placement": slice(0, m), "employer": slice(m, m + h), "group": slice(m + h, None)}
    return {
        "run": sorted(names[col] for col in leaf.run),
        "closed": sorted(names[col] for col in leaf.closed),
        "impossible": leaf.value is None,
        "prices": {
            part: {n: p for n, p in zip(names[at], prices[at], strict=True) if p}
            for part, at in parts.items()
        },
    }
