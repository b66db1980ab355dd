"""Travel by a table of minutes between areas, such as postcode sectors or districts."""

from __future__ import annotations

import dataclasses
import datetime
import functools
from collections.abc import Mapping
from typing import Any, TextIO

import numpy as np
from scipy.spatial import cKDTree

from matching.canonical import sha256_of
from matching.columnar.columns import Floats
from matching.errors import FeedError
from matching.market import Ints, Market
from matching.rates import Rates
from matching.records import MODES
from matching.sphere import on_sphere
from matching.transport.feed import degrees, read_rows, whole
from matching.travel import NEVER, UNBOUNDED, Best, Journeys, service, straight_minutes

AREA_METRES = 5_000
MOST_MINUTES = 2_880


@dataclasses.dataclass(frozen=True, eq=False)
class MinutesTable:
    """Minutes between areas by way of travelling, with where and when they are from.

    ``areas`` are codes in order, ``points`` int64[A, 2] their centres in millionths of a degree.
    ``minutes`` holds rows of int64[K, 4]: from, to, index into ``MODES``, minutes.
    """

    source: str
    taken_on: str
    areas: tuple[str, ...]
    points: Ints
    minutes: Ints

    @functools.cached_property
    def sha256(self) -> str:
        """The hash of all that it holds."""
        return sha256_of(self.to_dict())

    def to_dict(self) -> dict[str, Any]:
        """The table as plain values."""
        return {
            "source": self.source,
            "taken_on": self.taken_on,
            "areas": list(self.areas),
            "points": self.points.tolist(),
            "minutes": self.minutes.tolist(),
        }

    @classmethod
    def from_dict(cls, given: Mapping[str, Any]) -> MinutesTable:
        """The table that a dictionary of :meth:`to_dict` describes.

        Raises
        ------
        FeedError
            Naming what cannot be used.
        """
        try:
            areas, n = tuple(given["areas"]), len(given["areas"])
            points = np.array(given["points"], dtype=np.int64).reshape(n, 2)
            minutes = np.array(given["minutes"], dtype=np.int64).reshape(-1, 4)
            day = datetime.date.fromisoformat(given["taken_on"]).isoformat()
            found = cls(str(given["source"]), day, areas, points, minutes)
        except (KeyError, TypeError, ValueError, OverflowError) as wrong:
            raise FeedError(f"table of minutes: it cannot be read, {wrong!r}") from None
        most = np.array([n, n, len(MODES), MOST_MINUTES + 1])
        if ((minutes < 0) | (minutes >= most)).any():
            raise FeedError("table of minutes: a row holds a value that cannot be")
        return found

    def look_up(self, mode: str, homes: Ints, sites: Ints) -> tuple[Ints, Ints]:
        """Minutes there and back between areas (-1 for none), -1 where it does not say."""
        rows = self.minutes[self.minutes[:, 2] == MODES.index(mode)]
        width = max(len(self.areas), 1)
        keys = rows[:, 0] * width + rows[:, 1]
        order = np.argsort(keys, kind="stable")
        keys, values = keys[order], rows[order, 3]
        unknown = (homes < 0) | (sites < 0)
        found = []
        for wanted in (homes * width + sites, sites * width + homes):
            at = np.minimum(np.searchsorted(keys, wanted), max(len(keys) - 1, 0))
            listed = (keys[at] == wanted) & ~unknown if len(keys) else np.zeros_like(unknown)
            found.append(np.where(listed, values[at] if len(keys) else 0, NEVER))
        return found[0], found[1]

    def area_of(self, points: Floats) -> Ints:
        """The area whose centre is nearest to each point, -1 where none is within 5 km."""
        areas = np.full(len(points), NEVER, dtype=np.int64)
        known = np.flatnonzero(~np.isnan(points[:, 0]))
        if len(known) and len(self.areas):
            tree = cKDTree(on_sphere(self.points / 1_000_000))
            distance, nearest = tree.query(on_sphere(points[known]))
            areas[known] = np.where(distance <= AREA_METRES, nearest, NEVER)
        return areas


