"""The second look at side rules, mechanisms and distances: each rule's figures and sentences."""

import dataclasses
import datetime
import io

import numpy as np
import pytest

from matching import Market, solve, verify
from matching.checking import placed
from matching.checking.claims import read_claims
from matching.checking.methods import check_method
from matching.checking.placed import check_distances, check_journeys
from matching.checking.rules import Case, SideRules, check_closed, check_kept, check_rules
from matching.eligibility import choice_ranks
from matching.records import MODES
from matching.transport.by_table import TableTravel, read_minutes

NOBODY = np.zeros(0, dtype=np.int64)


@pytest.fixture
def tied():
    """Five placements with every side rule; cat is pinned to the shop and dan to the pair."""
    people = [
        {"id": "ann", "priority": ["care"]},
        {"id": "bob", "priority": ["long", "care"]},
        {"id": "cat", "priority": ["long"]},
        {"id": "dan"},
        {"id": "eve", "priority": ["other"]},
    ]
    places = [
        {"id": "pair", "capacity": 4, "group_min": 3, "employer": "fair"},
        {"id": "shop", "capacity": 3, "group_min": 1, "employer": "fair"},
        {"id": "solo", "capacity": 2, "group_min": 1},
        {"id": "team", "capacity": 2, "group_min": 2, "employer": "other"},
        {"id": "wide", "capacity": 2, "group_min": 3},
    ]
    policy = {"travel": "none", "shares": [["care", 10, 50], ["long", 20, 31]]}
    market = Market(people, places, policy, {"fair": 3, "other": 1})
    pinned = {
        market.row_of["cat"]: market.col_of["shop"],
        market.row_of["dan"]: market.col_of["pair"],
    }
    return market, pinned


def by_name(market, values):
    return dict(zip(market.placements.ids.tolist(), np.asarray(values).tolist(), strict=True))


def test_side_rules_are_those_left_for_who_is_not_pinned(tied):
    market, pinned = tied
    rules = SideRules(market, pinned)
    assert by_name(market, rules.seats) == {"pair": 3, "shop": 2, "solo": 2, "team": 2, "wide": 0}
    assert by_name(market, rules.low) == {"pair": 2, "shop": 0, "solo": 0, "team": 0, "wide": 0}
    assert rules.either == {market.col_of["team"]: 2}
    assert dict(zip(rules.hosts, rules.host_left.tolist(), strict=True)) == {"fair": 1, "other": 1}
    assert by_name(market, rules.host_of) == {
        "pair": rules.hosts.index("fair"), "shop": rules.hosts.index("fair"), "solo": -1,
        "team": rules.hosts.index("other"), "wide": -1,
    }  # fmt: skip
    groups = {name: int(rules.group_of[row]) for name, row in market.row_of.items()}
    assert groups == {"ann": 0, "bob": 0, "cat": 1, "dan": -1, "eve": -1}
    assert rules.groups == ["care", "long"]
    assert rules.kept == [2, 2]
    assert rules.group_left == [6, 3]
    nothing = SideRules(market, {})
    assert (nothing.kept, nothing.group_left) == ([2, 3], [6, 4])
    assert nothing.either == {market.col_of["pair"]: 3, market.col_of["team"]: 2}


def match_of(market, held):
    match = np.full(len(market.candidates), -1, dtype=np.int64)
    for person, place in held.items():
        match[market.row_of[person]] = market.col_of[place]
    return match


def test_every_broken_side_rule_is_told_in_words_and_a_kept_one_is_not(tied):
    market, _ = tied
    people = [{"id": f"p{k}", "priority": ["care"]} for k in range(8)]
    shares = dataclasses.replace(market.policy, shares=(("care", 0, 50),))
    market = Market(people, list(market.placements), shares, dict(market.host_caps))

    def said(*counts):
        held = [name for name, n in zip(("pair", "shop", "solo", "team"), counts, strict=True)
                for _ in range(n)]  # fmt: skip
        found = {f"p{k}": name for k, name in enumerate(held)}
        return list(check_rules(market, match_of(market, found)))

    assert said(0, 1, 2, 0) == []
    assert said(3, 0, 1, 0) == []
    assert said(2, 0, 0, 0) == ["pair runs with 3 or more and has 2 people"]
    assert said(0, 0, 3, 0) == ["solo has 2 free places and 3 people"]
    assert said(3, 1, 0, 0) == ["fair has 4 people and a cap of 3"]
    assert said(0, 0, 0, 2) == ["other has 2 people and a cap of 1"]
    assert said(3, 0, 2, 1) == ["team runs with 2 or more and has 1 people"]
    assert said(0, 3, 4, 0)[1:] == ["7 people of care are placed, and its share is 6 places"]


def test_one_person_too_many_is_told_at_every_placement(tied):
    market, _ = tied
    people = [{"id": f"p{k}"} for k in range(5)]
    policy = dataclasses.replace(market.policy, shares=())
    market = Market(people, list(market.placements), policy, {})
    for place in market.placements:
        n = place.capacity + 1
        match = np.where(np.arange(5) < n, market.col_of[place.id], -1)
        assert f"{place.id} has {n - 1} free places and {n} people" in check_rules(market, match)


