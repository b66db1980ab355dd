"""When freed places are offered: at the next full daytime hour, so that frees gather into one."""

from datetime import datetime, time, timedelta

from placements import clock
from placements.services.occurrences import add_occurrence

FIRST_HOUR, LAST_HOUR = 8, 19


def schedule_cascade(round_id: int, at: datetime) -> None:
    """Ask for a cascade at the next full hour, 8am to 7pm; part of the act that frees places."""
    local = at.astimezone(clock.LONDON).replace(minute=0, second=0, microsecond=0)
    due = local + timedelta(hours=1)
    if due.hour > LAST_HOUR or due.hour < FIRST_HOUR:
        day = due.date() + timedelta(days=1 if due.hour > LAST_HOUR else 0)
        due = datetime.combine(day, time(FIRST_HOUR), clock.LONDON)
    add_occurrence("round.cascade", round_id, due)
