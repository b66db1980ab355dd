"""YW1 to YW9: one case on each side of every limit, and random legal weeks."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from placements.domain.working_time import (
    check_working_time,
    school_leaving_date,
    shift_words,
    weekly_minutes,
)


def week(days, start, end):
    return [(day, round(start * 60), round(end * 60)) for day in days]


OFFICE = week(range(5), 9, 17)
CASES = [
    (OFFICE, {}, []),
    (week([0], 9, 17.5), {}, []),  # exactly 8 hours of work beside the break
    (week([0], 9, 17.75), {}, [("YW1", 0)]),
    ([(0, 540, 780), (0, 840, 1110)], {}, [("YW1", 0)]),  # two shifts on one day add up
    (week(range(5), 9, 17.5), {}, []),  # exactly 40
    (week(range(5), 9, 17.75), {}, [("YW1", d) for d in range(5)] + [("YW2", None)]),
    ([(0, 840, 1200), (1, 480, 840)], {}, []),  # exactly 12 hours between
    ([(0, 840, 1215), (1, 480, 840)], {}, [("YW3", 0)]),
    ([(6, 960, 1260), (0, 480, 720)], {}, [("YW3", 6)]),  # Sunday night to Monday morning
    ([(2, 420, 600), (2, 1080, 1260)], {}, [("YW3", 2)]),  # a split day of 14 hours
    (week(range(6), 9, 13), {}, [("YW4", None)]),
    (week([0], 9, 13.5), {"break_minutes": 0}, []),  # exactly four and a half hours
    (week([0], 9, 13.75), {"break_minutes": 20}, [("YW5", 0)]),
    (week([0], 16, 22), {}, []),
    (week([0], 16, 22.25), {}, [("YW6", 0)]),
    (week([3], 6, 12), {}, [("YW6", 3)]),
    (week([4], 20, 25), {}, [("YW6", 4), ("YW7", 4)]),
    (week([1], 2, 4), {}, [("YW7", 1)]),
    (OFFICE, {"duration_weeks": 8}, [("YW8", None)]),
    (OFFICE, {"duration_weeks": 8, "training_hours_a_year": 280}, []),
    (OFFICE, {"duration_weeks": 7}, []),
]


@pytest.mark.parametrize(("shifts", "more", "expected"), CASES)
def test_check_working_time_each_side_of_a_limit_names_rule_and_day(shifts, more, expected):
    breaches = check_working_time(shifts, 16, **more)
    assert [(breach.rule, breach.weekday) for breach in breaches] == expected


@pytest.mark.parametrize(("shifts", "more", "expected"), CASES)
def test_check_working_time_adults_only_is_never_a_breach(shifts, more, expected):
    assert check_working_time(shifts, 18, **more) == []


def test_check_working_time_school_age_is_refused():
    assert [b.rule for b in check_working_time(OFFICE, 15)] == ["YW9"]


def test_check_working_time_words_name_the_shift():
    (breach,) = check_working_time(week([3], 6, 12), 16)
    assert breach.words.startswith("Thursday, 6am to 12pm")
    assert breach.stops
    assert not breach.may_be_overridden


def test_check_working_time_flags_and_overrides_are_told_apart():
    (flag,) = check_working_time(OFFICE, 16, duration_weeks=10)
    assert not flag.stops
    (small_hours,) = check_working_time(week([1], 2, 4), 16)
    assert small_hours.may_be_overridden


@pytest.mark.parametrize("bad", [(7, 540, 600), (0, 600, 600), (0, -1, 60), (0, 540, 2040)])
def test_check_working_time_impossible_shift_is_refused(bad):
    with pytest.raises(ValueError, match="weekday"):
        check_working_time([bad], 16)


@given(
    days=st.sets(st.integers(0, 6), min_size=1, max_size=5),
    start=st.integers(7 * 60, 13 * 60),
    length=st.integers(60, 8 * 60 + 30),
)
def test_check_working_time_same_daytime_shift_is_legal(days, start, length):
    shifts = [(day, start, start + length) for day in days]
    assert check_working_time(shifts, 16) == []
    assert weekly_minutes(shifts) <= 40 * 60


@pytest.mark.parametrize(
    ("born", "leaves"),
    [
        (date(2010, 8, 31), date(2026, 6, 26)),
        (date(2010, 9, 1), date(2027, 6, 25)),
        (date(2010, 1, 15), date(2026, 6, 26)),
    ],
)
def test_school_leaving_date_either_side_of_september_is_the_school_year(born, leaves):
    assert school_leaving_date(born) == leaves


def test_shift_words_are_plain():
    assert shift_words((0, 540, 990)) == "Monday, 9am to 4:30pm"
