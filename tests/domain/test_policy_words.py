"""The policy in a sentence, held to what the engine really takes."""

from matching import Policy
from placements.domain.policy_words import (
    AIM_WORDS,
    MECHANISM_NAMES,
    MECHANISM_WORDS,
    aims_of,
    list_pins,
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


def test_list_pins_names_each_pair_in_full():
    policy = {"pins": [["A-1", "P-1"]], "forbidden": [["A-2", "P-1"]]}
    assert list_pins(policy) == ["A-1 must go to P-1", "A-2 must not go to P-1"]
    assert list_pins({}) == []
