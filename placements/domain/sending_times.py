"""When a message may leave: never at night, a reminder once a day and on a working day."""

from datetime import UTC, date, datetime, time, timedelta

from placements.domain.working_days import (
    LONDON,
    add_working_days,
    deadline_day,
    london_date,
    working_days_between,
)

DAY_BEGINS, DAY_ENDS = time(8), time(20)
BETWEEN_CHASES = timedelta(hours=24)


def is_quiet(at: datetime) -> bool:
    """True from 8pm to 8am in London, when nothing leaves but what somebody just asked for."""
    return not DAY_BEGINS <= at.astimezone(LONDON).time() < DAY_ENDS


def after_quiet(at: datetime) -> datetime:
    """Return `at`, or 8am of the morning that follows if it is in the quiet hours."""
    local = at.astimezone(LONDON)
    if not is_quiet(at):
        return at
    day = local.date() + timedelta(days=1 if local.time() >= DAY_ENDS else 0)
    return at_hour(day, DAY_BEGINS.hour)


def at_hour(day: date, hour: int) -> datetime:
    """Return the instant at which it is `hour` in London on `day`."""
    return datetime.combine(day, time(hour), LONDON).astimezone(UTC)


def half_time_day(offered_at: datetime, deadline: datetime) -> date | None:
    """Return the working day half way to the deadline; None if that is the last day."""
    offered, last = london_date(offered_at), deadline_day(deadline)
    n_days = working_days_between(offered, last)
    half = add_working_days(offered, max(1, n_days // 2))
    return half if half < last else None
