"""The only reader of the clock.

`CLOCK_FILE` replaces it in tests and the demo: one UTC instant holds the clock still at it, and
`+SECONDS` shifts the real clock. Production refuses to start with it.
"""

import os
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")


def now() -> datetime:
    """Return the present instant, in UTC."""
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
