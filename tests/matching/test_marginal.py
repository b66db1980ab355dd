"""One more and one fewer place, and later starts: exact figures, held to solving again."""

import dataclasses

import pytest
from factories.matching_markets import rich_market

from matching import (
    Market,
    PlanError,
    blocking_pairs,
    explain,
    solve,
    verify,
    worth_of_later_starts,
    worth_of_places,
)
from matching.explaining.later import start_later
from matching.policy import MECHANISMS

PLAIN = {"travel": "none"}


def difference(now, then, objectives):
    return {name: then.totals[name] - now.totals[name] for name in objectives}


@pytest.mark.parametrize("mechanism", MECHANISMS)
def test_worth_of_places_equals_solving_with_one_more_and_one_fewer(mechanism):
    n_gains = 0
    for seed in range(4):
        print("seed", seed)
        market = rich_market(seed, mechanism)
        plan = solve(market)
        for place, worth in worth_of_places(market, plan).items():
            seats = market.placements[market.col_of[place]].capacity
            for by, effect in ((1, worth.one_more), (-1, worth.one_fewer)):
                if seats + by < 0:
                    assert effect is None
                    continue
                then = solve(market.with_capacity(place, seats + by))
                assert effect.placed == then.totals["placed"] - plan.totals["placed"]
                assert effect.objectives == difference(plan, then, market.policy.objectives)
                n_gains += effect.placed != 0
            if worth.goes_to:
                again = solve(market.with_capacity(place, seats + 1))
                assert again.placement_of[worth.goes_to] == place
                assert plan.placement_of.get(worth.goes_to) != place
    assert n_gains > 5


def test_worth_of_places_is_not_a_raw_price():
    """A seat priced by some solver at 3 may really be worth 2: both ends are exact here."""
    people = [{"id": "a", "choices": ["x", "y"]}, {"id": "b", "choices": ["x", "y"]}]
    market = Market(people, [{"id": "x"}, {"id": "y"}], PLAIN | {"objectives": ["choice"]})
    worth = worth_of_places(market, solve(market))
    assert worth["x"].one_more.objectives == {"choice": -1}
    assert (worth["x"].one_fewer.placed, worth["x"].one_fewer.objectives["choice"]) == (-1, 0)
    assert worth["y"].one_more.objectives == {"choice": 0}


def test_worth_of_places_claims_nobody_where_two_best_plans_differ():
    """With one more loaf either the third person gets it, or the second does and the third digs."""
    people = [{"id": name, "choices": ["bakery", "garden"]} for name in "abc"]
    market = Market(people, [{"id": "bakery"}, {"id": "garden"}], PLAIN)
    assert worth_of_places(market, solve(market))["bakery"].goes_to is None


def test_worth_of_places_under_caps_is_told_where_no_cap_would_bind():
    n_told = n_kept_back = 0
    for seed in range(5):
        print("seed", seed)
        given = rich_market(seed).to_dict() | {"host_caps": {"employer-0": 3, "employer-1": 2}}
        market = Market.from_dict(given)
        plan = solve(market)
        for place, worth in worth_of_places(market, plan).items():
            seats = market.placements[market.col_of[place]].capacity
            for by, effect in ((1, worth.one_more), (-1, worth.one_fewer)):
                if effect is None:
                    n_kept_back += 1
                    continue
                then = solve(market.with_capacity(place, seats + by))
                n_told += 1
                assert effect.placed == then.totals["placed"] - plan.totals["placed"]
                assert effect.objectives == difference(plan, then, market.policy.objectives)
    assert n_told > 20
    assert n_kept_back


def test_worth_of_places_of_another_market_is_refused(city, city_plan):
    other = city.with_capacity(city.placements[0].id, 9)
    with pytest.raises(PlanError, match="another market"):
        worth_of_places(other, city_plan)


