"""Public transport for the pairs of a plan, worked out a second time, one place and time by one."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from matching.checking.timetable import EventGraph, calls_of, under_way
from matching.market import Ints, Market
from matching.rates import EARTH_METRES, rates_of
from matching.records import Placement

Floats = npt.NDArray[np.float64]
Moment = tuple[int, int]
Way = tuple[int, int, bool]
WALK_TO_STOP, WALK_BETWEEN, CHANGE = 900, 300, 60
NEAR_STOP = 5_000
METRES_A_DEGREE = 111_000
BUS, TRAIN, BOTH = 1, 2, 3
NOT_FOUND = 10**9


@dataclasses.dataclass(frozen=True, slots=True)
class Claim:
    """What a plan says of one pair."""

    candidate: str
    placement: str
    there: int
    back: int
    mode: str | None
    estimate: bool


@dataclasses.dataclass(frozen=True, slots=True, order=True)
class Errand:
    """To be somewhere by a time, or to leave it then: one search."""

    network: int
    homeward: bool
    minute: int
    day: int
    placement: str


class Rides:
    """The claimed pairs' journeys by bus and train, within the longest time that is claimed."""

    def __init__(self, market: Market, timetable: Any, claims: list[Claim]) -> None:
        self.market, self.timetable = market, timetable
        self.stops = timetable.stops / 1e6
        self.walk = rates_of(market.travel).get("walk") or rates_of(None)["walk"]
        self.kinds = {int(kind) for kind in timetable.runs[:, 3]}
        self.near: dict[tuple[float, float], bool] = {}
        self.window = max(max(claim.there, claim.back) for claim in claims) * 60
        changes = self._changes()
        self.changes = {False: changes, True: (changes[1], changes[0], changes[2])}
        self.leaving = self._search({e for claim in claims for e in self._errands(claim)})

    def way(self, claim: Claim, mode: str) -> Way | None:
        """Minutes by bus or train, -1 where it takes too long; None where it is not known."""
        person, place = self._ends(claim)
        networks = self._networks(claim)
        if mode not in networks:
            return None
        took = []
        near, walk = self._on_foot(np.array([person.lat, person.lon]))
        for errand in self._errands_of(place, networks[mode]):
            due = -errand.minute * 60 if errand.homeward else errand.minute * 60
            leave = (self.leaving[errand][near] - walk).max(initial=-NOT_FOUND)
            took.append((errand.homeward, due - int(leave)))
        longest = [max(s for homeward, s in took if homeward is way) for way in (False, True)]
        there, back = (-(-s // 60) if s <= self.window else -1 for s in longest)
        return there, back, False

    def _ends(self, claim: Claim) -> tuple[Any, Placement]:
        market = self.market
        person = market.candidates[market.row_of[claim.candidate]]
        return person, market.placements[market.col_of[claim.placement]]

    def _networks(self, claim: Claim) -> dict[str, int]:
        """What to search for each of bus and train, where the timetable is near both ends."""
        person, place = self._ends(claim)
        rates, found = rates_of(self.market.travel), {}
        ends = [(person.lat, person.lon), (place.lat, place.lon)]
        if not place.shifts or None in ends[0] or None in ends[1]:
            return {}
        for mode, network in (("bus", BUS), ("train", TRAIN)):
            if (
                mode in person.modes
                and mode in rates
                and network in self.kinds
                and self._is_near(ends)
            ):
                joined = mode == "train" and "bus" in person.modes and "bus" in rates
                found[mode] = BOTH if joined else network
        return found

    def _is_near(self, ends: list[tuple[float, float]]) -> bool:
        """Whether there is a stop within 5 km of each point."""
        for end in ends:
            if end not in self.near:
                away = metres_from(self.stops, np.array(end))
                self.near[end] = bool(away.min(initial=np.inf) <= NEAR_STOP)
        return all(self.near[end] for end in ends)

    def _errands(self, claim: Claim) -> Iterator[Errand]:
        _, place = self._ends(claim)
        for network in self._networks(claim).values():
            yield from self._errands_of(place, network)

    def _errands_of(self, place: Placement, network: int) -> Iterator[Errand]:
        for homeward, moments in zip((False, True), moments_of(place), strict=True):
            for day, minute in moments:
                yield Errand(network, homeward, minute, day, place.id)

    def _search(self, errands: set[Errand]) -> dict[Errand, Ints]:
        """When to get on at each stop, for each errand; days alike share a search."""
        found: dict[Errand, Ints] = {}
        together = itertools.groupby(sorted(errands), lambda e: (e.network, e.homeward, e.minute))
        for (network, homeward, minute), some in together:
            graphs: dict[bytes, EventGraph] = {}
            known: dict[tuple[bytes, str], Ints] = {}
            for day, of_day in itertools.groupby(some, lambda e: e.day):
                asked = day, network, minute * 60, self.window, homeward
                runs = under_way(self.timetable, *asked)
                key = runs.tobytes()
                if key not in graphs:
                    calls = calls_of(self.timetable, runs, homeward)
                    graphs[key] = EventGraph(calls, self.changes[homeward], len(self.stops))
                for errand in of_day:
                    if (key, errand.placement) not in known:
                        known[key, errand.placement] = self._leaving(graphs[key], errand)
                    found[errand] = known[key, errand.placement]
        return found

    def _leaving(self, graph: EventGraph, errand: Errand) -> Ints:
        place = self.market.placements[self.market.col_of[errand.placement]]
        near, walk = self._on_foot(np.array([place.lat, place.lon]))
        due = -errand.minute * 60 if errand.homeward else errand.minute * 60
        return graph.latest(near, due - walk)

    def _on_foot(self, point: Floats, most: int = WALK_TO_STOP) -> tuple[Ints, Ints]:
        """Stops within a walk, and its seconds."""
        north = most * self.walk.speed / (36 * self.walk.detour * METRES_A_DEGREE) + 0.001
        beside = np.flatnonzero(np.abs(self.stops[:, 0] - point[0]) <= north)
        metres = np.rint(metres_from(self.stops[beside], point)).astype(np.int64)
        seconds = -(-metres * self.walk.detour * 36 // self.walk.speed)
        near = seconds <= most
        return beside[near], seconds[near]

    def _changes(self) -> tuple[Ints, Ints, Ints]:
        """From, to and seconds of all changes: a minute at least, or as the feed says."""
        said = {(a, b): seconds for a, b, seconds in self.timetable.transfers.tolist()}
        found = {pair: seconds for pair, seconds in said.items() if seconds >= 0}
        for one in range(len(self.stops)):
            near, walk = self._on_foot(self.stops[one], WALK_BETWEEN)
            for other, seconds in zip(near.tolist(), walk.tolist(), strict=True):
                if (one, other) not in said:
                    found[one, other] = max(seconds, CHANGE)
        table = np.array([(a, b, s) for (a, b), s in found.items()], dtype=np.int64).reshape(-1, 3)
        return table[:, 0], table[:, 1], table[:, 2]


def moments_of(place: Placement) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
    """Weekday and minute of the clock at which shifts begin, and end."""
    starts = [(day, start) for day, start, _ in place.shifts]
    ends = [(day, end) for day, _, end in place.shifts]
    out, home = ([((d + t // 1440) % 7, t % 1440) for d, t in part] for part in (starts, ends))
    return out, home


def metres_from(points: Floats, site: Floats) -> Floats:
    """Metres on the sphere from each point to one site, by the angle between two vectors."""
    a, b = np.radians(points), np.radians(site)
    across = np.hypot(
        np.cos(b[0]) * np.sin(b[1] - a[:, 1]),
        np.cos(a[:, 0]) * np.sin(b[0]) - np.sin(a[:, 0]) * np.cos(b[0]) * np.cos(b[1] - a[:, 1]),
    )
    along = np.sin(a[:, 0]) * np.sin(b[0])
    along += np.cos(a[:, 0]) * np.cos(b[0]) * np.cos(b[1] - a[:, 1])
    found: Floats = EARTH_METRES * np.arctan2(across, along)
    return found
