"""Days, times and working hours as people say them: 9am to 4:30pm, Monday to Friday."""

from collections.abc import Sequence
from datetime import date, datetime
from itertools import groupby
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
HOUR, NOON = 60, 12


def day_words(day: date) -> str:
    """Write a day: ``Thursday 4 June 2026``."""
    return f"{day:%A} {day.day} {day:%B %Y}"


def moment_words(instant: datetime) -> str:
    """Write an instant in London: ``Thursday 4 June 2026, 10am``."""
    local = instant.astimezone(LONDON)
    return f"{day_words(local.date())}, {time_words(local.hour * 60 + local.minute)}"


def time_words(minutes: int) -> str:
    """Write a time of day, in minutes from the start of the day: ``9am``, ``4:30pm``."""
    hour, minute = divmod(minutes % (24 * HOUR), HOUR)
    half = "am" if hour < NOON else "pm"
    shown = (hour % NOON) or NOON
    return f"{shown}:{minute:02}{half}" if minute else f"{shown}{half}"


def shift_words(shifts: Sequence[Sequence[int]]) -> list[str]:
    """Write a week of shifts, days alike together: ``Monday to Friday, 9am to 4pm``."""
    by_day: dict[int, list[str]] = {}
    for weekday, start, end in sorted(map(tuple, shifts)):
        by_day.setdefault(weekday, []).append(f"{time_words(start)} to {time_words(end)}")
    hours = {day: " and ".join(spans) for day, spans in by_day.items()}
    runs = groupby(enumerate(hours), key=lambda pair: (pair[1] - pair[0], hours[pair[1]]))
    return [_run_words([day for _, day in run], words) for (_, words), run in runs]


def _run_words(days: list[int], words: str) -> str:
    first, last = WEEKDAYS[days[0]], WEEKDAYS[days[-1]]
    joined = first if len(days) == 1 else f"{first} {'to' if len(days) > 2 else 'and'} {last}"
    return f"{joined}, {words}"


def list_words(parts: Sequence[str]) -> str:
    """Join words as a sentence does: ``a, b and c``."""
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} and {parts[-1]}"


def share_words(n: int, of: int) -> str:
    """Say a share without a number: which part of several people."""
    if 5 * n >= 3 * of:
        return "Most of them"
    return "About half of them" if 5 * n >= 2 * of else "Fewer than half of them"
