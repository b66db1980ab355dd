"""How long what an employer wrote counts as true: asked at 30 days, again at 40, paused at 45."""

from datetime import date, datetime, timedelta

from placements.domain.working_days import add_working_days, london_date

ASK_AFTER, ASK_AGAIN_AFTER, PAUSE_AFTER = (timedelta(days=days) for days in (30, 40, 45))


def asks_on(checked_at: datetime) -> date:
    """Return the working day on which the employer is asked whether it is still true."""
    return _working_day_after(checked_at, ASK_AFTER)


def asks_again_on(checked_at: datetime) -> date:
    """Return the working day on which the employer is asked again, by text as well."""
    return _working_day_after(checked_at, ASK_AGAIN_AFTER)


def pauses_on(checked_at: datetime) -> date:
    """Return the working day on which the placement pauses by itself."""
    return _working_day_after(checked_at, PAUSE_AFTER)


def _working_day_after(checked_at: datetime, wait: timedelta) -> date:
    return add_working_days(london_date(checked_at + wait), 0)