def test_what_stays_empty_and_what_is_kept_is_told_for_who_is_not_pinned(tied):
    market, pinned = tied
    held = match_of(market, {"cat": "shop", "dan": "pair", "ann": "pair", "bob": "pair"})
    case = Case(market, NOBODY, NOBODY, {}, held, pinned)
    assert case.free_match()[list(pinned)].tolist() == [-1, -1]
    assert case.match[list(pinned)].tolist() == list(pinned.values())
    wrong = ["the placements said not to run are not those that stay empty"]
    assert list(check_closed(case, ["wide", "team"])) == []
    for told in (["team"], [], None, ["team", "wide", "solo"], ["shop", "team", "wide"]):
        assert list(check_closed(case, told)) == wrong
    assert list(check_kept(case)) == ["long has 0 of the 2 places kept for it, unproven"]


@pytest.fixture
def played():
    """A stable round: the shop would rather have bob than ann, and bob it than the yard."""
    people = [
        {"id": "ann", "choices": ["shop", "yard"]},
        {"id": "bob", "choices": ["shop", "yard"]},
    ]
    places = [{"id": "shop", "ranking": ["bob", "ann"]}, {"id": "yard", "capacity": 2},
              {"id": "team", "capacity": 4, "group_min": 3}]  # fmt: skip
    policy = {"travel": "none", "mechanism": "stable", "only_ranked": True}
    return Market(people, places, policy)


def case_of(market, held):
    pairs = [(market.row_of[p], market.col_of[c]) for p in ("ann", "bob") for c in ("shop", "yard")]
    rows, cols = np.array(sorted(pairs)).T
    choice = np.where(cols == market.col_of["shop"], 0, 1)
    levels = {"choice": choice, "priority": choice * 0, "travel": choice * 0}
    return Case(market, rows, cols, levels, match_of(market, held), {})


def test_a_stable_plan_is_played_again_and_blocking_pairs_are_named(played):
    good, closed = {"ann": "yard", "bob": "shop"}, {"kind": "none", "closed": ["team"]}
    assert verify(played, solve(played)) == []
    assert list(check_method(case_of(played, good), closed)) == []
    another = "the plan is not the one that stable gives"
    empty = "the placements said not to run are not those that stay empty"
    bad = {"ann": "shop", "bob": "yard"}
    found = list(check_method(case_of(played, bad), closed))
    assert found == ["bob and shop would rather have each other", another]
    nobody = list(check_method(case_of(played, {}), closed))
    assert len(nobody) == 5
    assert nobody[-1] == another
    for certificate in ({"kind": "none"}, {"kind": "exact", "closed": ["team"]}, {}):
        assert list(check_method(case_of(played, good), certificate)) == [empty]


def test_distances_are_held_to_the_geodesic_of_all_or_of_the_first_of_many(monkeypatch):
    people = [{"id": f"c{k}", "lat": 52.4 + k / 50, "lon": -1.9} for k in range(3)]
    places = [{"id": "shop", "lat": 52.45, "lon": -1.95, "capacity": 3}]
    market = Market(people, places)
    plan = solve(market)
    claims = read_claims(market, plan)
    assert len(claims.rows) == 3
    assert list(check_distances(market, claims)) == []
    far = claims.figures["metres"] * 1012 // 1000
    changed = dataclasses.replace(claims, figures=claims.figures | {"metres": far})
    found = list(check_distances(market, changed))
    assert len(found) == 3
    assert all(" km, the geodesic is " in one for one in found)
    monkeypatch.setattr(placed, "GEODESIC_MOST", 3)
    monkeypatch.setattr(placed, "GEODESIC_SAMPLE", 1)
    assert len(list(check_distances(market, changed))) == 3
    monkeypatch.setattr(placed, "GEODESIC_MOST", 2)
    assert [one.split(" at ")[0] for one in check_distances(market, changed)] == [
        market.candidates.ids[0]
    ]
    monkeypatch.setattr(placed, "GEODESIC_SHARE", 0.0)
    assert [" geodesic " in one for one in verify(market, plan)] == [True]


def test_a_distance_of_nothing_may_be_off_by_half_a_metre_and_no_more():
    market = Market(
        [{"id": "c", "lat": 52.4, "lon": -1.9}], [{"id": "p", "lat": 52.4, "lon": -1.9}]
    )
    claims = read_claims(market, solve(market))
    for metres, wrong in ((0, False), (1, True)):
        figures = claims.figures | {"metres": np.array([metres])}
        told = list(check_distances(market, dataclasses.replace(claims, figures=figures)))
        assert bool(told) == wrong


