"""Policies side by side: the figures of each plan, and who is placed otherwise."""

import dataclasses

import pytest

from matching import compare, solve
from matching.policy import MECHANISMS


def test_compare_figures_and_changes_are_those_of_the_plans(city):
    policies = [dataclasses.replace(city.policy, mechanism=name) for name in MECHANISMS]
    rows = compare(city, policies)
    plans = [solve(city.with_policy(policy)) for policy in policies]
    first = plans[0].placement_of
    for row, plan in zip(rows, plans, strict=True):
        new = plan.placement_of
        assert row["plan_sha256"] == plan.sha256
        assert row["placed"] == len(plan.assignments)
        assert sum(row["by_choice"]) == sum(a.choice is not None for a in plan.assignments)
        changed = {c.id for c in city.candidates if first.get(c.id) != new.get(c.id)}
        assert [one["candidate"] for one in row["changes"]] == sorted(changed)
        assert all(
            (one["before"], one["after"]) == (first.get(one["candidate"]), new[one["candidate"]])
            for one in row["changes"]
            if one["candidate"] in new
        )
    assert rows[0]["changes"] == []
    assert any(row["changes"] for row in rows[1:])


def test_compare_dry_run_without_uncertain_places_fills_only_the_certain_ones(city):
    places = [dataclasses.replace(p, capacity_min=0) for p in city.placements[:10]]
    market = type(city)(city.candidates, [*places, *city.placements[10:]], city.policy)
    certain = dataclasses.replace(city.policy, uncertain_places=False)
    rows = compare(market, [city.policy, certain])
    assert [row["uncertain_places"] for row in rows] == [True, False]
    assert rows[1]["placed"] < rows[0]["placed"]
    gone = {p.id for p in places}
    assert all(one["after"] not in gone for one in rows[1]["changes"])


def test_compare_reports_progress_and_stops_between_policies(city):
    steps = []

    def stop_at_two(step, done, total):
        steps.append((step, done, total))
        if done == 1:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        compare(city, [city.policy] * 3, stop_at_two)
    assert steps == [("optimal", 0, 3), ("optimal", 1, 3)]