def read_minutes(
    minutes: TextIO, areas: TextIO, *, source: str, taken_on: datetime.date
) -> MinutesTable:
    """A table of minutes from two open CSV files.

    Parameters
    ----------
    minutes : text file
        ``from,to,mode,minutes``; the way back is the row with ``from`` and ``to`` turned round.
    areas : text file
        ``area,lat,lon``: the centre of each postcode sector or district that is named; others are
        left out.
    source : str
        Where the minutes are from, to be shown beside them.
    taken_on : date
        The day they were worked out for.

    Returns
    -------
    MinutesTable

    Raises
    ------
    FeedError
        Naming the file and line that cannot be used.

    Examples
    --------
    >>> import io
    >>> minutes = io.StringIO("from,to,mode,minutes\\nB1 1,B2 4,bus,9\\n")
    >>> areas = io.StringIO("area,lat,lon\\nB1 1,52.48,-1.90\\nB2 4,52.48,-1.89\\n")
    >>> table = read_minutes(minutes, areas, source="invented", taken_on=datetime.date(2026, 9, 7))
    >>> table.areas, table.minutes.tolist()
    (('B1 1', 'B2 4'), [[0, 1, 2, 9]])
    """
    points = _read_areas(areas)
    rows: dict[tuple[str, str, int], int] = {}
    needed = ["from", "to", "mode", "minutes"]
    for line, (one, other, mode, took) in read_rows(minutes, "minutes", needed):
        for title, code in (("from", one), ("to", other)):
            if code not in points:
                raise FeedError(f"minutes line {line}: {title} {code!r} is not among the areas")
        if mode not in MODES:
            raise FeedError(f"minutes line {line}: mode {mode!r} is not one of {', '.join(MODES)}")
        key = one, other, MODES.index(mode)
        if key in rows:
            raise FeedError(f"minutes line {line}: {one} to {other} by {mode} is given twice")
        rows[key] = whole("minutes", line, "minutes", took)
        if rows[key] > MOST_MINUTES:
            raise FeedError(f"minutes line {line}: {took} minutes are more than two days")
    codes = sorted({code for one, other, _ in rows for code in (one, other)})
    at = {code: i for i, code in enumerate(codes)}
    table = sorted((at[a], at[b], mode, took) for (a, b, mode), took in rows.items())
    return MinutesTable(
        source,
        taken_on.isoformat(),
        tuple(codes),
        np.array([points[code] for code in codes], dtype=np.int64).reshape(-1, 2),
        np.array(table, dtype=np.int64).reshape(-1, 4),
    )


def _read_areas(areas: TextIO) -> dict[str, tuple[int, int]]:
    points: dict[str, tuple[int, int]] = {}
    for line, (code, lat, lon) in read_rows(areas, "areas", ["area", "lat", "lon"]):
        if code in points:
            raise FeedError(f"areas line {line}: {code!r} is given twice")
        north = degrees("areas", line, "lat", lat, 90)
        points[code] = north, degrees("areas", line, "lon", lon, 180)
    return points


@dataclasses.dataclass(frozen=True, eq=False)
class TableTravel:
    """Journeys by a table of minutes, by straight line at ``rates`` where it says nothing.

    A home or site lies in the area whose centre is nearest, within 5 km. Minutes of the table
    are no estimate; hours of service are kept, waits are taken to be in the table's minutes.
    """

    table: MinutesTable
    rates: Rates = dataclasses.field(default_factory=Rates)

    @functools.cached_property
    def sha256(self) -> str:
        """The hash of the table and every rate."""
        return sha256_of(self.to_dict())

    @property
    def source(self) -> str:
        """Where the minutes are from, and when."""
        return f"{self.table.source}, {self.table.taken_on}".removeprefix(", ")

    def to_dict(self) -> dict[str, Any]:
        """The model as plain values."""
        return {"model": "table", "rates": self.rates.to_dict(), "table": self.table.to_dict()}

    @classmethod
    def from_dict(cls, given: Mapping[str, Any]) -> TableTravel:
        """The model that a dictionary of :meth:`to_dict` describes."""
        if set(given) != {"model", "rates", "table"}:
            raise FeedError("travel: a table has rates and a table and nothing else")
        return cls(MinutesTable.from_dict(given["table"]), Rates.from_dict(given["rates"]))

    def journeys(self, market: Market, rows: Ints, cols: Ints) -> Journeys:
        """The journeys of pairs of a market; see :func:`matching.travel.journeys`."""
        best = Best.of(market, rows, cols)
        homes = self.table.area_of(market.homes)[rows]
        sites = self.table.area_of(market.sites)[cols]
        shifts = market.placements.kinds("shifts")
        for mode, rate in self.rates.by_mode.items():
            at = best.open_to(market, mode)
            there, back = self.table.look_up(mode, homes[at], sites[at])
            said = (there >= 0) & (back >= 0)
            hours = np.array([service(rate, s)[2:] for s in shifts.values]).reshape(-1, 2)
            within = hours[shifts.codes[cols[at]]] if len(hours) else np.full((0, 2), UNBOUNDED)
            runs = said & (there <= within[:, 0]) & (back <= within[:, 1])
            best.keep(mode, at[runs], there[runs], back[runs], estimate=False)
            rest = at[~said]
            best.keep(mode, rest, *straight_minutes(market, rate, cols[rest], best.metres[rest]))
        return best.journeys()