def test_journeys_by_table_are_looked_up_again_for_everyone_placed():
    areas = "area,lat,lon\nX1 1,52.00,-1.90\nX1 2,52.10,-1.90\n"
    minutes = "from,to,mode,minutes\nX1 1,X1 2,bus,33\nX1 2,X1 1,bus,44\n"
    minutes += "X1 1,X1 2,walk,20\nX1 2,X1 1,walk,20\n"
    day = datetime.date(2026, 9, 7)
    table = read_minutes(io.StringIO(minutes), io.StringIO(areas), source="invented", taken_on=day)
    home = {"lat": 52.001, "lon": -1.901, "availability": [[0, 0, 1440]]}
    site = {"lat": 52.099, "lon": -1.899}
    people = [{"id": "ann", "modes": ["bus"], **home}, {"id": "bob", "modes": ["walk"], **home}]
    places = [{"id": "shop", "shifts": [[0, 540, 1020]], "capacity": 2, **site}]
    market = Market(people, places, travel=TableTravel(table))
    plan = solve(market)
    assert verify(market, plan) == []
    claims = read_claims(market, plan)
    assert list(check_journeys(market, claims)) == []
    at = claims.rows.tolist().index(market.row_of["ann"])
    for name, value, said in (
        ("minutes_there", 34, "(34, 44, 'bus', False)"),
        ("minutes_back", 45, "(33, 45, 'bus', False)"),
        ("mode", MODES.index("walk"), "(33, 44, 'walk', False)"),
        ("mode", -1, "(33, 44, None, False)"),
        ("estimate", True, "(33, 44, 'bus', True)"),
    ):
        figure = claims.figures[name].copy()
        figure[at] = value
        changed = dataclasses.replace(claims, figures=claims.figures | {name: figure})
        assert list(check_journeys(market, changed)) == [
            f"ann at shop: journey {said}, should be (33, 44, 'bus', False)"
        ]
        by_line = Market(people, places)
        assert list(check_journeys(by_line, changed)) == [], "a straight line is checked elsewhere"


def test_closed_placements_of_an_exact_plan_are_held_to_be_those_that_stay_empty():
    places = [{"id": "shop"}, {"id": "team", "capacity": 4, "group_min": 3}]
    market = Market([{"id": "ann", "choices": ["shop"]}], places, {"travel": "none"})
    plan = solve(market)
    assert plan.certificate["kind"] == "exact"
    assert plan.certificate["closed"] == ["team"]
    assert verify(market, plan) == []
    proof = plan.certificate | {"closed": []}
    found = verify(market, dataclasses.replace(plan, certificate=proof))
    assert found == ["the placements said not to run are not those that stay empty"]


def test_closed_placements_of_a_plan_by_bound_are_held_to_be_those_that_stay_empty():
    people = [{"id": "ann", "choices": ["trip", "shop"]}, {"id": "bob", "choices": ["shop"]}]
    places = [{"id": "trip", "capacity": 2, "group_min": 2}, {"id": "shop"}]
    market = Market(people, places, {"travel": "none", "only_ranked": True})
    plan = solve(market)
    assert (plan.certificate["kind"], plan.certificate["closed"]) == ("bound", ["trip"])
    assert verify(market, plan) == []
    proof = plan.certificate | {"closed": []}
    found = verify(market, dataclasses.replace(plan, certificate=proof))
    assert found == ["the placements said not to run are not those that stay empty"]


def test_the_journey_of_a_pinned_person_does_not_count_for_the_price_of_staying_out():
    people = [{"id": f"c{k}", "lat": 52.4 + k / 100, "lon": -1.9} for k in range(4)]
    people.append({"id": "far", "lat": 52.55, "lon": -1.9, "max_minutes": 240})
    places = [{"id": name, "lat": 52.4, "lon": -1.9} for name in ("shop", "yard")]
    for pins in ([], [["far", "yard"]]):
        market = Market(people, places, {"pins": pins})
        plan = solve(market)
        assert plan.certificate["kind"] == "exact"
        assert verify(market, plan) == []


@pytest.mark.parametrize("seed", range(6))
def test_ranks_of_pairs_in_any_order_are_those_of_each_pair_alone(seed):
    rng = np.random.default_rng(seed)
    names = [f"p{k}" for k in range(9)]
    people = [
        {"id": f"c{k}", "choices": rng.permutation(names)[: k % 4].tolist()} for k in range(8)
    ]
    market = Market(people, [{"id": name} for name in names], {"travel": "none"})
    every = np.stack(np.divmod(np.arange(72), 9))
    some = rng.integers(0, 72, 40)
    for at in (
        np.arange(72),
        np.arange(5, 60),
        some,
        np.sort(some),
        np.sort(some)[::-1],
        np.r_[0, rng.permutation(np.arange(1, 72))],
        rng.permutation(72),
        some[:3],
        some[:0],
    ):
        rows, cols = every[:, at]
        right = []
        for row, col in zip(rows.tolist(), cols.tolist(), strict=True):
            mine = list(market.candidates[row].choices)
            place = str(market.placements.ids[col])
            right.append(mine.index(place) if place in mine else -1)
        assert choice_ranks(market, rows, cols).tolist() == right
