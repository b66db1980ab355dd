"""Proofs of plans under side rules: changed ones are refused, cut short ones say so."""

from __future__ import annotations

import copy
import dataclasses
import random

import numpy as np
import pytest
from factories.ruled_markets import Plans, ruled_market

from matching import Market, solve, verify


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


def test_verify_proof_with_a_leaf_left_out_or_blanked_is_refused():
    left_out = blanked = impossible = 0
    for seed in range(230):
        market = ruled_market(seed)
        plan = solve(market)
        leaves = plan.certificate.get("leaves", [])
        if len(leaves) < 2:
            continue
        for at, leaf in enumerate(leaves):
            rest = [*leaves[:at], *leaves[at + 1 :]]
            assert verify(market, with_leaves(plan, rest)), f"seed {seed}"
            left_out += 1
            blank = leaf | {"prices": {"placement": {}, "employer": {}, "group": {}}}
            if leaf["impossible"]:
                others = [*rest, blank]
                assert verify(market, with_leaves(plan, others)), f"seed {seed}"
                impossible += 1
            elif plan.certificate["value"] > 0:
                assert verify(market, with_leaves(plan, [*rest, blank | {"impossible": True}]))
                blanked += 1
    assert min(left_out, blanked, impossible) >= 10


def with_leaves(plan, leaves):
    return dataclasses.replace(plan, certificate=plan.certificate | {"leaves": leaves})


def test_verify_worse_plan_under_rules_is_refused_whatever_its_proof():
    refused = 0
    for seed in range(200):
        market = ruled_market(seed)
        plan = solve(market)
        worse = other_plan(market, plan)
        if worse is None or plan.certificate["kind"] != "bound":
            continue
        assert verify(market, worse), f"seed {seed}"
        refused += 1
    assert refused >= 20


def other_plan(market, plan):
    """The plan of the same market without caps, dressed up as this one, if it is another."""
    plain = solve(Market(market.candidates, market.placements, market.policy))
    if is_best(market, plain):
        return None
    return dataclasses.replace(plain, market_sha256=market.sha256, certificate=plan.certificate)


def test_verify_proof_of_another_order_of_aims_is_refused():
    refused = 0
    for seed in range(200):
        market = ruled_market(seed)
        turned = tuple(reversed(market.policy.objectives))
        other = solve(market.with_policy(dataclasses.replace(market.policy, objectives=turned)))
        if other.certificate["kind"] != "bound" or is_best(market, other):
            continue
        assert verify(market, dataclasses.replace(other, market_sha256=market.sha256))
        refused += 1
    assert refused >= 8


@pytest.mark.parametrize("percent", [25, 50])
def test_verify_share_that_is_claimed_and_not_kept_is_refused(percent):
    people = [{"id": name, "choices": ["x", "y"]} for name in "ab"]
    people.append({"id": "c", "choices": ["gone", "x"], "priority": ["care"]})
    places = [{"id": name, "capacity": 2, "employer": "Acorn"} for name in "xy"]
    policy = {"travel": "none", "only_ranked": True, "shares": [["care", percent, 100]]}
    market = Market(people, places, policy, {"Acorn": 2})
    plan, kept = solve(market), percent * 4 // 100
    assert "c" in plan.placement_of
    assert plan.certificate["shares"][0]["reached"] == 1
    assert verify(market, plan) == []
    other = solve(market.with_policy(dataclasses.replace(market.policy, shares=())))
    assert other.placement_of == {"a": "x", "b": "x"}
    whole = {"group": "care", "kept": kept, "gap": 0, "leaves": []}
    for shares in ([], [whole | {"reached": kept}], [whole | {"reached": 0}]):
        proof = other.certificate | {"shares": shares}
        forged = dataclasses.replace(other, market_sha256=market.sha256, certificate=proof)
        assert verify(market, forged)


def test_verify_exact_proof_for_the_seats_alone_does_not_hide_a_broken_rule():
    refused = 0
    for seed in range(200):
        market = ruled_market(seed)
        places = [dataclasses.replace(p, group_min=0) for p in market.placements]
        bare = dataclasses.replace(market.policy, shares=())
        other = solve(Market(market.candidates, places, bare))
        assert other.certificate["kind"] == "exact"
        if is_best(market, other):
            continue
        held = set(other.placement_of.values())
        closed = sorted(p.id for p in market.placements if p.group_min > 1 and p.id not in held)
        proof = other.certificate | {"closed": closed}
        forged = dataclasses.replace(other, market_sha256=market.sha256, certificate=proof)
        assert verify(market, forged), f"seed {seed}"
        refused += 1
    assert refused >= 50


def is_best(market, plan):
    """Whether a plan of another policy happens to be the best of this one as well."""
    plans, way = Plans(market), np.full((1, len(market.candidates)), -1)
    for person, place in plan.placement_of.items():
        way[0, market.row_of[person]] = market.col_of[place]
    return plans.kept(way).all() and tuple(plans.key(way)[0].tolist()) == plans.best()


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
