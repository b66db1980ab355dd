"""The dates of a round: filled in from the region's year, counted on, and read for mistakes."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from placements.domain.region import RoundCalendar
from placements.domain.working_days import (
    LONDON,
    add_working_days,
    bank_holidays,
    deadline_at,
    is_working_day,
    london_date,
)

SATURDAY = 5
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class RoundDates:
    """A name and the three instants of a round."""

    name: str
    opens_at: datetime
    locks_at: datetime
    release_at: datetime


def at_london(day: date, hour: time) -> datetime:
    """Return the UTC instant of a London day and time (I-35).

    A time that the clocks leap over becomes the first instant after; one that comes twice is the
    first of the two.
    """
    local = datetime.combine(day, hour, LONDON)
    instant = local.astimezone(UTC)
    if instant.astimezone(LONDON).replace(tzinfo=None) == local.replace(tzinfo=None):
        return instant
    after = instant.astimezone(LONDON).utcoffset()
    while (instant - MINUTE).astimezone(LONDON).utcoffset() == after:
        instant -= MINUTE
    return instant


def propose_dates(calendar: RoundCalendar, today: date, taken: Collection[str] = ()) -> RoundDates:
    """Return the next round of the region's year from `today`, by a name that is not taken."""
    openings = [(f"{name} {day.year}", day) for name, day in _openings(calendar, today)]
    free = [opening for opening in openings if opening[0] not in taken] or openings
    name, opens_on = min(free, key=lambda opening: opening[1])
    locks_on = add_working_days(opens_on + timedelta(days=calendar.lock_after_days), 0)
    release_on = locks_on + timedelta(days=calendar.release_after_lock_days)
    return RoundDates(
        name,
        at_london(opens_on, calendar.release_time),
        at_london(locks_on, calendar.lock_time),
        at_london(add_working_days(release_on, 0), calendar.release_time),
    )


def _openings(calendar: RoundCalendar, today: date) -> list[tuple[str, date]]:
    years = (today.year, today.year + 1)
    days = [
        (name, add_working_days(date(year, month, day), 0))
        for year in years
        for name, month, day in calendar.openings
    ]
    return [(name, day) for name, day in days if day >= today]


def copy_dates(last: RoundDates, today: date) -> RoundDates:
    """Return the dates of a round like `last` that opens on the next working day."""
    opens_on = add_working_days(today, 1)
    shift = opens_on - london_date(last.opens_at)
    return RoundDates(
        f"{last.name} again",
        *(
            _moved(instant, shift)
            for instant in (
                last.opens_at,
                last.locks_at,
                last.release_at,
            )
        ),
    )


def _moved(instant: datetime, shift: timedelta) -> datetime:
    local = instant.astimezone(LONDON)
    return at_london(add_working_days(local.date() + shift, 0), local.time())


def answer_deadlines(release_at: datetime, answer_days: list[int]) -> list[datetime]:
    """Return the last instants to answer a first, second and later offer, each after the other."""
    deadlines, offered_at = [], release_at
    for n_days in answer_days:
        offered_at = deadline_at(offered_at, n_days)
        deadlines.append(offered_at)
    return deadlines


def bank_holidays_between(first: datetime, last: datetime) -> list[date]:
    """List the weekdays that are bank holidays from one instant's day to another's."""
    begin, end = london_date(first), london_date(last)
    days = {day for year in range(begin.year, end.year + 1) for day in bank_holidays(year)}
    return sorted(day for day in days if begin <= day <= end and day.weekday() < SATURDAY)


def release_warning(release_at: datetime) -> str | None:
    """Say why nobody may be there to help on the day results go out, or None."""
    day = london_date(release_at)
    if is_working_day(day):
        return None
    kind = "a bank holiday" if day.weekday() < SATURDAY else f"a {day:%A}"
    return f"{day:%A} {day.day} {day:%B %Y} is {kind}. Providers may be closed when results go out."
