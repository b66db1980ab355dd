"""Stable, serial and nearest under caps, least groups and certain places, by going through all."""

from __future__ import annotations

import dataclasses

import pytest
from factories.ruled_markets import Plans, ruled_market

from matching import Market, PolicyError, solve, verify

BEYOND = 99
N_MARKETS = 700
SLICES = 7


class Rules:
    """How everyone sees everyone, from the rules alone: lower is better."""

    def __init__(self, market):
        self.market, self.plans = market, Plans(market)
        self.people, self.places = self.plans.people, self.plans.places

    def wish(self, i, j):
        person, place = self.people[i], self.places[j]
        if place.id in person.choices:
            return (person.choices.index(place.id), j)
        return (6 if place.sector in person.sectors else 7, j)

    def standing(self, i, j):
        place, person = self.places[j], self.people[i]
        if self.market.policy.mechanism == "serial":
            return (i, j)
        ranking = place.ranking or ()
        named = ranking.index(person.id) if person.id in ranking else len(ranking)
        groups = self.market.policy.priority_groups
        mine = [groups.index(g) for g in groups if g in person.priority]
        return (named, min(mine, default=len(groups)), i, j)

    def stable_plans(self, seats):
        """Every match that no pair blocks, employers being one body under their cap."""
        ways = self.plans.all()
        return [
            way for way in ways.tolist() if self.fits(way, seats) and not self.blocked(way, seats)
        ]

    def fits(self, way, seats):
        held = [way.count(j) for j in range(len(seats))]
        hosts = self.hosts(way)
        caps = self.market.host_caps
        return all(h <= s for h, s in zip(held, seats, strict=True)) and all(
            hosts.count(host) <= cap for host, cap in caps.items()
        )

    def hosts(self, way):
        return [self.places[j].employer for j in way if j >= 0]

    def blocked(self, way, seats):
        return any(
            self.blocks(way, seats, i, j)
            for i, places in enumerate(self.plans.open)
            for j in places[1:]
            if way[i] != j and (way[i] < 0 or self.wish(i, j) < self.wish(i, way[i]))
        )

    def blocks(self, way, seats, i, j):
        """Whether the placement, and its employer if capped, would rather have this person."""
        mine = self.standing(i, j)
        there = [self.standing(k, j) for k, at in enumerate(way) if at == j]
        if len(there) >= seats[j] and all(other < mine for other in there):
            return False
        host = self.places[j].employer
        if host not in self.market.host_caps:
            return True
        of_host = [
            self.standing(k, at)
            for k, at in enumerate(way)
            if at >= 0 and self.places[at].employer == host
        ]
        full = len(of_host) >= self.market.host_caps[host]
        return not (full and all(other < mine for other in of_host))

    def best_for_people(self, seats):
        """The stable match that everyone likes at least as well as any other stable one."""
        found = self.stable_plans(seats)
        wishes = [
            [self.wish(i, j) if j >= 0 else (BEYOND,) for i, j in enumerate(way)] for way in found
        ]
        best = [min(column) for column in zip(*wishes, strict=True)]
        assert wishes.count(best) == 1
        return found[wishes.index(best)]

    def in_turn(self, seats):
        """One pair after another from a sorted list, while there is room."""
        pairs = [(i, j) for i, places in enumerate(self.plans.open) for j in places[1:]]
        if self.market.policy.mechanism == "serial":
            pairs.sort(key=lambda pair: (pair[0], self.wish(*pair)))
        way = [-1] * len(self.people)
        for i, j in pairs:
            tried = [*way[:i], j, *way[i + 1 :]]
            if way[i] < 0 and self.fits(tried, seats):
                way = tried
        return way

    def expected(self):
        """The mechanism again and again, closing the placement that lacks the most people."""
        seats = [
            0 if place.group_min > s else s
            for place, s in zip(self.places, self.plans.seats, strict=True)
        ]
        rule = self.best_for_people if self.market.policy.mechanism == "stable" else self.in_turn
        while True:
            way = rule(seats)
            missing = [
                (place.group_min - way.count(j), j)
                for j, place in enumerate(self.places)
                if 0 < way.count(j) < place.group_min
            ]
            if not missing:
                return way
            seats[max(missing)[1]] = 0


