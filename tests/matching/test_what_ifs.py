"""The usual questions about one person, and markets where only solving again can tell."""

import dataclasses

import pytest
from factories.matching_markets import rich_market

from matching import (
    Market,
    PlanError,
    explain,
    explain_all,
    solve,
    verify,
    what_ifs,
    with_change,
    words,
)
from matching.command_line.words import receipt_lines
from matching.policy import MECHANISMS
from matching.sealing.given import BEYOND

PLAIN = {"travel": "none"}


def answer_after(market, person, found):
    """Where a person is when the fact of a what-if is made true and the market solved again."""
    change = {"of": found.of, "field": found.field, "value": found.value}
    return solve(with_change(market, person, change | {"placement": found.about})).placement_of.get(
        person
    )


@pytest.mark.parametrize("mechanism", MECHANISMS)
def test_what_ifs_answers_are_those_of_solving_again(mechanism):
    outcomes = set()
    for seed in range(2):
        print("seed", seed)
        market = rich_market(seed, mechanism)
        plan = solve(market)
        for person in sorted(market.row_of)[::3]:
            for found in what_ifs(market, plan, person):
                held = answer_after(market, person, found)
                outcomes.add((found.rule, found.outcome))
                assert found.words
                if found.outcome == "unclear":
                    continue
                assert held == found.placement
                assert (held == plan.placement_of.get(person)) == (found.outcome == "same")
                assert (held is None) == (found.outcome == "none") or found.outcome == "same"
    assert {"TRAVEL_TOO_LONG", "FINISH_LATER", "MODE", "NEEDS"} <= {rule for rule, _ in outcomes}
    assert {"same", "place"} <= {outcome for _, outcome in outcomes}


def test_what_ifs_of_a_stranger_are_refused_and_of_a_pinned_person_are_none(city, city_plan):
    with pytest.raises(PlanError, match="nobody"):
        what_ifs(city, city_plan, "nobody")
    market = Market([{"id": "a"}], [{"id": "p"}], PLAIN | {"pins": [["a", "p"]]})
    assert what_ifs(market, solve(market), "a") == []


def ruled_market():
    """A trip that runs for two, a shop, and an employer that can take one person at two sites."""
    people = [
        {"id": "ann", "choices": ["trip", "shop"], "has": ["van"]},
        {"id": "bob", "choices": ["stall", "shop"]},
        {"id": "cat", "choices": ["stand", "stall"]},
    ]
    places = [
        {"id": "trip", "capacity": 2, "group_min": 2, "needs": ["van"]},
        {"id": "shop"},
        {"id": "stall", "employer": "fair"},
        {"id": "stand", "employer": "fair"},
    ]
    return Market(people, places, PLAIN | {"only_ranked": True}, {"fair": 1})


def test_explain_under_binding_side_rules_solves_again_for_one_person():
    market = ruled_market()
    plan = solve(market)
    assert verify(market, plan) == []
    assert plan.certificate["kind"] == "bound"
    together = explain_all(market, plan)
    n_changes = 0
    for person in market.row_of:
        receipt = explain(market, plan, person)
        assert receipt.because == together[person].because
        for change in receipt.changes:
            n_changes += 1
            again = solve(with_change(market, person, change))
            assert again.placement_of[person] == change["placement"]
    assert n_changes


@pytest.mark.parametrize("seconds, said", [(0, words.UNTOLD), (60, words.UNTOLD_IN_TIME)])
def test_receipts_of_many_under_binding_side_rules_say_why_no_change_is_named(seconds, said):
    market = ruled_market()
    policy = dataclasses.replace(market.policy, seconds=seconds)
    market = market.with_parts(policy=policy)
    plan = solve(market)
    assert plan.certificate["kind"] == "bound"
    together = explain_all(market, plan)
    content = [name for name, place in plan.placement_of.items()
               if place == market.candidates[market.row_of[name]].choices[0]]  # fmt: skip
    assert 0 < len(content) < len(together)
    for name, receipt in together.items():
        told = "" if name in content or receipt.changes else said
        assert receipt.untold == receipt.to_dict().get("untold", "") == told
        assert (told in receipt_lines(receipt.to_dict())) == bool(told)
    assert {receipt.untold for receipt in together.values()} == {"", said}
    alone = explain(market, plan, next(name for name, one in together.items() if one.untold))
    assert alone.untold == (said if seconds else "")


def test_receipts_name_the_side_rule_that_stood_in_the_way():
    market = ruled_market()
    plan = solve(market)
    entries = [e for r in explain_all(market, plan).values() for e in r.not_these]
    said = {entry["rule"]: entry["words"] for entry in entries}
    assert said["TOO_FEW"] == "It only runs with 2 people or more. Too few could go this time."
    assert said["HOST_CAP"] == "The employer can take 1 person in all, and has one."


def test_receipt_says_when_it_went_to_people_who_could_take_no_other():
    people = [{"id": "ann", "choices": ["x"]}, {"id": "bob", "choices": ["x", "y"]}]
    market = Market(people, [{"id": "x"}, {"id": "y"}], PLAIN | {"only_ranked": True})
    entry = explain(market, solve(market), "bob").not_these[0]
    assert entry["words"] == (
        "It had 1 place and it went to someone else. They could not take any other placement."
    )
    assert entry["fact"]["choice"] == {"you": 0, "them": [0]}


def test_receipt_words_hold_no_hard_word_and_no_name(city, city_plan):
    hard = ("candidate", "host", "match", "allocat", "algorithm", "unfortunately", "person-")
    for receipt in explain_all(city, city_plan).values():
        said = [*receipt.because, *(entry["words"] for entry in receipt.not_these)]
        said += [change["words"].replace("{place}", "the bakery") for change in receipt.changes]
        for sentence in said:
            assert not [word for word in hard if word in sentence.lower()], sentence
            assert "{" not in sentence


def test_words_of_a_journey_that_is_only_known_to_be_too_long_give_no_minutes():
    assert words.refused("TRAVEL_TOO_LONG", BEYOND, 60) == (
        "The journey is longer than your limit of 60 minutes."
    )
