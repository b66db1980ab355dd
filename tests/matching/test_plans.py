"""Whole plans: row order, the checker against tampering, stability, travel, pins and commands."""

import dataclasses
import json
import random
import subprocess
import sys

import numpy as np
import pytest

from matching import Market, MarketError, Plan, PolicyError, compare, explain, solve, verify
from matching.checking.eligible import all_facts
from matching.eligibility import Refusal, refusals
from matching.policy import MECHANISMS
from matching.travel import journeys


def with_mechanism(market, mechanism, **more):
    return market.with_policy(dataclasses.replace(market.policy, mechanism=mechanism, **more))


@pytest.mark.parametrize("mechanism", MECHANISMS)
def test_I24_solve_city_passes_the_checker(city, mechanism):
    market = with_mechanism(city, mechanism)
    plan = solve(market)
    assert len(plan.assignments) > 50
    assert verify(market, plan) == []


@pytest.mark.parametrize("seed", range(5))
def test_I25_solve_shuffled_records_gives_the_same_hash(city, city_plan, seed):
    print("seed", seed)
    people, places = list(city.candidates), list(city.placements)
    random.Random(seed).shuffle(people)
    random.Random(seed).shuffle(places)
    again = solve(Market(people, places, city.policy))
    assert again.sha256 == city_plan.sha256


def test_eligibility_every_pair_equals_the_second_reckoning(city):
    n, m = len(city.candidates), len(city.placements)
    rows, cols = np.divmod(np.arange(n * m), m)
    bits = refusals(city, rows, cols)
    facts = all_facts(city)
    found = set(zip(rows[bits == 0].tolist(), cols[bits == 0].tolist(), strict=True))
    assert found == set(zip(facts.rows.tolist(), facts.cols.tolist(), strict=True))
    assert all((bits & rule).any() for rule in (Refusal.AGE, Refusal.TRAVEL_TOO_LONG))


def changed(plan, at, **values):
    rows = list(plan.assignments)
    rows[at] = dataclasses.replace(rows[at], **values)
    return dataclasses.replace(plan, assignments=tuple(rows))


def swap(plan):
    a, b = plan.assignments[0], plan.assignments[1]
    return changed(changed(plan, 0, placement=b.placement), 1, placement=a.placement)


def without_reason(plan):
    return dataclasses.replace(plan, reasons=dict(list(plan.reasons.items())[1:]))


def cheaper_outside(plan):
    proof = plan.certificate | {"outside_price": plan.certificate["outside_price"] - 1}
    return dataclasses.replace(plan, certificate=proof)


def flat_weights(plan):
    proof = plan.certificate | {"weights": dict.fromkeys(plan.certificate["weights"], 1)}
    return dataclasses.replace(plan, certificate=proof)


def raised_price(plan):
    name = next(iter(plan.prices["placement"]))
    price = plan.prices["placement"] | {name: plan.prices["placement"][name] - 10**15}
    return dataclasses.replace(plan, prices=plan.prices | {"placement": price})


TAMPERINGS = {
    "a person left out": lambda p: dataclasses.replace(p, assignments=p.assignments[1:]),
    "a person twice": lambda p: dataclasses.replace(p, assignments=p.assignments * 2),
    "a stranger": lambda p: changed(p, 0, candidate="nobody"),
    "another place": lambda p: changed(p, 0, placement=p.assignments[-1].placement),
    "two swapped": swap,
    "minutes": lambda p: changed(p, 0, minutes_back=1),
    "metres": lambda p: changed(p, 0, metres=p.assignments[0].metres + 50),
    "choice": lambda p: changed(p, 0, choice=6),
    "mode": lambda p: changed(p, 0, mode="hovercraft"),
    "estimate": lambda p: changed(p, 0, estimate=False),
    "no reason": without_reason,
    "outside price": cheaper_outside,
    "weights": flat_weights,
    "a price": raised_price,
    "no proof": lambda p: dataclasses.replace(p, certificate={"kind": "none"}),
    "another market": lambda p: dataclasses.replace(p, market_sha256="0" * 64),
    "another mechanism": lambda p: dataclasses.replace(p, mechanism="nearest"),
}


@pytest.mark.parametrize("name", TAMPERINGS)
def test_I24_verify_tampered_plan_is_found(city, city_plan, name):
    assert verify(city, city_plan) == []
    assert verify(city, TAMPERINGS[name](city_plan))


def test_verify_stable_tampered_pair_is_found(city):
    market = with_mechanism(city, "stable")
    plan = solve(market)
    dropped = plan.assignments[0]
    less = dataclasses.replace(
        plan,
        assignments=plan.assignments[1:],
        totals=plan.totals | {"placed": len(plan.assignments) - 1},
        reasons=plan.reasons
        | {dropped.candidate: {"code": "places_taken", "eligible": eligible(market, dropped)}},
    )
    assert any("would rather" in words for words in verify(market, less))


def eligible(market, placed):
    facts = all_facts(market)
    return int((facts.rows == market.row_of[placed.candidate]).sum())


def test_plan_read_back_is_the_same_and_a_changed_one_is_refused(city_plan):
    text = json.dumps(city_plan.to_dict())
    assert Plan.from_dict(json.loads(text)).sha256 == city_plan.sha256
    with pytest.raises(ValueError, match="hash"):
        Plan.from_dict(json.loads(text.replace('"pinned": false', '"pinned": true', 1)))


def test_market_read_back_has_the_same_hash(city):
    assert Market.from_dict(json.loads(json.dumps(city.to_dict()))).sha256 == city.sha256


