"""The policy in a sentence, held to what the engine really takes."""

import dataclasses

from matching import Policy
from placements.domain.policy_words import (
    AIM_WORDS,
    MECHANISM_NAMES,
    MECHANISM_WORDS,
    aims_of,
    list_bounds,
    mechanism_of,
    policy_sentence,
)
from placements.models.rounds import MECHANISMS


def test_an_empty_policy_is_read_as_the_engine_reads_it():
    engine = Policy()
    assert (mechanism_of({}), aims_of({})) == (engine.mechanism, engine.objectives)


def test_every_mechanism_and_aim_has_words():
    assert set(MECHANISM_NAMES) == set(MECHANISM_WORDS) == set(MECHANISMS)
    assert set(AIM_WORDS) == set(Policy().objectives)


def test_the_sentence_follows_the_order_of_the_aims():
    words = policy_sentence({"objectives": ["travel", "choice"]})
    assert words.index("journeys are short") < words.index("ranked highest")
    assert "lot" not in words


def test_the_sentence_says_what_is_traded_and_what_every_plan_must_keep():
    words = policy_sentence(
        {
            "objectives": ["choice", "travel", "lottery"],
            "weights": [["choice", 10], ["travel", 1]],
            "shares": [["care_leaver", 30, 100], ["rural", 0, 20]],
            "uncertain_places": False,
        }
    )
    assert "ranked highest (10) and journeys are short (1), traded against each other" in words
    assert "30 in 100 are kept for care leaver" in words
    assert "at most 20 in 100 go to rural" in words
    assert "sure of" in words


def test_the_engine_takes_every_field_the_words_know():
    policy = {"shares": [["care_leaver", 30, 100]], "uncertain_places": False}
    assert len(list_bounds(policy | {"weights": [["choice", 2]]})) == 2
    fields = {f.name for f in dataclasses.fields(Policy)}
    assert {"weights", "shares", "uncertain_places"} <= fields
