"""The rules of a round: set until it is sealed, one order of aims, and no two changes at once."""

import pytest

from placements.domain.errors import GuardRefused, NotAllowed, Stale
from placements.services import round_rules, rounds
from placements.services.round_rules import Rules

ORDER = {"first": "travel", "second": "choice", "third": "priority"}


@pytest.fixture
def rules(bring):
    return f"/authority/rounds/{bring('open')}/rules"


def test_saved_rules_are_read_back_in_a_plain_sentence(operator, rules):
    operator.get(rules)
    operator.send("Save rules", **ORDER, gate="75", groups="care_leaver")
    assert operator.here == rules
    assert "in this order: journeys are short; then people get the placement" in operator.text
    assert "Care leaver" in operator.text
    assert "75 in 100" in operator.text


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("second", "travel", "Choose three different aims."),
        ("gate", "101", "Write a whole number from 0 to 100."),
        ("gate", "many", "whole number"),
        ("seed", "-1", "whole number"),
        ("mechanism", "by-hand", "Not a valid choice"),
    ],
)
def test_a_wrong_rule_is_named_and_what_was_typed_is_kept(operator, rules, field, value, words):
    operator.get(rules)
    operator.send("Save rules", **(ORDER | {field: value}))
    assert operator.status == 422
    assert words in operator.text


def test_two_people_at_the_same_rules_do_not_overwrite_each_other(world, rules):
    round_id = int(rules.split("/")[3])
    wanted = Rules("stable", ["choice", "travel", "priority", "lottery"], [], 80, 7)
    with world.app.app_context():
        seen = round_rules.mark_rules(rounds.get_round(world.operator, round_id))
        round_rules.set_rules(world.operator, round_id, wanted, seen)
        with pytest.raises(Stale):
            round_rules.set_rules(world.operator, round_id, wanted, seen)
        assert rounds.get_round(world.operator, round_id).policy["mechanism"] == "stable"


def test_an_approver_reads_and_a_sealed_round_keeps_its_rules(world, approver, bring, rules):
    approver.get(rules)
    assert "Save rules" not in approver.html
    round_id = bring("locked", "Sealed")
    wanted = Rules("stable", ["choice", "travel", "priority", "lottery"], [], 80, 7)
    with world.app.app_context():
        seen = round_rules.mark_rules(rounds.get_round(world.operator, round_id))
        with pytest.raises(GuardRefused):
            round_rules.set_rules(world.operator, round_id, wanted, seen)
        with pytest.raises(NotAllowed):
            round_rules.set_rules(world.approver, round_id, wanted, seen)
