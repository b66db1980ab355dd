"""The hours of a week as seven rows of from and to, each the same as above by a tick."""

from collections.abc import Sequence
from datetime import time
from typing import Any

from wtforms import SelectMultipleField

from placements.domain.hours_rows import HoursRow, read_hours
from placements.domain.working_time import WEEKDAYS
from placements.web.forms import PlainForm, TimeField, some_of, time_of_day

MINUTES = 60
Row = tuple[str, TimeField, TimeField, SelectMultipleField | None]


class WeekForm(PlainForm):
    """A form with the rows of a week; spans are `[weekday, from, to]` in minutes."""

    has_split_days = False

    def show_week(self, spans: Sequence[Sequence[int]]) -> None:
        """Fill the rows in with what was said before, unless the form was sent."""
        days = [span[0] for span in spans]
        self.has_split_days = len(days) > len(set(days))
        for weekday, start, end in () if self.is_submitted() else spans:
            self[f"from_{weekday}"].data = _time(start)
            self[f"to_{weekday}"].data = _time(end)

    def read_week(self) -> tuple[list[list[int]], list[tuple[str, str]]]:
        """Return the spans that were typed, and each field that is wrong with what to do."""
        return read_hours([self._row(n) for n in range(len(WEEKDAYS))])

    def rows(self) -> list[Row]:
        """List the fields of each weekday, in order."""
        return [
            (name, self[f"from_{n}"], self[f"to_{n}"], self[f"same_{n}"] if n else None)
            for n, name in enumerate(WEEKDAYS)
        ]

    def _row(self, n: int) -> HoursRow:
        start, end = self[f"from_{n}"], self[f"to_{n}"]
        typed = (end.raw_data or [""])[0].lower()
        return HoursRow(start.data, end.data, bool(n and self[f"same_{n}"].data), "m" in typed)


def _fields() -> dict[str, Any]:
    fields: dict[str, Any] = {}
    for n, name in enumerate(WEEKDAYS):
        fields[f"from_{n}"] = time_of_day(f"{name}, from")
        fields[f"to_{n}"] = time_of_day(f"{name}, to")
        if n:
            fields[f"same_{n}"] = some_of(name, [("yes", "Same as above")])
    return fields


for _name, _field in _fields().items():
    setattr(WeekForm, _name, _field)


def _time(minutes: int) -> time:
    return time(minutes // MINUTES % 24, minutes % MINUTES)
