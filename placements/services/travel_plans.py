"""How somebody gets to their first day: when to leave home, by what, and back again."""

from dataclasses import dataclass
from pathlib import Path

from placements.domain.plain_words import time_words
from placements.domain.spoken import read_time
from placements.models.assignments import Assignment
from placements.services.gazetteer import get_rules
from placements.services.reach import find_reach

MINUTES, SPARE, STEP = 60, 10, 5


@dataclass(frozen=True)
class Trip:
    """When to leave home on the first day, and the journeys in words."""

    leave_by: str
    words: str


def find_trip(assignment: Assignment, folder: Path) -> Trip | None:
    """Work the journey of a first day out, ten minutes early; None before there is one."""
    if assignment.start_on is None:
        return None
    line = find_reach(assignment.application, assignment.placement)
    begins = _begins(assignment)
    if line.minutes_there is None or line.minutes_back is None or begins is None:
        return None
    leave = begins - line.minutes_there - SPARE
    travel = get_rules(folder).travel
    mode = travel[line.mode].name.lower() if line.mode in travel else line.mode
    words = f"{line.minutes_there} minutes there and {line.minutes_back} back ({mode})"
    return Trip(time_words(leave - leave % STEP), words)


def _begins(assignment: Assignment) -> int | None:
    """Return the minute of the day at which they are to be there: as told, or as the shift says."""
    told = (assignment.first_day or {}).get("time")
    if told:
        at = read_time(told)
        return at.hour * MINUTES + at.minute
    weekday = assignment.start_on.weekday()
    days = assignment.placement.shifts
    starts = [start for day, start, _ in days if day == weekday] or [s for _, s, _ in days]
    return min(starts, default=None)
