"""The only reader of the clock.

`CLOCK_FILE` replaces it in tests and the demo: one UTC instant holds the clock still at it, and
`+SECONDS` shifts the real clock. Production refuses to start with it.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")
_held: ContextVar[datetime | None] = ContextVar("held", default=None)


def now() -> datetime:
    """Return the present instant, in UTC."""
    held = _held.get()
    if held is not None:
        return held
    clock_file = os.environ.get("CLOCK_FILE")
    if not clock_file or not Path(clock_file).exists():
        return datetime.now(UTC)
    text = Path(clock_file).read_text().strip()
    if text.startswith("+"):
        return datetime.now(UTC) + timedelta(seconds=float(text))
    return datetime.fromisoformat(text).astimezone(UTC)


def today(zone: ZoneInfo = LONDON) -> date:
    """Return the present day as a calendar on the wall in the region shows it."""
    return now().astimezone(zone).date()


def end_of(day: date) -> datetime:
    """Return the instant at which a day ends in London."""
    return datetime.combine(day + timedelta(days=1), time(), LONDON).astimezone(UTC)


@contextmanager
def held_at(instant: datetime) -> Iterator[None]:
    """Hold the clock at an instant for the work inside, so that a past is lived, not written.

    Only this context sees it: no other thread and no other process.
    """
    if os.environ.get("PLACEMENTS_ENV", "production") == "production":
        raise RuntimeError("The clock is not held where real people's records are kept.")
    token = _held.set(instant.astimezone(UTC))
    try:
        yield
    finally:
        _held.reset(token)
