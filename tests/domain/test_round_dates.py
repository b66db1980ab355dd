"""The dates of a new round: from the region's year, counted on, with bank holidays."""

from datetime import UTC, date, datetime, time

import pytest

from placements.domain.region import RoundCalendar
from placements.domain.round_dates import (
    RoundDates,
    answer_deadlines,
    at_london,
    bank_holidays_between,
    copy_dates,
    propose_dates,
    release_warning,
)

CALENDAR = RoundCalendar(
    lock_after_days=42,
    release_after_lock_days=14,
    settle_for_days=28,
    lock_time=time(17),
    release_time=time(10),
    openings=(("Winter", 11, 2), ("Spring", 2, 2), ("Summer", 5, 4), ("Autumn", 8, 10)),
)


def test_propose_dates_gives_the_next_opening_with_every_day_a_working_day():
    dates = propose_dates(CALENDAR, date(2026, 6, 2))
    assert dates == RoundDates(
        "Autumn 2026",
        datetime(2026, 8, 10, 9, tzinfo=UTC),
        datetime(2026, 9, 21, 16, tzinfo=UTC),
        datetime(2026, 10, 5, 9, tzinfo=UTC),
    )


def test_propose_dates_moves_an_opening_on_a_bank_holiday_to_the_next_working_day():
    dates = propose_dates(CALENDAR, date(2026, 3, 1))
    assert (dates.name, dates.opens_at.date()) == ("Summer 2026", date(2026, 5, 5))


def test_propose_dates_passes_over_a_name_that_is_taken():
    assert propose_dates(CALENDAR, date(2026, 6, 2), {"Autumn 2026"}).name == "Winter 2026"


def test_propose_dates_goes_on_into_the_next_year():
    assert propose_dates(CALENDAR, date(2026, 12, 1)).name == "Spring 2027"


def test_copy_dates_keeps_the_hours_of_london_over_the_change_of_clocks():
    last = RoundDates("Summer", *(datetime(2026, 6, day, 9, tzinfo=UTC) for day in (2, 9, 16)))
    copied = copy_dates(last, date(2026, 11, 6))
    assert copied.name == "Summer again"
    assert copied.opens_at == datetime(2026, 11, 9, 10, tzinfo=UTC)


def test_answer_deadlines_do_not_count_a_bank_holiday():
    release = at_london(date(2026, 8, 26), time(10))
    first, second, third = answer_deadlines(release, [5, 3, 2])
    assert first == at_london(date(2026, 9, 4), time(0))
    assert first < second < third


def test_bank_holidays_between_names_the_days():
    days = bank_holidays_between(
        datetime(2026, 12, 1, tzinfo=UTC), datetime(2027, 1, 5, tzinfo=UTC)
    )
    assert days == [date(2026, 12, 25), date(2026, 12, 28), date(2027, 1, 1)]


@pytest.mark.parametrize(
    ("day", "kind"),
    [(date(2026, 6, 20), "a Saturday"), (date(2026, 8, 31), "a bank holiday")],
)
def test_release_warning_names_the_day_off(day, kind):
    assert kind in release_warning(at_london(day, time(10)))


def test_release_warning_on_a_working_day_is_none():
    assert release_warning(at_london(date(2026, 6, 16), time(10))) is None