def ids_of(market, way):
    places, people = list(market.placements), list(market.candidates)
    return {people[i].id: places[j].id for i, j in enumerate(way) if j >= 0}


@pytest.mark.parametrize("part", range(SLICES))
@pytest.mark.parametrize("mechanism", ["stable", "serial", "nearest"])
def test_solve_random_market_gives_the_one_match_the_mechanism_defines(mechanism, part):
    for seed in range(part, N_MARKETS, SLICES):
        market = ruled_market(seed, mechanism=mechanism)
        plan = solve(market)
        assert plan.placement_of == ids_of(market, Rules(market).expected()), f"seed {seed}"
        assert verify(market, plan) == [], f"seed {seed}"


def test_solve_stable_under_a_cap_moves_nobody_the_employer_likes_less():
    people = [{"id": "a", "choices": ["x"]}, {"id": "b", "choices": ["y"]}]
    places = [
        {"id": "x", "employer": "Acorn", "ranking": ["a"]},
        {"id": "y", "employer": "Acorn", "ranking": ["a", "b"]},
    ]
    policy = {"mechanism": "stable", "travel": "none", "only_ranked": True}
    plan = solve(Market(people, places, policy, {"Acorn": 1}))
    assert plan.placement_of == {"a": "x"}


def test_solve_serial_pinned_group_that_stays_too_small_is_refused_by_name():
    people = [{"id": "a", "choices": ["x"]}, {"id": "b", "choices": ["y", "x"]}]
    places = [{"id": "x", "capacity": 2, "group_min": 2}, {"id": "y"}]
    policy = {"mechanism": "serial", "travel": "none", "only_ranked": True, "pins": [["a", "x"]]}
    with pytest.raises(PolicyError, match="too few people come to x"):
        solve(Market(people, places, policy))
    optimal = Market(people, places, policy | {"mechanism": "optimal"})
    assert solve(optimal).placement_of == {"a": "x", "b": "x"}


@pytest.mark.parametrize("mechanism", ["stable", "serial", "nearest"])
def test_verify_moved_person_or_reopened_placement_is_found(mechanism):
    found = 0
    for seed in range(120):
        market = ruled_market(seed, mechanism=mechanism)
        plan = solve(market)
        closed = plan.certificate["closed"]
        said = plan.certificate | {"closed": [*closed, "p0"] if "p0" not in closed else closed[1:]}
        assert verify(market, dataclasses.replace(plan, certificate=said)), f"seed {seed}"
        found += 1
    assert found == 120


def test_verify_stable_plan_that_others_would_like_better_is_refused():
    """Two stable plans of one market: only the one best for the people is the mechanism's."""
    found = 0
    for seed in range(N_MARKETS):
        market = ruled_market(seed, mechanism="stable")
        rules = Rules(market)
        plan = solve(market)
        if plan.certificate["closed"]:
            continue
        for way in rules.stable_plans(rules.plans.seats):
            other = ids_of(market, way)
            if other != plan.placement_of:
                said = verify(market, moved(market, plan, other))
                assert any("is not the one that stable gives" in words for words in said), seed
                found += 1
    assert found >= 10


def moved(market, plan, placement_of):
    """A plan with the same people at other placements, each with the right choice."""
    placed = []
    for one in plan.assignments:
        place = placement_of[one.candidate]
        choices = market.candidates[market.row_of[one.candidate]].choices
        choice = choices.index(place) + 1 if place in choices else None
        placed.append(dataclasses.replace(one, placement=place, choice=choice))
    return dataclasses.replace(plan, assignments=tuple(placed))


def test_oracle_for_stable_has_markets_with_several_stable_plans():
    several = 0
    for seed in range(N_MARKETS):
        rules = Rules(ruled_market(seed, mechanism="stable"))
        several += len(rules.stable_plans(rules.plans.seats)) > 1
    assert several >= 20
