"""Working time of 16 and 17 year olds: rules YW1 to YW9, each breach naming the day and the shift.

A placement open only to people of 18 and over is outside these rules. Sources: Working Time
Regulations 1998 (5A, 6A, 7, 11, 12) and the Education and Skills Act 2008, which raised the
participation age (RPA).
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypeAlias

DAY = 24 * 60
WEEK = 7 * DAY
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

ADULT_AGE = 18
MAX_DAY_MINUTES = 8 * 60
MAX_WEEK_MINUTES = 40 * 60
REST_MINUTES = 12 * 60
BREAK_AFTER_MINUTES = 270
BREAK_MINUTES = 30
MAX_WORKED_DAYS = 5
SMALL_HOURS = (0, 4 * 60)
NIGHT = ((4 * 60, 7 * 60), (22 * 60, DAY))
TRAINING_HOURS_A_YEAR = 280

Shift: TypeAlias = tuple[int, int, int]
"""Weekday (0 is Monday), start and end in minutes after midnight; an end over 1440 is tomorrow."""


@dataclass(frozen=True)
class Breach:
    """One rule that a pattern of shifts breaks, in words an employer can act on."""

    rule: str
    weekday: int | None
    """0 is Monday; None when the whole week is meant."""
    words: str

    @property
    def stops(self) -> bool:
        """True when the placement may not be sent; YW8 is only flagged."""
        return self.rule != "YW8"

    @property
    def may_be_overridden(self) -> bool:
        """True when staff of the authority may allow it with a reason."""
        return self.rule == "YW7"


def check_working_time(
    shifts: Iterable[Sequence[int]],
    min_age: int,
    *,
    break_minutes: int = BREAK_MINUTES,
    duration_weeks: int = 0,
    training_hours_a_year: int = 0,
) -> list[Breach]:
    """List what breaks YW1–YW9, [] if nothing; ``break_minutes`` is the break in a long shift.

    Breaks do not count as work. Raises ValueError for a shift that cannot be.
    """
    week = sorted(_shift(row) for row in shifts)
    if min_age >= ADULT_AGE:
        return []
    breaches = [
        *_too_long_days(week, break_minutes),
        *_too_long_week(week, break_minutes),
        *_short_rests(week),
        *_too_few_days_off(week),
        *_missing_breaks(week, break_minutes),
        *_night_work(week),
        *_training(week, break_minutes, duration_weeks, training_hours_a_year),
    ]
    if min_age < 16:
        breaches.append(
            Breach(
                "YW9", None, "People who are still of school age cannot be placed. Set 16 or over."
            )
        )
    return breaches


def weekly_minutes(shifts: Iterable[Sequence[int]], break_minutes: int = BREAK_MINUTES) -> int:
    """Minutes worked in a week, breaks in shifts over four and a half hours left out."""
    return sum(_worked(_shift(row), break_minutes) for row in shifts)


def school_leaving_date(date_of_birth: date) -> date:
    """Give the last Friday in June of the school year in which a person turns 16 (YW9)."""
    born_late = date_of_birth.month >= 9
    day = date(date_of_birth.year + (17 if born_late else 16), 6, 30)
    return day - timedelta(days=(day.weekday() - 4) % 7)


def clock_words(minutes: int) -> str:
    """Write minutes after midnight as a time of day: ``9am``, ``4:30pm``, ``12am``."""
    hour, minute = divmod(minutes % DAY, 60)
    tail = f":{minute:02d}" if minute else ""
    return f"{hour % 12 or 12}{tail}{'am' if hour < 12 else 'pm'}"


def shift_words(shift: Sequence[int]) -> str:
    """Write a shift as ``Monday, 9am to 4:30pm``."""
    return f"{WEEKDAYS[shift[0]]}, {clock_words(shift[1])} to {clock_words(shift[2])}"


def _shift(row: Sequence[int]) -> Shift:
    weekday, start, end = row
    if not (0 <= weekday <= 6 and 0 <= start < DAY and start < end <= start + DAY):
        raise ValueError(f"{list(row)} is not a weekday 0-6, a start and a later end in minutes")
    return weekday, start, end


def _worked(shift: Shift, break_minutes: int) -> int:
    length = shift[2] - shift[1]
    return length - break_minutes if length > BREAK_AFTER_MINUTES else length


def _hours(minutes: int) -> str:
    whole, rest = divmod(minutes, 60)
    hours = f"{whole} hour{'' if whole == 1 else 's'}"
    return f"{hours} {rest} minutes" if rest else hours


def _too_long_days(week: Sequence[Shift], break_minutes: int) -> list[Breach]:
    worked: dict[int, int] = defaultdict(int)
    for shift in week:
        worked[shift[0]] += _worked(shift, break_minutes)
    return [
        Breach(
            "YW1",
            day,
            f"{WEEKDAYS[day]} has {_hours(minutes)} of work. "
            "People of 16 and 17 may work 8 hours a day.",
        )
        for day, minutes in worked.items()
        if minutes > MAX_DAY_MINUTES
    ]


def _too_long_week(week: Sequence[Shift], break_minutes: int) -> list[Breach]:
    minutes = weekly_minutes(week, break_minutes)
    if minutes <= MAX_WEEK_MINUTES:
        return []
    words = f"The week has {_hours(minutes)} of work. People of 16 and 17 may work 40 hours a week."
    return [Breach("YW2", None, words)]


def _short_rests(week: Sequence[Shift]) -> list[Breach]:
    first: dict[int, int] = {}
    last: dict[int, int] = {}
    for day, start, end in week:
        first[day] = min(start, first.get(day, start))
        last[day] = max(end, last.get(day, end))
    breaches = []
    days = sorted(first)
    for at, day in enumerate(days):
        following = days[(at + 1) % len(days)]
        gap_days = (following - day) % 7 or 7
        rest = gap_days * DAY + first[following] - last[day]
        # A split day must itself leave twelve hours of the twenty-four free.
        if min(rest, DAY - (last[day] - first[day])) >= REST_MINUTES:
            continue
        words = (
            f"{WEEKDAYS[day]} ends at {clock_words(last[day])} and {WEEKDAYS[following]} starts "
            f"at {clock_words(first[following])}. "
            "People of 16 and 17 need 12 hours of rest in each 24."
        )
        if rest >= REST_MINUTES:
            words = (
                f"{WEEKDAYS[day]} runs from {clock_words(first[day])} to {clock_words(last[day])}. "
                "People of 16 and 17 need 12 hours of rest in each 24."
            )
        breaches.append(Breach("YW3", day, words))
    return breaches


def _too_few_days_off(week: Sequence[Shift]) -> list[Breach]:
    touched = {(day + extra) % 7 for day, _, end in week for extra in range((end - 1) // DAY + 1)}
    if len(touched) <= MAX_WORKED_DAYS:
        return []
    words = f"There is work on {len(touched)} days. People of 16 and 17 need two days off a week."
    return [Breach("YW4", None, words)]


def _missing_breaks(week: Sequence[Shift], break_minutes: int) -> list[Breach]:
    if break_minutes >= BREAK_MINUTES:
        return []
    return [
        Breach(
            "YW5",
            shift[0],
            f"{shift_words(shift)}: over four and a half hours needs a break of 30 minutes, "
            f"not {break_minutes}.",
        )
        for shift in week
        if shift[2] - shift[1] > BREAK_AFTER_MINUTES
    ]


def _night_work(week: Sequence[Shift]) -> list[Breach]:
    breaches = []
    for shift in week:
        if _touches(shift, *NIGHT):
            words = f"{shift_words(shift)}: people of 16 and 17 may not work from 10pm to 7am."
            breaches.append(Breach("YW6", shift[0], words))
        if _touches(shift, SMALL_HOURS):
            words = f"{shift_words(shift)}: people of 16 and 17 may never work from 12am to 4am."
            breaches.append(Breach("YW7", shift[0], words))
    return breaches


def _touches(shift: Shift, *spans: tuple[int, int]) -> bool:
    _, start, end = shift
    return any(
        start < to + later and end > since + later for since, to in spans for later in (0, DAY)
    )


def _training(
    week: Sequence[Shift], break_minutes: int, duration_weeks: int, training_hours: int
) -> list[Breach]:
    long_enough = weekly_minutes(week, break_minutes) >= 20 * 60 and duration_weeks >= 8
    if not long_enough or training_hours >= TRAINING_HOURS_A_YEAR:
        return []
    words = (
        "20 hours a week or more for 8 weeks or more must come with 280 hours of training a year "
        "for people of 16 and 17. This is marked not RPA-compliant until the training is named."
    )
    return [Breach("YW8", None, words)]