@pytest.mark.parametrize("mechanism", MECHANISMS)
def test_solve_pinned_person_stays_where_pinned(city, city_plan, mechanism):
    held = city_plan.assignments[3]
    pins = ((held.candidate, held.placement),)
    market = with_mechanism(city, mechanism, pins=pins)
    plan = solve(market)
    assert plan.placement_of[held.candidate] == held.placement
    assert verify(market, plan) == []


def test_solve_ineligible_pin_is_refused():
    market = Market(
        [{"id": "a"}], [{"id": "p", "needs": ["van"]}], {"travel": "none", "pins": [["a", "p"]]}
    )
    with pytest.raises(PolicyError, match="a to p"):
        solve(market)


HOME = {"id": "a", "lat": 52.48, "lon": -1.89, "max_minutes": 60}
SITE = {"id": "p", "lat": 52.50, "lon": -1.90}
WEEK = [[day, 0, 1440] for day in range(7)]


def refused(person, place, policy=None):
    market = Market([HOME | {"availability": WEEK} | person], [SITE | place], policy or {})
    zero = np.zeros(1, dtype=np.int64)
    return Refusal(int(refusals(market, zero, zero)[0]))


@pytest.mark.parametrize(
    ("person", "place", "rule"),
    [
        ({"born_on": "2010-09-08"}, {"min_age": 16, "start_from": "2026-09-07"}, Refusal.AGE),
        ({"born_on": "2010-09-07"}, {"min_age": 16, "start_from": "2026-09-07"}, Refusal(0)),
        ({}, {"min_age": 16, "start_from": "2026-09-07"}, Refusal.AGE),
        ({}, {"needs": ["van"]}, Refusal.NEEDS),
        ({"availability": [[0, 540, 1020]]}, {"shifts": [[0, 540, 1021]]}, Refusal.HOURS),
        ({"start_from": "2026-10-01"}, {"start_to": "2026-09-30"}, Refusal.DATES),
        ({"never_employers": ["e"]}, {"employer": "e"}, Refusal.NEVER),
        ({}, {"capacity": 0}, Refusal.FULL),
        ({"lat": None}, {}, Refusal.TRAVEL_UNKNOWN),
        ({"max_minutes": 10}, {}, Refusal.TRAVEL_TOO_LONG),
        ({"modes": ["bus"]}, {"shifts": [[0, 900, 1420]]}, Refusal.TRAVEL_NO_SERVICE),
        ({"modes": ["bus"]}, {"shifts": [[0, 290, 800]]}, Refusal.TRAVEL_NO_SERVICE),
        ({"modes": ["walk"]}, {"shifts": [[0, 900, 1420]]}, Refusal(0)),
        ({"modes": ["bus"]}, {"shifts": [[5, 1200, 1500]]}, Refusal.TRAVEL_NO_SERVICE),
    ],
)
def test_refusals_one_rule_broken_names_that_rule(person, place, rule):
    assert refused(person, place) == rule


def test_straight_line_late_shift_waits_longer_on_the_way_back():
    market = Market([HOME | {"modes": ["bus"]}], [SITE | {"shifts": [[0, 840, 1200]]}])
    zero = np.zeros(1, dtype=np.int64)
    journey = journeys(market, zero, zero)
    assert journey.back[0] - journey.there[0] == 6


@pytest.mark.parametrize(
    ("people", "places", "words"),
    [
        ([{"id": "a"}, {"id": "a"}], [], "given twice"),
        ([{"id": "a", "lat": 91}], [], "lat"),
        ([{"id": "a", "born_on": "yesterday"}], [], "born_on"),
        ([], [{"id": "p", "capacity": -1}], "capacity"),
        ([], [{"id": "p", "shifts": [[7, 0, 1]]}], "shifts"),
        ([{"id": "a", "shoe": 4}], [], "shoe"),
        ([{"id": "a", "choices": 3}], [], "choices"),
        ([{"id": "a", "has": [3]}], [], "has"),
        (["a"], [], "not an object"),
    ],
)
def test_market_bad_record_is_refused_by_name(people, places, words):
    with pytest.raises(MarketError, match=words):
        Market(people, places)


def test_explain_everyone_has_a_receipt_with_words(city, city_plan):
    for candidate in city.candidates:
        receipt = explain(city, city_plan, candidate.id)
        assert receipt.because
        assert (receipt.placement is None) == (candidate.id in city_plan.reasons)
        assert all(entry["rule"] and entry["words"] for entry in receipt.not_these)


def test_compare_mechanisms_none_places_more_than_optimal(city):
    rows = compare(city, [dataclasses.replace(city.policy, mechanism=m) for m in MECHANISMS])
    assert max(row["placed"] for row in rows) == rows[0]["placed"]


def command(*arguments):
    return subprocess.run(
        [sys.executable, "-m", "matching", *map(str, arguments)], capture_output=True, text=True
    )


def test_command_road_runs_in_child_processes_and_finds_a_changed_plan(tmp_path):
    market, plan = tmp_path / "market.json", tmp_path / "plan.json"
    sizes = ("--people", 40, "--placements", 8, "--places", 20)
    assert command("generate", *sizes, market).returncode == 0
    assert command("solve", market, plan).returncode == 0
    assert command("verify", market, plan).returncode == 0
    assert command("explain", market, plan, "person-000003").returncode == 0
    assert command("compare", market, "--json").returncode == 0
    given = json.loads(market.read_text())
    given["policy"]["seed"] += 1
    market.write_text(json.dumps(given))
    assert command("verify", market, plan).returncode == 1


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{",
        '{"candidates": 3, "placements": []}',
        '{"candidates": [], "placements": [], "policy": 3}',
    ],
)
def test_command_unreadable_market_exits_2_without_a_traceback(tmp_path, text):
    market = tmp_path / "market.json"
    market.write_text(text)
    done = command("solve", market, tmp_path / "plan.json")
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert done.stderr
