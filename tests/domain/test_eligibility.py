"""Acceptance rules: met, not met, and not known, each with its fact."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from placements.domain.eligibility import (
    Answer,
    ApplicationFacts,
    age_on,
    check_application,
    is_accepted,
)
from placements.domain.region import load_region

ROOT = Path(__file__).parents[2]
WEST_MIDLANDS = load_region(ROOT / "config/regions/west_midlands")
SALTMERE = load_region(ROOT / "tests/data/regions/saltmere")
TODAY = date(2026, 11, 24)
GOOD = ApplicationFacts(
    date_of_birth=date(2007, 3, 1),
    starts_on=date(2027, 1, 11),
    postcode="ws1 1tp",
    has_ehcp=False,
    right_to_work_checked=True,
    consented=True,
)


def test_check_application_all_facts_there_is_accepted():
    answers = check_application(GOOD, WEST_MIDLANDS, TODAY)
    assert is_accepted(answers)
    assert [row.rule for row in answers] == ["age", "home", "right_to_work", "consent", "guardian"]
    assert "WS1 1TP is in Walsall." in [row.fact for row in answers]


@pytest.mark.parametrize(
    ("change", "rule", "answer"),
    [
        ({"date_of_birth": None}, "age", Answer.NEED_TO_KNOW),
        ({"date_of_birth": date(2011, 1, 11)}, "age", Answer.DOES_NOT),  # 16, still at school
        (
            {"date_of_birth": date(2010, 8, 31), "guardian_contact": "07700 900123"},
            "age",
            Answer.MEETS,
        ),
        ({"date_of_birth": date(2002, 1, 12)}, "age", Answer.MEETS),  # 25 the next day
        ({"date_of_birth": date(2002, 1, 11)}, "age", Answer.DOES_NOT),
        ({"date_of_birth": date(2002, 1, 11), "has_ehcp": True}, "age", Answer.MEETS),
        ({"date_of_birth": date(2002, 1, 11), "has_ehcp": None}, "age", Answer.NEED_TO_KNOW),
        ({"date_of_birth": date(2001, 1, 11), "has_ehcp": True}, "age", Answer.DOES_NOT),
        ({"starts_on": None}, "age", Answer.NEED_TO_KNOW),
        ({"postcode": "WS11 1AA"}, "home", Answer.MEETS),
        ({"postcode": "SW1A 1AA"}, "home", Answer.DOES_NOT),
        ({"postcode": "Walsall"}, "home", Answer.NEED_TO_KNOW),
        ({"postcode": None}, "home", Answer.NEED_TO_KNOW),
        ({"right_to_work_checked": None}, "right_to_work", Answer.NEED_TO_KNOW),
        ({"right_to_work_checked": False}, "right_to_work", Answer.DOES_NOT),
        ({"consented": None}, "consent", Answer.NEED_TO_KNOW),
        ({"consented": False}, "consent", Answer.DOES_NOT),
        ({"date_of_birth": date(2008, 11, 25)}, "guardian", Answer.NEED_TO_KNOW),
        ({"date_of_birth": date(2008, 11, 24)}, "guardian", Answer.MEETS),  # 18 today
    ],
)
def test_check_application_one_fact_changed_changes_its_rule(change, rule, answer):
    answers = check_application(replace(GOOD, **change), WEST_MIDLANDS, TODAY)
    found = {row.rule: row.answer for row in answers}
    assert found[rule] is answer
    assert is_accepted(answers) is (answer is Answer.MEETS)


def test_check_application_under_18_with_guardian_is_accepted():
    facts = replace(GOOD, date_of_birth=date(2009, 5, 5), guardian_contact="guardian@home.example")
    assert is_accepted(check_application(facts, WEST_MIDLANDS, TODAY))


def test_check_application_another_region_uses_its_own_ages_and_places():
    answers = {row.rule: row for row in check_application(GOOD, SALTMERE, TODAY)}
    assert answers["home"].answer is Answer.DOES_NOT
    older = replace(GOOD, date_of_birth=date(2004, 1, 1), postcode="ZE91 1AH")
    answers = {row.rule: row for row in check_application(older, SALTMERE, TODAY)}
    assert answers["home"].answer is Answer.MEETS
    assert answers["age"].answer is Answer.DOES_NOT
    assert "17 to 21" in answers["age"].fact


def test_age_on_leap_day_birthday_turns_on_first_of_march():
    assert age_on(date(2008, 2, 29), date(2026, 2, 28)) == 17
    assert age_on(date(2008, 2, 29), date(2026, 3, 1)) == 18