@pytest.mark.parametrize("mechanism", MECHANISMS)
def test_worth_of_later_starts_equals_solving_with_later_shifts(mechanism):
    n_changes = 0
    for seed in range(4):
        print("seed", seed)
        market = rich_market(seed, mechanism)
        plan = solve(market)
        found = worth_of_later_starts(market, plan, list(market.col_of))
        for place, more in found.items():
            one = market.placements[market.col_of[place]]
            if not one.capacity:
                assert more is None
                continue
            later = dataclasses.replace(one, shifts=start_later(one.shifts))
            places = [later if p.id == place else p for p in market.placements]
            then = solve(Market(market.candidates, places, market.policy))
            assert more == len(then.assignments) - len(plan.assignments)
            n_changes += more != 0
    assert n_changes


def own_order(market, plan):
    """Every blocking pair found by trying each person with each placement."""
    facts = {}
    for person in market.candidates:
        for at, place in enumerate(market.placements):
            held = solve(Market([person], [place], market.policy)).assignments
            if held:
                far = max(held[0].minutes_there, held[0].minutes_back)
                level = _level(market, person, place)
                group = 0 if "care_leaver" in person.priority else 1
                named = _named(place, person)
                row = market.row_of[person.id]
                facts[person.id, place.id] = ((level, far, at), (named, group, far, row))
    return _blocking(market, plan, facts)


def _level(market, person, place):
    if place.id in person.choices:
        return person.choices.index(place.id)
    return 6 if place.sector in person.sectors else 7


def _named(place, person):
    ranking = list(place.ranking or ())
    return ranking.index(person.id) if person.id in ranking else len(ranking)


def _blocking(market, plan, facts):
    found = set()
    for (person, place), (wish, standing) in facts.items():
        mine = plan.placement_of.get(person)
        if mine is not None and facts[person, mine][0] <= wish:
            continue
        here = [one.candidate for one in plan.assignments if one.placement == place]
        seats = market.placements[market.col_of[place]].capacity
        worst = max(((facts[one, place][1], one) for one in here), default=None)
        if len(here) < seats:
            found.add((person, place, None))
        elif worst and standing < worst[0]:
            found.add((person, place, worst[1]))
    return found


@pytest.mark.parametrize("mechanism", MECHANISMS)
def test_blocking_pairs_are_those_that_trying_every_pair_finds(mechanism):
    n_pairs = 0
    for seed in range(3):
        print("seed", seed)
        market = rich_market(seed, mechanism, people=12, places=4)
        plan = solve(market)
        assert verify(market, plan) == []
        found = blocking_pairs(market, plan)
        told = {(one.candidate, one.placement, one.over) for one in found}
        assert told == own_order(market, plan)
        n_pairs += len(told)
    assert n_pairs == 0 if mechanism == "stable" else n_pairs > 0


def test_K7_the_receipt_of_who_envies_says_so():
    people = [{"id": "A", "choices": ["X"]}, {"id": "B", "choices": ["X", "Y"]}]
    places = [{"id": "X", "ranking": ["B", "A"]}, {"id": "Y"}]
    market = Market(people, places, PLAIN | {"only_ranked": True})
    plan = solve(market)
    assert plan.placement_of == {"A": "X", "B": "Y"}
    found = [(e.candidate, e.placement, e.over) for e in blocking_pairs(market, plan)]
    assert found == [("B", "X", "A")]
    entry = explain(market, plan, "B").not_these[0]
    assert entry["fact"]["ahead"]
    assert "In its own order you came before someone there." in entry["words"]


def test_reserves_are_in_the_order_in_which_solving_again_offers_a_freed_place():
    """Everyone placed stays where they are, one place is added, whoever had it is ruled out."""
    n_offers = 0
    for seed in range(4):
        print("seed", seed)
        market = rich_market(seed)
        plan = solve(market)
        pins = tuple((one.candidate, one.placement) for one in plan.assignments)
        for place, line in plan.reserves.items():
            seats = market.placements[market.col_of[place]].capacity + 1
            gone = ()
            for person in line:
                policy = dataclasses.replace(market.policy, pins=pins, forbidden=gone)
                again = solve(market.with_policy(policy).with_capacity(place, seats))
                assert again.placement_of[person] == place
                gone += ((person, place),)
                n_offers += 1
    assert n_offers > 5
