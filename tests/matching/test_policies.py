"""What a policy may say: weights, shares, certain places; what contradicts itself is refused."""

from __future__ import annotations

import pytest

from matching import Market, PolicyError, solve, verify


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


SHARES = [["care", 50, 100], ["rural", 0, 10]]
EDGES = {
    "nobody and nowhere": ([], []),
    "nowhere": ([{"id": "a"}], []),
    "nobody": ([], [{"id": "p", "group_min": 2, "capacity": 3}]),
    "one person for a group": ([{"id": "a"}], [{"id": "p", "group_min": 2, "capacity": 3}]),
    "a group larger than the places": ([{"id": "a"}], [{"id": "p", "group_min": 5}]),
    "no places": ([{"id": "a"}], [{"id": "p", "capacity": 0, "group_min": 2}]),
    "a share of a group over its cap": (
        [{"id": "a", "priority": ["care"]}, {"id": "b", "priority": ["rural"]}],
        [{"id": "p", "capacity": 2, "group_min": 2, "employer": "Acorn"}],
    ),
    "all ineligible": (
        [{"id": "a", "never_placements": ["p"]}],
        [{"id": "p", "capacity": 2, "employer": "Acorn"}],
    ),
}


@pytest.mark.parametrize("caps", [{}, {"Acorn": 0}, {"Acorn": 1}, {"Elsewhere": 3}])
@pytest.mark.parametrize("mechanism", ["optimal", "stable", "serial", "nearest"])
@pytest.mark.parametrize("name", EDGES)
def test_solve_market_that_leaves_nothing_to_give_verifies(name, mechanism, caps):
    people, places = EDGES[name]
    policy = {"travel": "none", "mechanism": mechanism}
    if mechanism == "optimal":
        policy["shares"] = SHARES
    market = Market(people, places, policy, caps)
    assert verify(market, solve(market)) == []
