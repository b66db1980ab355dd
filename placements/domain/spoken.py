"""What people type for a day, a time or a number, read forgivingly; errors say what to write."""

import calendar
import re
from collections.abc import Sequence
from datetime import date, time

MONTHS = {name.lower(): n for n, name in enumerate(calendar.month_name) if name} | {
    name.lower(): n for n, name in enumerate(calendar.month_abbr) if name
}
TIME = re.compile(r"(\d{1,2})(?:[:.]?(\d{2}))?\s*(am|pm)?", re.IGNORECASE)
NOON = 12


def read_day(parts: Sequence[str]) -> date:
    """Read day, month and year; the month may be a number or a name; raise ValueError."""
    day, month, year = [*(part.strip().lower() for part in parts), "", "", ""][:3]
    number = MONTHS.get(month.rstrip("."), int(month) if month.isascii() and month.isdigit() else 0)
    if not (day.isascii() and day.isdigit() and year.isascii() and year.isdigit() and number):
        raise ValueError("Write a day, a month and a year, like 4 June 2026.")
    if len(year) != 4:
        raise ValueError("Write the year with four digits, like 2026.")
    try:
        return date(int(year), number, int(day))
    except ValueError:
        raise ValueError("There is no such day. Check the day and the month.") from None


def read_time(typed: str) -> time:
    """Read 9, 9am, 09:00, 4.30pm or 1630; raise ValueError."""
    found = TIME.fullmatch(typed.strip())
    if found is None:
        raise ValueError("Write a time, like 9am or 16:30.")
    hour, minute, half = int(found[1]), int(found[2] or 0), (found[3] or "").lower()
    if half and not 1 <= hour <= NOON:
        raise ValueError("Write a time, like 9am or 16:30.")
    if half:
        hour = hour % NOON + (NOON if half == "pm" else 0)
    if hour > 23 or minute > 59:
        raise ValueError("Write a time, like 9am or 16:30.")
    return time(hour, minute)


def read_count(typed: str) -> int:
    """Read a whole number of at most four digits; raise ValueError."""
    if not re.fullmatch(r"[0-9]{1,4}", typed.strip()):
        raise ValueError("Write a whole number, like 3.")
    return int(typed)
