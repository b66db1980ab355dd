"""Every single change to a plan, its prices, its proof or its market is refused.

A plan is unique, so the check is two-way: the checker passes a plan if and only if solving gives
that very plan.
"""

import copy
import dataclasses
import json
import random

import pytest

from matching import Market, MatchingError, Plan, solve, verify
from matching.canonical import sha256_of
from matching.generate import generate

CHANGES_A_SEED = 60
OUTSIDE_THE_HASH = ("sha256", "timings")


def leaves(value, path=()):
    """Every place in a JSON value that holds something, by the keys that lead there."""
    yield path
    if isinstance(value, dict):
        for key, part in value.items():
            yield from leaves(part, (*path, key))
    elif isinstance(value, list):
        for at, part in enumerate(value):
            yield from leaves(part, (*path, at))


def other_value(draw, value, names):
    """Something else of the same kind, or of another."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, float):
        return value + draw.choice([-0.001, 0.001, 0.5])
    if isinstance(value, int):
        return value + draw.choice([-1, 1, 1000, -(2**40), 2**70])
    if isinstance(value, str):
        return draw.choice([name for name in [*names, "nobody", ""] if name != value])
    if value is None:
        return draw.choice([1, "walk", 0])
    if isinstance(value, dict):
        return {**value, "more": 1} if draw.random() < 0.5 or not value else without(draw, value)
    more = [*value, draw.choice(value) if value else 0]
    return more if draw.random() < 0.5 or not value else value[1:]


def without(draw, value):
    gone = draw.choice(sorted(value))
    return {key: part for key, part in value.items() if key != gone}


def changed(draw, value, names):
    """The value with one thing in it changed, and where."""
    path = draw.choice([p for p in leaves(value) if p and p[0] not in OUTSIDE_THE_HASH])
    found = copy.deepcopy(value)
    inner = found
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = other_value(draw, inner[path[-1]], names)
    return found, path


def resealed(given):
    bare = {key: part for key, part in given.items() if key not in OUTSIDE_THE_HASH}
    return {**bare, "sha256": sha256_of(bare), "timings": {}}


def is_refused(market, given):
    """Whether a plan as plain values, its hash made anew, is refused when read or when checked."""
    try:
        return bool(verify(market, Plan.from_dict(resealed(given))))
    except MatchingError:
        return True


def small_market(seed, **policy):
    market = generate(18, 5, 8, seed=seed, cities=1)
    return market.with_policy(dataclasses.replace(market.policy, **policy))


def hold_every_change(market, seed, count=CHANGES_A_SEED):
    draw, plan = random.Random(seed), solve(market)
    assert verify(market, plan) == []
    given = json.loads(json.dumps(plan.to_dict()))
    assert not is_refused(market, given)
    names = [*market.candidates.ids.tolist(), *market.placements.ids.tolist(), "bus", "car"]
    for _ in range(count):
        other, path = changed(draw, given, names)
        if resealed(other)["sha256"] != plan.sha256:
            assert is_refused(market, other), path


@pytest.mark.parametrize("seed", range(14))
def test_I24_verify_any_single_change_to_an_optimal_plan_is_refused(seed):
    print("seed", seed)
    hold_every_change(small_market(seed), seed)


@pytest.mark.parametrize("seed", range(5))
def test_I24_verify_any_single_change_to_a_plan_in_phases_is_refused(seed, monkeypatch):
    print("seed", seed)
    monkeypatch.setattr("matching.costs.ROOM", 2**22)
    monkeypatch.setattr("matching.checking.weights.LIMIT", 2**22)
    market = small_market(seed)
    assert len(solve(market).certificate["phases"]) > 1
    hold_every_change(market, seed)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("mechanism", ["stable", "serial", "nearest"])
def test_I24_verify_any_single_change_to_another_mechanism_is_refused(seed, mechanism):
    print("seed", seed)
    hold_every_change(small_market(seed, mechanism=mechanism), seed, 20)


@pytest.mark.parametrize("seed", range(2))
def test_I24_verify_any_single_change_to_a_plan_with_pins_is_refused(seed):
    print("seed", seed)
    market = small_market(seed)
    pins = tuple((a.candidate, a.placement) for a in solve(market).assignments[:2])
    hold_every_change(small_market(seed, pins=pins), seed, 40)


@pytest.mark.parametrize("seed", range(20))
def test_I24_verify_of_a_changed_market_passes_only_what_solving_gives(seed):
    print("seed", seed)
    market, draw = small_market(seed), random.Random(seed)
    given, plan = json.loads(json.dumps(market.to_dict())), solve(market)
    names = [*market.candidates.ids.tolist(), *market.placements.ids.tolist(), "care", "food"]
    tried = 0
    while tried < 12:
        try:
            other = Market.from_dict(changed(draw, given, names)[0])
            again = solve(other)
        except MatchingError:
            continue
        if other.sha256 == market.sha256:
            continue
        tried += 1
        assert verify(other, plan)
        assert verify(other, again) == []
        moved = dataclasses.replace(plan, market_sha256=other.sha256)
        assert (verify(other, moved) == []) == (moved.sha256 == again.sha256)


def test_I24_verify_changed_proof_of_a_plan_under_a_cap_is_refused():
    places = [{"id": p, "employer": "e"} for p in "pq"]
    people = [{"id": c, "choices": ["p", "q"]} for c in "abc"]
    market = Market(people, places, {"travel": "none"}, {"e": 1})
    plan = solve(market)
    assert plan.certificate["kind"] == "bound"
    assert verify(market, plan) == []
    for field in ("value", "bound", "outside_price"):
        proof = plan.certificate | {field: plan.certificate[field] + 1}
        assert verify(market, dataclasses.replace(plan, certificate=proof))


def test_I24_verify_exact_proof_without_the_places_kept_for_a_group_is_refused():
    people = [{"id": "a", "choices": ["p"]}, {"id": "b", "priority": ["g"]}]
    policy = {"travel": "none", "objectives": ["choice"]}
    plan = solve(Market(people, [{"id": "p"}], policy))
    market = Market(people, [{"id": "p"}], policy | {"shares": [["g", 100, 100]]})
    assert plan.placement_of == {"a": "p"}
    assert solve(market).placement_of == {"b": "p"}
    assert verify(market, dataclasses.replace(plan, market_sha256=market.sha256))
