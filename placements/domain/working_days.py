"""Working days in England, and the instants at which an answer falls due.

Monday to Friday less England's bank holidays. The holidays are computed offline for any year and
held, in the tests, to the dates GOV.UK has published.
"""

from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import holidays

LONDON = ZoneInfo("Europe/London")
_SATURDAY = 5


@cache
def bank_holidays(year: int) -> frozenset[date]:
    """England's bank holidays of one year, substitute days among them."""
    return frozenset(holidays.country_holidays("GB", subdiv="ENG", years=year))


def is_working_day(day: date) -> bool:
    """True from Monday to Friday, unless it is a bank holiday in England."""
    return day.weekday() < _SATURDAY and day not in bank_holidays(day.year)


def add_working_days(day: date, n: int) -> date:
    """Give the n-th working day after ``day``; for n = 0, ``day`` or the next working one."""
    if n < 0:
        raise ValueError(f"n must be 0 or more, not {n}")
    while n == 0 and not is_working_day(day):
        day += timedelta(days=1)
    while n > 0:
        day += timedelta(days=1)
        n -= is_working_day(day)
    return day


def last_working_day(day: date) -> date:
    """Give ``day``, or the last working day before it."""
    while not is_working_day(day):
        day -= timedelta(days=1)
    return day


def working_days_between(start: date, end: date) -> int:
    """Count the working days after ``start`` up to and with ``end``; 0 if ``end`` is not later."""
    days = (start + timedelta(days=n) for n in range(1, (end - start).days + 1))
    return sum(is_working_day(day) for day in days)


def london_date(instant: datetime) -> date:
    """Give the date it is in London at an aware instant."""
    if instant.tzinfo is None:
        raise ValueError("an instant must say its time zone")
    return instant.astimezone(LONDON).date()


def end_of_day(day: date) -> datetime:
    """Give the UTC instant at which a London day is over: 00:00 of the next one."""
    return datetime.combine(day + timedelta(days=1), time(0), LONDON).astimezone(UTC)


def deadline_at(offered_at: datetime, n_working_days: int) -> datetime:
    """Give the UTC instant an offer lapses: the end, in London, of its n-th working day."""
    if n_working_days < 1:
        raise ValueError("an offer gives at least one working day to answer")
    return end_of_day(add_working_days(london_date(offered_at), n_working_days))


def deadline_day(deadline: datetime) -> date:
    """Give the last London day on which an answer still counts: the day shown with 11:59pm."""
    return london_date(deadline - timedelta(microseconds=1))


def deadline_words(deadline: datetime) -> str:
    """Write a deadline as people read it: ``Thursday 4 June 2026, 11:59pm``."""
    day = deadline_day(deadline)
    return f"{day:%A} {day.day} {day:%B %Y}, 11:59pm"
