"""Working days, held to GOV.UK's published dates, and deadlines over clock changes."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from placements.domain.working_days import (
    add_working_days,
    bank_holidays,
    deadline_at,
    deadline_day,
    deadline_words,
    is_working_day,
    working_days_between,
)

LONDON = ZoneInfo("Europe/London")
DAYS = st.dates(date(2024, 1, 1), date(2030, 11, 30))
INSTANTS = st.datetimes(
    datetime(2024, 1, 1), datetime(2030, 11, 30), timezones=st.just(ZoneInfo("UTC"))
)

# As GOV.UK lists them for England and Wales; those on weekdays only.
PUBLISHED = {
    2024: "01-01 03-29 04-01 05-06 05-27 08-26 12-25 12-26",
    2025: "01-01 04-18 04-21 05-05 05-26 08-25 12-25 12-26",
    2026: "01-01 04-03 04-06 05-04 05-25 08-31 12-25 12-28",
    2027: "01-01 03-26 03-29 05-03 05-31 08-30 12-27 12-28",
    2028: "01-03 04-14 04-17 05-01 05-29 08-28 12-25 12-26",
    2029: "01-01 03-30 04-02 05-07 05-28 08-27 12-25 12-26",
    2030: "01-01 04-19 04-22 05-06 05-27 08-26 12-25 12-26",
}


@pytest.mark.parametrize("year", sorted(PUBLISHED))
def test_bank_holidays_each_year_to_2030_are_the_published_ones(year):
    published = {date.fromisoformat(f"{year}-{day}") for day in PUBLISHED[year].split()}
    assert {day for day in bank_holidays(year) if day.weekday() < 5} == published


def test_is_working_day_weekend_and_holiday_are_not():
    assert is_working_day(date(2026, 11, 24))
    assert not is_working_day(date(2026, 11, 28))
    assert not is_working_day(date(2026, 12, 28))


@pytest.mark.parametrize(
    ("start", "n", "expected"),
    [
        (date(2026, 4, 1), 2, date(2026, 4, 7)),  # over Good Friday and Easter Monday
        (date(2026, 12, 23), 2, date(2026, 12, 29)),  # over Christmas and its substitute day
        (date(2026, 5, 2), 1, date(2026, 5, 5)),  # from a Saturday before a bank holiday
        (date(2026, 5, 2), 0, date(2026, 5, 5)),
        (date(2026, 5, 5), 0, date(2026, 5, 5)),
    ],
)
def test_add_working_days_over_holidays_skips_them(start, n, expected):
    assert add_working_days(start, n) == expected


def test_add_working_days_negative_is_refused():
    with pytest.raises(ValueError, match="0 or more"):
        add_working_days(date(2026, 5, 5), -1)


@given(day=DAYS, n=st.integers(1, 20))
def test_add_working_days_any_day_lands_on_a_working_day_with_n_counted(day, n):
    later = add_working_days(day, n)
    assert is_working_day(later)
    assert working_days_between(day, later) == n
    assert working_days_between(day, later - timedelta(days=1)) == n - 1


@given(day=DAYS, n=st.integers(0, 10), m=st.integers(1, 10))
def test_add_working_days_in_two_steps_is_the_same_as_one(day, n, m):
    assert add_working_days(add_working_days(day, n), m) == add_working_days(
        add_working_days(day, 0) if n == 0 else day, n + m
    )


@given(offered_at=INSTANTS, n=st.integers(1, 5))
def test_deadline_at_any_instant_is_the_end_of_a_london_working_day(offered_at, n):
    deadline = deadline_at(offered_at, n)
    local = deadline.astimezone(LONDON)
    assert deadline.utcoffset() == timedelta(0)
    assert (local.hour, local.minute, local.second) == (0, 0, 0)
    assert is_working_day(deadline_day(deadline))
    assert deadline - offered_at > timedelta(days=n) - timedelta(hours=1)


@pytest.mark.parametrize(
    ("offered_at", "n", "expected"),
    [
        # The clocks go back on 25 October 2026: the offer is made in summer time, the end is not.
        (datetime(2026, 10, 23, 9, 0, tzinfo=UTC), 1, datetime(2026, 10, 27, 0, 0, tzinfo=UTC)),
        # They go forward on 29 March 2026.
        (datetime(2026, 3, 27, 10, 0, tzinfo=UTC), 1, datetime(2026, 3, 30, 23, 0, tzinfo=UTC)),
        # 23:30 UTC in summer is already the next day in London.
        (datetime(2026, 6, 1, 23, 30, tzinfo=UTC), 1, datetime(2026, 6, 3, 23, 0, tzinfo=UTC)),
        (datetime(2026, 6, 1, 9, 0, tzinfo=UTC), 5, datetime(2026, 6, 8, 23, 0, tzinfo=UTC)),
    ],
)
def test_deadline_at_clock_change_keeps_london_midnight(offered_at, n, expected):
    assert deadline_at(offered_at, n) == expected


def test_deadline_words_show_the_last_day_and_never_midnight():
    deadline = deadline_at(datetime(2026, 5, 28, 9, 0, tzinfo=UTC), 5)
    assert deadline_words(deadline) == "Thursday 4 June 2026, 11:59pm"


def test_deadline_at_without_a_time_zone_is_refused():
    with pytest.raises(ValueError, match="time zone"):
        deadline_at(datetime(2026, 5, 28, 9, 0), 5)
