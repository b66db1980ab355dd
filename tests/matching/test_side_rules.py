"""Plans under side rules against brute force and against whole-number programming."""

from __future__ import annotations

import copy
import dataclasses
import random

import numpy as np
import pytest
from factories.ruled_markets import EMPLOYERS, GROUPS, Plans, ruled_market
from scipy.optimize import Bounds, LinearConstraint, milp

from matching import Market, PolicyError, solve, verify
from matching.errors import PinConflict
from matching.side_rules.arcs import Arcs, TableArcs
from matching.side_rules.flow import Flow
from matching.side_rules.network import Bounds as FlowBounds
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


@pytest.mark.parametrize("part", range(4))
def test_solve_pins_that_fit_are_kept_and_others_are_named_as_few_as_can_be(part):
    for seed in range(part, 300, 4):
        market = ruled_market(seed, pins=True)
        plans = Plans(market)
        if plans.best() is not None:
            plan = solve(market)
            assert plans.figures(plan) == plans.best(), f"seed {seed}"
            assert verify(market, plan) == [], f"seed {seed}"
            continue
        with pytest.raises(PinConflict) as refused:
            solve(market)
        named = refused.value.pins
        assert set(named) <= set(market.policy.pins), f"seed {seed}"
        assert not fits(market, named), f"seed {seed}"
        assert len(named) == fewest(market), f"seed {seed}: {named}"


def fits(market, pins):
    policy = dataclasses.replace(market.policy, pins=tuple(pins))
    return Plans(market.with_policy(policy)).best() is not None


def fewest(market):
    """The size of the smallest set of pins that no plan keeps."""
    pins = market.policy.pins
    for size in range(1, len(pins) + 1):
        for at in range(1 << len(pins)):
            chosen = [pin for i, pin in enumerate(pins) if at >> i & 1]
            if len(chosen) == size and not fits(market, chosen):
                return size
    raise AssertionError("the pins fit together")


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


def changed_proofs(proof, draw):
    """The same proof with one figure or name in it changed, many times."""
    for _ in range(12):
        other = copy.deepcopy(proof)
        spots = list(_spots(other))
        holder, key = draw.choice(spots)
        value = holder[key]
        if isinstance(value, bool):
            holder[key] = not value
        elif isinstance(value, int):
            holder[key] = value + draw.choice([-1, 1])
        else:
            holder[key] = f"{value}x"
        yield other


def _spots(value):
    pairs = value.items() if isinstance(value, dict) else enumerate(value)
    for key, inner in pairs:
        if isinstance(inner, dict | list):
            yield from _spots(inner)
        else:
            yield value, key


def test_verify_changed_proof_is_never_taken_for_a_better_one():
    """A changed figure is refused, or it still proves this very plan: prices are not unique."""
    draw, refused, kept = random.Random(4), 0, 0
    for seed in range(230):
        market = ruled_market(seed)
        plan = solve(market)
        if plan.certificate["kind"] != "bound":
            continue
        for proof in changed_proofs(plan.certificate, draw):
            found = verify(market, dataclasses.replace(plan, certificate=proof))
            refused += bool(found)
            kept += not found
            same = ("status", "value", "bound", "gap", "more_people", "closed")
            assert found or all(proof[name] == plan.certificate[name] for name in same)
    print(refused, "refused,", kept, "prove the same plan with other prices")
    assert refused >= 1_000


def test_verify_worse_plan_under_rules_is_refused_whatever_its_proof():
    refused = 0
    for seed in range(300):
        market = ruled_market(seed)
        plan = solve(market)
        worse = other_plan(market, plan)
        if worse is None or plan.certificate["kind"] != "bound":
            continue
        assert verify(market, worse), f"seed {seed}"
        refused += 1
    assert refused >= 40


def other_plan(market, plan):
    """The plan of the same market without caps, dressed up as this one, if it is another."""
    plain = solve(Market(market.candidates, market.placements, market.policy))
    plans, way = Plans(market), np.full((1, len(market.candidates)), -1)
    for person, place in plain.placement_of.items():
        way[0, market.row_of[person]] = market.col_of[place]
    if plans.kept(way).all() and tuple(plans.key(way)[0].tolist()) == plans.best():
        return None
    return dataclasses.replace(plain, market_sha256=market.sha256, certificate=plan.certificate)


