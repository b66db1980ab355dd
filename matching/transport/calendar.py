"""Which services run on each day of one week: calendar.txt, then the exceptions to it."""

from __future__ import annotations

import dataclasses
import datetime

import numpy as np
import numpy.typing as npt

from matching.errors import FeedError
from matching.transport.feed import Feed, day, whole

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
ADDED, REMOVED = 1, 2
Ints = npt.NDArray[np.int64]


@dataclasses.dataclass(frozen=True)
class Services:
    """Services of a feed: ``at`` finds one by its id, the rest are columns.

    ``on`` bool[S, 7] Monday first, ``first`` and ``last`` int64[S] day numbers,
    ``exceptions`` int64[X, 3] of (day number, service, 1 added or 2 removed).
    """

    at: dict[str, int]
    on: npt.NDArray[np.bool_]
    first: Ints
    last: Ints
    exceptions: Ints

    def week(self, monday: int) -> npt.NDArray[np.bool_]:
        """Who runs on each day of the week that begins on a day number, bool[S, 7]."""
        days = monday + np.arange(7)
        runs = self.on & (self.first[:, None] <= days) & (days <= self.last[:, None])
        near = self.exceptions[(self.exceptions[:, 0] >= monday)]
        for date, service, kind in near[near[:, 0] < monday + 7].tolist():
            runs[service, date - monday] = kind == ADDED
        return runs

    def span(self) -> tuple[int, int]:
        """The first and last day number on which anything may run."""
        dates = self.exceptions[self.exceptions[:, 2] == ADDED, 0]
        ever = self.on.any(axis=1)
        return (
            int(np.concatenate([self.first[ever], dates]).min()),
            int(np.concatenate([self.last[ever], dates]).max()),
        )


def read_services(feed: Feed) -> Services:
    """The services of a feed; either of the two calendars may be absent, not both.

    Raises
    ------
    FeedError
        When no calendar is there, or none of them ever runs anything.
    """
    if "calendar.txt" not in feed and "calendar_dates.txt" not in feed:
        raise FeedError("the feed has neither calendar.txt nor calendar_dates.txt")
    at: dict[str, int] = {}
    rows = _weekly(feed, at) if "calendar.txt" in feed else []
    dates = _exceptions(feed, at) if "calendar_dates.txt" in feed else []
    rows += [([False] * 7, 1, 0)] * (len(at) - len(rows))
    found = Services(
        at,
        np.array([row[0] for row in rows], dtype=bool).reshape(-1, 7),
        np.array([row[1] for row in rows], dtype=np.int64),
        np.array([row[2] for row in rows], dtype=np.int64),
        np.array(dates, dtype=np.int64).reshape(-1, 3),
    )
    if not found.on.any() and not (found.exceptions[:, 2] == ADDED).any():
        raise FeedError("no service of the feed ever runs")
    return found


def _weekly(feed: Feed, at: dict[str, int]) -> list[tuple[list[bool], int, int]]:
    name, rows = "calendar.txt", []
    for line, cells in feed.rows(name, ["service_id", *WEEKDAYS, "start_date", "end_date"]):
        if cells[0] in at:
            raise FeedError(f"{name} line {line}: service_id {cells[0]!r} is given twice")
        if any(cell not in ("0", "1") for cell in cells[1:8]):
            raise FeedError(f"{name} line {line}: a weekday is neither 0 nor 1")
        at[cells[0]] = len(at)
        first, last = day(name, line, "start_date", cells[8]), day(name, line, "end_date", cells[9])
        rows.append(([cell == "1" for cell in cells[1:8]], first, last))
    return rows


def _exceptions(feed: Feed, at: dict[str, int]) -> list[tuple[int, int, int]]:
    name, dates = "calendar_dates.txt", []
    for line, (service, date, kind) in feed.rows(name, ["service_id", "date", "exception_type"]):
        number = whole(name, line, "exception_type", kind)
        if number not in (ADDED, REMOVED):
            raise FeedError(f"{name} line {line}: exception_type {kind!r} is not 1 or 2")
        dates.append((day(name, line, "date", date), at.setdefault(service, len(at)), number))
    return dates


def choose_week(services: Services, n_trips: Ints, after: datetime.date | None) -> int:
    """The Monday of the week with most trips, the earliest of those; from ``after`` if given.

    A week of holidays stands for no other week, so the fullest is taken. Only whole weeks count
    where the feed has one.

    Raises
    ------
    FeedError
        When the feed ends before ``after``.
    """
    first, last = services.span()
    if after is not None and after.toordinal() > last:
        ended = datetime.date.fromordinal(last)
        raise FeedError(f"the feed ends on {ended}: a newer one is needed for {after}")
    begin = max(first, after.toordinal()) if after else first
    monday = begin - (begin - 1) % 7
    whole_weeks = range(monday + 7 * (monday < begin), last - 5, 7)
    weeks = list(whole_weeks) or list(range(monday, last + 1, 7))
    counts = [int((services.week(week) * n_trips[:, None]).sum()) for week in weeks]
    return weeks[counts.index(max(counts))]
