"""Plans under side rules against brute force and against whole-number programming."""

from __future__ import annotations

import random

import numpy as np
import pytest
from factories.ruled_markets import EMPLOYERS, GROUPS, Plans, ruled_market
from scipy.optimize import Bounds, LinearConstraint, milp

from matching import Market, solve, verify
from matching.side_rules.arcs import FEW, Arcs, TableArcs
from matching.side_rules.network import Network

N_MARKETS = 1_000
SLICES = 10


@pytest.mark.parametrize("part", range(SLICES))
def test_solve_random_market_keeps_every_rule_and_is_the_best_that_does(part):
    for seed in range(part, N_MARKETS, SLICES):
        market = ruled_market(seed)
        plan, plans = solve(market), Plans(market)
        assert plans.figures(plan) == plans.best(), f"seed {seed}"
        assert verify(market, plan) == [], f"seed {seed}"


def test_oracle_markets_make_every_rule_bind():
    kinds = {"leaves": 0, "impossible": 0, "shares": 0, "short": 0, "exact": 0}
    for seed in range(N_MARKETS // 4):
        proof = solve(ruled_market(seed)).certificate
        kinds["exact"] += proof["kind"] == "exact"
        kinds["leaves"] += len(proof.get("leaves", ())) > 1
        kinds["impossible"] += any(leaf["impossible"] for leaf in proof.get("leaves", ()))
        kinds["shares"] += bool(proof.get("shares"))
        kinds["short"] += any(s["reached"] < s["kept"] for s in proof.get("shares", ()))
    assert min(kinds.values()) >= 5, kinds


@pytest.mark.parametrize("seed", range(12))
def test_solve_medium_market_equals_whole_number_programming(seed):
    print("seed", seed)
    market = medium_market(seed)
    plan = solve(market)
    assert verify(market, plan) == []
    assert measured(market, plan) == Programme(market).optimum()


def medium_market(seed):
    draw = random.Random(seed)
    places = [
        {
            "id": f"p{j}",
            "employer": draw.choice(EMPLOYERS),
            "capacity": draw.randint(1, 4),
            "group_min": draw.choice([0, 2, 3, 4]),
        }
        for j in range(9)
    ]
    names = [p["id"] for p in places]
    people = [
        {
            "id": f"c{i}",
            "choices": draw.sample(names, draw.randint(1, 4)),
            "priority": draw.sample(GROUPS, draw.randint(0, 1)),
        }
        for i in range(24)
    ]
    policy = {
        "travel": "none",
        "only_ranked": True,
        "priority_groups": GROUPS,
        "objectives": draw.sample(["choice", "priority"], 2),
        "shares": [["care", 40, 100], ["rural", 0, 20]],
    }
    return Market(people, places, policy, {"Acorn": 4, "Birch": 5})


def levels_of(market):
    """Pairs of a medium market with their levels, from the records."""
    rows, cols, levels = [], [], {"choice": [], "priority": []}
    for i, person in enumerate(market.candidates):
        for rank, name in enumerate(person.choices):
            rows.append(i)
            cols.append(market.col_of[name])
            levels["choice"].append(rank)
            levels["priority"].append(GROUPS.index(person.priority[0]) if person.priority else 3)
    return np.array(rows), np.array(cols), {k: np.array(v) for k, v in levels.items()}


def care(market):
    return np.array(["care" in person.priority for person in market.candidates])


def measured(market, plan):
    rows, cols, levels = levels_of(market)
    match = np.full(len(market.candidates), -1)
    for person, place in plan.placement_of.items():
        match[market.row_of[person]] = market.col_of[place]
    used = match[rows] == cols
    kept = -(-40 * int(market.capacities.sum()) // 100)
    figures = [int(used.sum()), min(int((used & care(market)[rows]).sum()), kept)]
    return figures + [int(levels[name][used].sum()) for name in market.policy.objectives]


class Programme:
    """The same market as a whole-number programme, one goal after another, by HiGHS."""

    def __init__(self, market):
        self.market = market
        self.rows, self.cols, self.levels = levels_of(market)
        self.size = len(self.rows) + len(market.placements) + 1
        self.table, self.upper = [], []
        self._limit()

    def line(self, at, values):
        found = np.zeros(self.size)
        found[at] = values
        return found

    def add(self, line, most):
        self.table.append(line)
        self.upper.append(most)

    def _limit(self):
        market, e = self.market, len(self.rows)
        seats = int(market.capacities.sum())
        for i in range(len(market.candidates)):
            self.add(self.line(np.flatnonzero(self.rows == i), 1), 1)
        for j, place in enumerate(market.placements):
            there = self.line(np.flatnonzero(self.cols == j), 1)
            self.add(there - self.line(e + j, place.capacity), 0)
            self.add(self.line(e + j, max(place.group_min, 0)) - there, 0)
        for host, cap in market.host_caps.items():
            mine = [j for j, place in enumerate(market.placements) if place.employer == host]
            self.add(self.line(np.flatnonzero(np.isin(self.cols, mine)), 1), cap)
        rural = np.array(["rural" in p.priority for p in market.candidates])
        self.add(self.line(np.flatnonzero(rural[self.rows]), 1), 20 * seats // 100)
        self.kept = -(-40 * seats // 100)
        self.add(
            self.line(self.size - 1, 1) - self.line(np.flatnonzero(care(market)[self.rows]), 1), 0
        )

    def optimum(self):
        e = len(self.rows)
        goals = [self.line(slice(0, e), -1), self.line(self.size - 1, -1)]
        goals += [self.line(slice(0, e), self.levels[n]) for n in self.market.policy.objectives]
        reached = []
        for goal in goals:
            found = milp(
                goal,
                constraints=LinearConstraint(np.array(self.table), ub=np.array(self.upper)),
                integrality=np.ones(self.size),
                bounds=Bounds(0, np.r_[np.ones(self.size - 1), self.kept]),
                options={"mip_rel_gap": 0.0},
            )
            reached.append(round(found.fun))
            self.add(goal, reached[-1])
        return [-reached[0], -reached[1], *reached[2:]]


def test_arcs_as_table_and_as_list_give_the_same_costs_from_every_node():
    """Hundreds wait at one node, so that the table has to look again for whoever comes next."""
    n, m, rng = 300, 12, np.random.default_rng(3)
    rows, cols = np.divmod(np.flatnonzero(rng.random(n * m) < 0.4), m)
    network = Network(
        rows, cols, rng.integers(0, 90, len(rows)), 10_000, rng.integers(-1, 3, m),
        np.array([5, 9, 9]), rng.integers(-1, 2, n), np.array([n, n]),
    )  # fmt: skip
    nobody = np.full(n, -1)
    plain, table = (kind(network, nobody) for kind in (Arcs, TableArcs))
    assert (nobody[network.group_of < 0] == -1).sum() > FEW
    for row in range(0, n, 3):
        to = [-1, *cols[rows == row].tolist()]
        for arcs in (plain, table):
            arcs.move(row, to[row % len(to)])
    for node in range(network.away + 1):
        cost_to = np.where(np.arange(network.away + 1) == node, 0, 2**62)
        assert np.array_equal(plain.entering(cost_to), table.entering(cost_to))
