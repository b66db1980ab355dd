"""Journeys by straight line worked out a second time, and which pairs are near enough for one."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from matching.columnar.columns import Floats, Ints
from matching.market import Market
from matching.rates import EARTH_METRES, QUIET_AFTER, QUIET_BEFORE, Rate, rates_of
from matching.records import MODES, Spans

Bools = npt.NDArray[np.bool_]
CELL, OFFSET = np.array([0.05, 0.075]), np.array([90.0, 180.0])
PAIRS_A_BLOCK = 3_000_000
RINGS = (3_000, 6_000, 10_000, 15_000, 22_000, 30_000)
MARGIN = 2.0
MANY_PEOPLE, LARGEST_TABLE = 20_000, 2**23
TOP = np.iinfo(np.int64).max


@dataclasses.dataclass(frozen=True, slots=True)
class Trips:
    """Minutes there and back (-1 for none), whole and exact metres, mode, estimate, known."""

    there: Ints
    back: Ints
    metres: Ints
    exact: Floats
    mode: Ints
    estimate: Bools
    known: Bools


class Straight:
    """Journeys of one market by straight line."""

    def __init__(self, market: Market) -> None:
        self.limit = market.candidates.wholes("max_minutes")
        self.homes, self.sites = arrows(market.homes), arrows(market.sites)
        self.modes, self.shifts = (
            market.candidates.kinds("modes"),
            market.placements.kinds("shifts"),
        )
        rates = rates_of(market.travel)
        self.ways = [(at, rates[name]) for at, name in enumerate(MODES) if name in rates]
        self.travels = {
            at: np.array([MODES[at] in some for some in self.modes.values], dtype=bool)
            for at, _ in self.ways
        }
        self.waits = {at: _waits(rate, self.shifts.values) for at, rate in self.ways}

    def trips(self, rows: Ints, cols: Ints) -> Trips:
        """The best way of each pair: the shortest longer journey, the first named of equals."""
        exact = angle(self.homes[rows], self.sites[cols]) * EARTH_METRES
        known = ~np.isnan(exact)
        metres = np.where(known, np.rint(exact), -1).astype(np.int64)
        kinds, shifts = self.modes.codes[rows], self.shifts.codes[cols]
        if len(metres) and self.table is not None and metres.min() >= 0:
            width = self.table.shape[-1]
            if metres.max() < width:
                at = (kinds * len(self.shifts.values) + shifts) * width + metres
                ways = self.table.reshape(3, -1)[:, at]
                return Trips(ways[0], ways[1], metres, exact, ways[2], known, known)
        there, back, mode = self._best(kinds, shifts, metres)
        return Trips(there, back, metres, exact, mode, np.ones(len(rows), dtype=bool), known)

    @functools.cached_property
    def table(self) -> Ints | None:
        """Minutes there, back and mode for every metre in reach, of a market with many people.

        int32[3, kinds of ways, kinds of shifts, metres]; None where that would be more work.
        """
        width = int(self.reach().max(initial=0)) + round(MARGIN) + 2
        kinds, shifts = len(self.modes.values), len(self.shifts.values)
        if len(self.limit) < MANY_PEOPLE or kinds * shifts * width > LARGEST_TABLE:
            return None
        some = np.indices((kinds, shifts, width)).reshape(3, -1)
        return np.array(self._best(*some), dtype=np.int32).reshape(3, kinds, shifts, width)

    def _best(self, kinds: Ints, shifts: Ints, metres: Ints) -> tuple[Ints, Ints, Ints]:
        """The best way by kinds and metres: minutes there and back and the mode, -1 for none."""
        there, back, mode = (np.full(len(metres), -1, dtype=np.int64) for _ in range(3))
        longest, known = np.full(len(metres), TOP), metres >= 0
        for at, rate in self.ways:
            some = np.flatnonzero(known & self.travels[at][kinds] if len(kinds) else known)
            whole, over = np.divmod(metres[some] * (rate.detour * 60), rate.speed * 100)
            ride = whole + (over > 0) + rate.access
            wait = self.waits[at][shifts[some]]
            out, home = ride + wait[:, 0], ride + wait[:, 1]
            longer = np.maximum(out, home)
            wins = (out <= wait[:, 2]) & (home <= wait[:, 3]) & (longer < longest[some])
            at_best = some[wins]
            longest[at_best], mode[at_best] = longer[wins], at
            there[at_best], back[at_best] = out[wins], home[wins]
        return there, back, mode

    def reach(self) -> Ints:
        """The most whole metres from home at which some way is within the limit, -1 for none."""
        most = np.full(len(self.limit), -1, dtype=np.int64)
        for at, rate in self.ways:
            spare = self.limit - (rate.access + rate.wait)
            far = np.where(spare < 0, -1, spare * (rate.speed * 100) // (rate.detour * 60))
            if len(self.modes.values):
                most = np.where(self.travels[at][self.modes.codes], np.maximum(most, far), most)
        return most


def arrows(points: Floats) -> Floats:
    """Unit arrows from the centre of the earth, float64[K, 3], NaN where a place is unknown."""
    phi, lam = np.radians(points).T
    return np.stack([np.cos(phi) * np.cos(lam), np.cos(phi) * np.sin(lam), np.sin(phi)], axis=1)


def angle(a: Floats, b: Floats) -> Floats:
    """The angle between paired arrows, good for small ones too."""
    apart = a - b
    chord = np.sqrt(np.einsum("ij,ij->i", apart, apart))
    found: Floats = 2 * np.arcsin(np.minimum(chord / 2, 1.0))
    return found


def _waits(rate: Rate, kinds: tuple[Spans, ...]) -> Ints:
    """Wait there, wait back, longest ride there, longest ride back, for each kind of shifts."""
    table = np.empty((len(kinds), 4), dtype=np.int64)
    for row, spans in zip(table, kinds, strict=True):
        row[0], row[2] = _one_way(rate, [(day, start) for day, start, _ in spans], arriving=True)
        row[1], row[3] = _one_way(rate, [(day, end) for day, _, end in spans], arriving=False)
    return table


def _one_way(rate: Rate, moments: list[tuple[int, int]], *, arriving: bool) -> tuple[int, int]:
    wait, longest = rate.wait, 10**6
    for weekday, minute in moments:
        extra_days, clock = divmod(minute, 1440)
        first, last = rate.hours[(weekday + extra_days) % 7]
        if not QUIET_BEFORE <= clock < QUIET_AFTER:
            wait = max(wait, rate.quiet_wait)
        if (first, last) == (0, 2880):
            continue
        if clock < first or clock > last:
            longest = -1
        else:
            longest = min(longest, clock - first if arriving else last - clock)
    return wait, longest


class Grid:
    """Pairs within reach, square by square of a map; by arrows and not by a tree."""

    def __init__(self, market: Market, straight: Straight) -> None:
        self.market, self.straight, self.reach = market, straight, straight.reach()
        self.placed = np.flatnonzero(~np.isnan(market.sites).any(axis=1))
        cells = self._cells(market.sites[self.placed])
        order = np.lexsort((cells[:, 1], cells[:, 0]))
        self.placed, cells = self.placed[order], cells[order]
        self.key = cells[:, 0] * 10_000 + cells[:, 1]

    @staticmethod
    def _cells(points: Floats) -> Ints:
        cells: Ints = np.floor((points + OFFSET) / CELL).astype(np.int64)
        return cells

    def groups(self, people: Ints) -> Iterator[Ints]:
        """People of one square and of about the same reach."""
        homes = self.market.homes[people]
        people = people[~np.isnan(homes).any(axis=1) & (self.reach[people] >= 0)]
        cells = self._cells(self.market.homes[people])
        ring = np.searchsorted(RINGS, self.reach[people])
        key = (cells[:, 0] * 10_000 + cells[:, 1]) * 10 + ring
        order = np.argsort(key, kind="stable")
        cuts = np.flatnonzero(np.diff(key[order])) + 1
        yield from (part for part in np.split(people[order], cuts) if len(part))

    def pairs(self, group: Ints) -> tuple[Ints, Ints]:
        """The pairs of such people within their reach, and a little more."""
        near = self._around(group).astype(np.int32)
        arc = (self.reach[group] + MARGIN) / EARTH_METRES
        # Two ends of one line through the earth may come out a little below -1.
        least = np.where(arc < np.pi, np.cos(arc), -2.0)
        inner = self.straight.homes[group] @ self.straight.sites[near].T
        rows, cols = np.nonzero(inner >= least[:, None])
        return group.astype(np.int32)[rows], near[cols]

    def _around(self, group: Ints) -> Ints:
        """Every placement in the squares that the widest reach of a group can touch."""
        points = self.market.homes[group]
        degrees = np.degrees((float(self.reach[group].max()) + MARGIN) / EARTH_METRES)
        south, north = points[:, 0].min() - degrees, points[:, 0].max() + degrees
        if max(abs(south), abs(north)) > 85:
            return self.placed
        aside = degrees / np.cos(np.radians(max(abs(south), abs(north)))) * 1.01
        west, east = points[:, 1].min() - aside, points[:, 1].max() + aside
        if west < -180 or east > 180:
            return self.placed
        low, high = self._cells(np.array([[south, west], [north, east]]))
        lines = np.arange(low[0], high[0] + 1) * 10_000
        begins = np.searchsorted(self.key, lines + low[1])
        ends = np.searchsorted(self.key, lines + high[1], side="right")
        return np.concatenate([self.placed[a:b] for a, b in zip(begins, ends, strict=True)])


def given_trips(market: Market, rows: Ints, cols: Ints) -> Trips:
    """Journeys that another model knows, or none at all; placed pairs are checked on their own."""
    if market.policy.travel == "none":
        zero = np.zeros(len(rows), dtype=np.int64)
        yes = np.ones(len(rows), dtype=bool)
        nowhere = np.full(len(rows), -1.0)
        return Trips(zero, zero, zero - 1, nowhere, zero - 1, ~yes, yes)
    found: Any = market.travel.journeys(market, rows, cols)
    there, back = (np.where(found.served, way, -1) for way in (found.there, found.back))
    exact = np.where(found.metres < 0, np.nan, found.metres).astype(np.float64)
    return Trips(there, back, found.metres, exact, found.mode, found.estimate, found.known)


def by_straight_line(market: Market) -> bool:
    """Whether a market's journeys can be worked out here."""
    known = ("table", "timetable", "pairs")
    other = any(hasattr(market.travel, name) for name in known)
    return market.policy.travel != "none" and not other
