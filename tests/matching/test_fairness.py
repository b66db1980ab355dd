"""Rates by group: intervals, small numbers that stay hidden, and nothing told to a market."""

import dataclasses

import numpy as np
import pytest
from scipy.stats import binomtest

from matching import PlanError, fairness, solve
from matching.fairness import NOT_SAID, wilson
from matching.policy import MECHANISMS
from matching.suppression import LEAST, hidden_groups


def invented_groups(market, seed):
    rng = np.random.default_rng(seed)
    names = sorted(market.row_of)
    said = [name for name in names if rng.random() < 0.9]
    home = {name: str(rng.choice(["north", "south"], p=[0.7, 0.3])) for name in said}
    care = {name: "yes" if rng.random() < 0.1 else "no" for name in said}
    return {"home": home, "care": care}


def test_wilson_equals_scipy():
    for people in (1, 2, 5, 17, 250):
        for count in range(0, people + 1, max(1, people // 7)):
            expected = binomtest(count, people).proportion_ci(0.95, method="wilson")
            assert wilson(count, people) == pytest.approx(
                (expected.low, expected.high), abs=0.00006
            )


def test_fairness_city_counts_everyone_once(city, city_plan):
    report = fairness(city, city_plan, invented_groups(city, 3)).chosen
    assert report.everyone.people == len(city.candidates)
    assert report.everyone.placed.count == len(city_plan.assignments)
    top = sum(1 for one in city_plan.assignments if one.choice and one.choice <= 3)
    assert report.everyone.top_three.count == top
    north = report.groups["home"]["north"]
    home = invented_groups(city, 3)["home"]
    members = {name for name, where in home.items() if where == "north"}
    assert north.people == len(members)
    assert north.placed.count == len(members & city_plan.placement_of.keys())
    assert NOT_SAID in report.groups["home"]


def test_fairness_ratio_is_to_the_group_with_the_highest_rate(city, city_plan):
    ids = sorted(city.row_of)
    placed = [name for name in ids if name in city_plan.placement_of]
    others = [name for name in ids if name not in city_plan.placement_of]
    answers = dict.fromkeys(placed[:40] + others[:10], "more")
    answers |= dict.fromkeys(placed[40:60] + others[10:90], "fewer")
    found = fairness(city, city_plan, {"invented": answers}).chosen.groups["invented"]
    assert found["more"].ratio == 1.0
    assert not found["more"].below_four_fifths
    assert found["fewer"].ratio == pytest.approx(0.2 / 0.8)
    assert found["fewer"].below_four_fifths
    assert found[NOT_SAID].ratio is None


def test_fairness_groups_change_no_plan_and_other_policies_are_solved(city, city_plan):
    policies = [dataclasses.replace(city.policy, mechanism=name) for name in MECHANISMS]
    before = city.sha256
    report = fairness(city, city_plan, invented_groups(city, 3), policies)
    assert city.sha256 == before == city_plan.market_sha256
    assert [one.policy.mechanism for one in report.others] == list(MECHANISMS)
    assert report.others[0].to_dict() == report.chosen.to_dict()
    stable = solve(city.with_policy(policies[1]))
    assert report.others[1].everyone.placed.count == len(stable.assignments)


def test_fairness_unknown_person_or_other_market_is_refused(city, city_plan):
    with pytest.raises(PlanError, match="nobody"):
        fairness(city, city_plan, {"home": {"nobody": "north"}})
    other = city.with_capacity(city.placements[0].id, 9)
    with pytest.raises(PlanError, match="another market"):
        fairness(other, city_plan, {})


def test_fairness_small_counts_are_shown_nowhere(city, city_plan):
    ids = sorted(city.row_of)
    for seed in range(30):
        print("seed", seed)
        rng = np.random.default_rng(seed)
        labels = [f"g{int(rng.integers(0, 7) ** 2 % 5)}" for _ in ids]
        said = [name for name in zip(ids, labels, strict=True) if rng.random() < 0.95]
        answers = dict(said)
        for one in fairness(city, city_plan, {"q": answers}).chosen.groups["q"].values():
            for rate in (one.placed, one.top_three):
                assert rate.count is None or rate.count >= LEAST
                assert rate.count is None or one.people - rate.count >= LEAST
            assert one.people is None or one.people >= LEAST


def possible(counts, sizes, hidden, name):
    """The least and the most that a hidden count can be, for one who sees all the rest."""
    total = sum(counts[other] for other in hidden)
    room = sum(sizes[other] for other in hidden if other != name)
    return max(0, total - room), min(sizes[name], total)


def test_hidden_groups_no_small_count_can_be_worked_out_from_the_rest():
    n_hidden = 0
    for seed in range(400):
        print("seed", seed)
        rng = np.random.default_rng(seed)
        sizes = {f"g{n}": int(rng.integers(5, 40)) for n in range(int(rng.integers(2, 6)))}
        placed = {name: int(rng.integers(0, size + 1)) for name, size in sizes.items()}
        split = {name: (placed[name], size - placed[name]) for name, size in sizes.items()}
        hidden = hidden_groups(split)
        assert {name for name, parts in split.items() if min(parts) < LEAST} <= hidden
        if len(hidden) == len(sizes):
            continue
        n_hidden += len(hidden)
        for name in hidden:
            low, high = possible(placed, sizes, hidden, name)
            assert high - low >= LEAST, name
    assert n_hidden > 100


def test_hidden_groups_one_hidden_for_another_reason_takes_a_second_along():
    counts = {"a": (30, 30), "b": (20, 25), "c": (40, 40)}
    assert hidden_groups(counts, frozenset({"a"})) == {"a", "b"}


def test_hidden_groups_too_few_people_in_all_hides_every_group():
    assert hidden_groups({"a": (2,), "b": (1,)}) == {"a", "b"}
    assert hidden_groups({"a": (2,), "b": (1,), "c": (50,)}) == {"a", "b", "c"}
    assert hidden_groups({"a": (2,), "b": (3,), "c": (50,)}) == {"a", "b"}
