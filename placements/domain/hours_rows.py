"""A week as people fill it in: one row a weekday, from and to, or "same as above"."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import time

from placements.domain.working_time import DAY, WEEKDAYS

HALF_DAY = DAY // 2
LONGEST = 13 * 60
"""Eleven hours of rest in each day are everybody's right; a longer shift is a slip of the pen."""


@dataclass(frozen=True)
class HoursRow:
    """One weekday as typed; `says_half` is true where am or pm was written after the end."""

    start: time | None = None
    end: time | None = None
    same: bool = False
    says_half: bool = False


def read_hours(rows: Sequence[HoursRow]) -> tuple[list[list[int]], list[tuple[str, str]]]:
    """Return the shifts, and every (field, what to write) where a row cannot be read.

    An end that is not after its start is taken as the afternoon when no am or pm was written
    (9 to 5), else as the next day (10pm to 6am).
    """
    shifts: list[list[int]] = []
    problems: list[tuple[str, str]] = []
    for weekday, row in enumerate(rows):
        if row.same and not shifts:
            problems.append((f"from_{weekday}", "There is no day with hours above this one."))
        elif row.same:
            shifts.append([weekday, *shifts[-1][1:]])
        elif row.start or row.end:
            _read_row(weekday, row, shifts, problems)
    if not shifts and not problems:
        problems.append(("from_0", "Write the hours of at least one day."))
    return shifts, problems


def _read_row(
    weekday: int, row: HoursRow, shifts: list[list[int]], problems: list[tuple[str, str]]
) -> None:
    name = WEEKDAYS[weekday]
    if row.start is None:
        problems.append((f"from_{weekday}", f"Write when {name} starts, like 9am."))
        return
    if row.end is None:
        problems.append((f"to_{weekday}", f"Write when {name} ends, like 4:30pm."))
        return
    start, end = _minutes(row.start), _minutes(row.end)
    if end <= start < end + HALF_DAY and not row.says_half and end < HALF_DAY:
        end += HALF_DAY
    elif end <= start:
        end += DAY
    if end - start > LONGEST:
        words = f"{name} would be {(end - start) // 60} hours. Write when it ends, like 5pm."
        problems.append((f"to_{weekday}", words))
        return
    shifts.append([weekday, start, end])


def _minutes(of: time) -> int:
    return of.hour * 60 + of.minute
