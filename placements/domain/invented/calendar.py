"""The dates and names of the demo's rounds, by the region's own calendar."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from placements.domain.region import RoundCalendar
from placements.domain.round_dates import at_london
from placements.domain.working_days import add_working_days

LONGEST_ROUND_DAYS = 400


@dataclass(frozen=True)
class Dates:
    """When a round opens, locks and releases its results."""

    opens_at: datetime
    locks_at: datetime
    release_at: datetime


def dates_from(calendar: RoundCalendar, opens_on: date) -> Dates:
    """Return the dates of a round of the usual length that opens on a day."""
    locks_on = add_working_days(opens_on + timedelta(days=calendar.lock_after_days), 0)
    release_on = locks_on + timedelta(days=calendar.release_after_lock_days)
    return Dates(
        at_london(opens_on, calendar.release_time),
        at_london(locks_on, calendar.lock_time),
        at_london(add_working_days(release_on, 0), calendar.release_time),
    )


def dates_released_by(calendar: RoundCalendar, latest: datetime) -> Dates:
    """Return the dates of the usual round whose release is the last one not after an instant."""
    for back in range(LONGEST_ROUND_DAYS):
        dates = dates_from(calendar, latest.date() - timedelta(days=back))
        if dates.release_at <= latest:
            return dates
    raise ValueError(f"a round of the calendar is longer than {LONGEST_ROUND_DAYS} days")


def dates_locking_on(calendar: RoundCalendar, locks_on: date) -> Dates:
    """Return the dates of the usual round that locks on a day, or on the working day after."""
    return dates_from(calendar, locks_on - timedelta(days=calendar.lock_after_days))


def name_round(calendar: RoundCalendar, opens_on: date, n_later: int = 0) -> str:
    """Name a round after the calendar's opening nearest to a day, or one of those after it."""
    openings = sorted(
        (date(year, month, day), f"{name} {year}")
        for year in range(opens_on.year - 1, opens_on.year + 3)
        for name, month, day in calendar.openings
    )
    nearest = min(range(len(openings)), key=lambda at: abs((openings[at][0] - opens_on).days))
    return openings[nearest + n_later][1]
