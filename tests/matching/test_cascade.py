"""Freed places given again: nobody loses a place, the most are placed, the fewest are moved."""

import itertools
import random

import pytest

from matching import Market, PlanError, PolicyError, solve, verify
from matching.cascade import cascade
from matching.checking.eligible import all_facts
from matching.generate import generate


def draw_market(seed):
    rng = random.Random(seed)
    places = [{"id": f"p{j}", "capacity": rng.randrange(1, 3)} for j in range(rng.randrange(2, 4))]
    people = [
        {"id": f"c{i}", "choices": rng.sample([p["id"] for p in places], rng.randrange(1, 3))}
        for i in range(rng.randrange(3, 7))
    ]
    return Market(people, places, {"travel": "none", "seed": seed, "only_ranked": True})


def best_by_hand(market, held, movable, gone):
    """Most placed and fewest moved, over every matching that keeps all who hold a place."""
    facts = all_facts(market)
    open_to = {name: [] for name in market.row_of}
    for row, col in zip(facts.rows.tolist(), facts.cols.tolist(), strict=True):
        open_to[market.candidates[row].id].append(market.placements[col].id)
    names = [name for name in market.row_of if name not in gone]
    options = [
        [held[n]] if n in held and n not in movable else open_to[n] + [None] * (n not in held)
        for n in names
    ]
    seats = {p.id: p.capacity for p in market.placements}
    best = (-1, 0)
    for chosen in itertools.product(*options):
        taken = [at for at in chosen if at]
        if all(taken.count(at) <= seats[at] for at in taken):
            now = dict(zip(names, chosen, strict=True))
            moved = sum(now[n] != at for n, at in held.items())
            best = max(best, (len(taken), -moved))
    return best


@pytest.mark.parametrize("block", range(10))
def test_cascade_places_the_most_and_moves_the_fewest_of_every_matching(block):
    for seed in range(block * 20, block * 20 + 20):
        print("seed", seed)
        market = draw_market(seed)
        plan = solve(market)
        rng = random.Random(seed)
        placed = sorted(plan.placement_of)
        gone = rng.sample(placed, rng.randrange(1, len(placed) + 1))
        held = {n: at for n, at in plan.placement_of.items() if n not in gone}
        movable = [n for n in held if rng.random() < 0.6]
        found = cascade(market, plan, gone, movable)
        now = found.plan.placement_of
        assert verify(found.market, found.plan) == []
        assert set(held) <= set(now)
        assert all(now[n] == at for n, at in held.items() if n not in movable)
        assert {m["candidate"] for m in found.moves} == {n for n in held if now[n] != held[n]}
        assert (len(now), -len(found.moves)) == best_by_hand(market, held, movable, gone)
        assert {o.candidate for o in found.offers} == set(now) - set(held)


def test_cascade_moves_nobody_unless_they_may_be_moved(city, city_plan):
    gone = [a.candidate for a in city_plan.assignments[::9]]
    found = cascade(city, city_plan, gone)
    held = {n: at for n, at in city_plan.placement_of.items() if n not in gone}
    assert found.moves == ()
    assert {n: at for n, at in found.plan.placement_of.items() if n in held} == held
    assert len(found.offers) > 5
    assert all(placed.candidate not in gone for placed in found.plan.assignments)
    assert verify(found.market, found.plan) == []


def test_cascade_does_not_try_a_refused_pair_again(city, city_plan):
    gone = [city_plan.assignments[0].candidate]
    offer = cascade(city, city_plan, gone).offers[0]
    pair = (offer.candidate, offer.placement)
    again = cascade(city, city_plan, gone, refused=[pair])
    assert pair not in {(o.candidate, o.placement) for o in again.offers}


def test_cascade_under_an_employer_s_cap_keeps_everybody():
    market = generate(40, 6, 14, seed=8)
    employers = sorted({p.employer for p in market.placements})
    capped = Market(
        market.candidates, market.placements, market.policy, dict.fromkeys(employers, 2)
    )
    plan = solve(capped)
    gone = [plan.assignments[0].candidate]
    found = cascade(capped, plan, gone, movable=list(plan.placement_of))
    assert set(plan.placement_of) - set(gone) <= set(found.plan.placement_of)
    assert verify(found.market, found.plan) == []


def test_cascade_with_a_place_that_is_not_eligible_any_more_is_refused_by_name(city, city_plan):
    one = city_plan.assignments[0]
    with pytest.raises(PolicyError, match=one.candidate):
        cascade(city, city_plan, refused=[(one.candidate, one.placement)])


def test_cascade_of_another_market_or_an_unknown_person_is_refused(city, city_plan):
    with pytest.raises(PlanError, match="another market"):
        cascade(city.with_capacity(city.placements[0].id, 9), city_plan)
    with pytest.raises(PlanError, match="nobody"):
        cascade(city, city_plan, gone=["nobody"])