def test_solve_cut_short_by_steps_gives_the_best_found_and_says_so():
    rest = hard_market()
    best = solve(rest)
    gaps = set()
    for steps in (1, 3, 10, 30):
        market = rest.with_policy(dataclasses.replace(rest.policy, steps=steps))
        plan, proof = solve(market), solve(market).certificate
        assert verify(market, plan) == []
        assert proof["status"] == ("step limit" if proof["gap"] else "optimal")
        assert proof["bound"] <= best.certificate["value"] <= proof["value"]
        more = len(best.assignments) - len(plan.assignments)
        assert 0 <= more <= proof["more_people"]
        gaps.add(proof["gap"])
        said = proof | {"status": "optimal", "gap": 0, "bound": proof["value"], "more_people": 0}
        if proof["gap"]:
            assert verify(market, dataclasses.replace(plan, certificate=said))
    assert len(gaps) > 1
    assert best.certificate["status"] == "optimal"


def test_solve_cut_short_by_the_clock_gives_a_plan_that_verifies_and_says_so():
    rest = hard_market(places=60, people=150)
    market = rest.with_policy(dataclasses.replace(rest.policy, seconds=1))
    plan = solve(market)
    assert verify(market, plan) == []
    assert plan.certificate["status"] == ("time limit" if plan.certificate["gap"] else "optimal")


def hard_market(places=14, people=30):
    """Many placements that cannot all run, and people who fit several of them."""
    draw = random.Random(8)
    sites = [{"id": f"p{j}", "capacity": 5, "group_min": 4} for j in range(places)]
    names = [site["id"] for site in sites]
    persons = [{"id": f"c{i}", "choices": draw.sample(names, 4)} for i in range(people)]
    return Market(persons, sites, {"travel": "none", "only_ranked": True})


@pytest.mark.parametrize(
    ("policy", "words"),
    [
        ({"weights": [["choice", 0]]}, "weights"),
        ({"weights": [["priority", 1], ["travel", 1]]}, "follow one another"),
        ({"weights": [["lottery", 2]]}, "weights"),
        ({"shares": [["care", 60, 100], ["long", 50, 100]]}, "more than all"),
        ({"shares": [["care", 50, 40]]}, "shares"),
        ({"shares": [["care", 5, 40], ["care", 5, 40]]}, "twice"),
        ({"shares": [["care", 10, 100]], "mechanism": "stable"}, "optimal mechanism"),
        ({"uncertain_places": 1}, "uncertain_places"),
        ({"seconds": -1}, "seconds"),
        ({"seconds": True}, "seconds"),
        ({"steps": 10**7}, "steps"),
    ],
)
def test_policy_that_contradicts_itself_is_refused_by_name(policy, words):
    with pytest.raises(PolicyError, match=words):
        Market([], [], policy)


def test_solve_weighted_objectives_are_traded_against_each_other():
    people = [{"id": "a", "choices": ["far", "near"], "lat": 52.5, "lon": -1.9, "modes": ["walk"]}]
    places = [{"id": "far", "lat": 52.53, "lon": -1.9}, {"id": "near", "lat": 52.501, "lon": -1.9}]
    order = {"objectives": ["choice", "travel"]}
    assert solve(Market(people, places, order)).placement_of == {"a": "far"}
    traded = order | {"weights": [["choice", 5], ["travel", 1]]}
    market = Market(people, places, traded)
    plan = solve(market)
    assert plan.placement_of == {"a": "near"}
    assert verify(market, plan) == []


def test_solve_certain_places_only_leaves_the_uncertain_ones_empty():
    people = [{"id": f"c{i}"} for i in range(4)]
    places = [{"id": "p", "capacity": 3, "capacity_min": 1}, {"id": "q"}]
    sure = Market(people, places, {"travel": "none", "uncertain_places": False})
    assert solve(sure).totals["placed"] == 2
    assert verify(sure, solve(sure)) == []
    assert solve(Market(people, places, {"travel": "none"})).totals["placed"] == 4


def test_arcs_as_table_and_as_list_give_the_same_costs_from_every_node():
    rng = np.random.default_rng(3)
    rows, cols = np.divmod(np.flatnonzero(rng.random(40 * 12) < 0.4), 12)
    network = Network(
        rows, cols, rng.integers(0, 9, len(rows)), 10_000, rng.integers(-1, 3, 12),
        np.array([5, 9, 9]), rng.integers(-1, 2, 40), np.array([40, 40]),
    )  # fmt: skip
    bounds = FlowBounds(np.zeros(12, dtype=int), np.full(12, 2), np.zeros(2, dtype=int))
    nobody = np.full(40, -1)
    flows = [Flow(network, bounds.copy(), kind(network, nobody)) for kind in (Arcs, TableArcs)]
    for flow in flows:
        for row in range(0, 40, 3):
            flow.arcs.move(row, int(cols[rows == row][0]) if (rows == row).any() else -1)
    for node in range(network.away + 1):
        first, second = (
            flow.arcs.entering(np.where(np.arange(network.away + 1) == node, 0, 2**62))
            for flow in flows
        )
        assert np.array_equal(first, second)
