"""Travel by timetable: buses and trains as they run, everything else by straight line."""

from __future__ import annotations

import dataclasses
import functools
import hashlib
import threading
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from matching.canonical import sha256_of
from matching.errors import FeedError
from matching.market import Ints, Market
from matching.rates import RATES, Rate, Rates
from matching.records import Spans
from matching.transport.footpaths import covered
from matching.transport.search import travel_seconds
from matching.transport.timetable import Timetable
from matching.transport.trips import BUS, TRAIN
from matching.travel import NEVER, Best, Journeys, straight_minutes

NETWORKS = {"bus": BUS, "train": TRAIN}
Bools = npt.NDArray[np.bool_]
KEPT, FEW = 6, 4
CELLS = 20_000_000
Tables = tuple[Ints, Ints]


@dataclasses.dataclass(frozen=True, eq=False)
class TimetableTravel:
    """Journeys by the timetable where it reaches, by straight line at ``rates`` where not.

    Where the timetable has a stop within 5 km of both ends, it alone decides about going by bus
    or train, and its minutes are no estimate. Elsewhere, for placements without shifts, and for
    trains in a feed of buses, a straight line stands in for it and is labelled an estimate, as
    walking, cycling and driving always are.

    Examples
    --------
    >>> calls = [[0, 0, 0, 1], [1, 1200, 1200, 2]]
    >>> week = Timetable.from_dict({
    ...     "kind": "timetable", "source": "invented", "week_from": "2026-09-07",
    ...     "stops": [[52_000_000, -1_900_000], [52_050_000, -1_900_000]],
    ...     "profiles": [calls], "runs": [[0, 30_000, 31, 1], [0, 62_400, 31, 1]],
    ...     "transfers": [],
    ... })
    >>> TimetableTravel(week).source
    'invented, week of 2026-09-07'
    """

    timetable: Timetable
    rates: Rates = dataclasses.field(default_factory=Rates)
    _kept: dict[str, Tables] = dataclasses.field(default_factory=dict, init=False, repr=False)
    _lock: Any = dataclasses.field(default_factory=threading.Lock, init=False, repr=False)

    @functools.cached_property
    def sha256(self) -> str:
        """The hash of the timetable and every rate."""
        return sha256_of(["timetable", self.timetable.sha256, self.rates.to_dict()])

    @property
    def source(self) -> str:
        """Where the minutes are from, and the week they stand for."""
        return f"{self.timetable.source}, week of {self.timetable.week_from}".removeprefix(", ")

    @property
    def walk(self) -> Rate:
        """How people walk to and between stops."""
        return self.rates.by_mode.get("walk", RATES["walk"])

    def to_dict(self) -> dict[str, Any]:
        """The model as plain values."""
        return {
            "model": "timetable",
            "rates": self.rates.to_dict(),
            "timetable": self.timetable.to_dict(),
        }

    @classmethod
    def from_dict(cls, given: Mapping[str, Any]) -> TimetableTravel:
        """The model that a dictionary of :meth:`to_dict` describes."""
        if set(given) != {"model", "rates", "timetable"}:
            raise FeedError("travel: a timetable has rates and a timetable and nothing else")
        timetable = Timetable.from_dict(given["timetable"])
        return cls(timetable, Rates.from_dict(given["rates"]))

    def journeys(self, market: Market, rows: Ints, cols: Ints) -> Journeys:
        """The journeys of pairs of a market; see :func:`matching.travel.journeys`."""
        best = Best.of(market, rows, cols)
        asked, guessed = np.zeros((2, len(rows)), dtype=bool)
        for mode, rate in self.rates.by_mode.items():
            at = best.open_to(market, mode)
            if mode in NETWORKS:
                runs = self._reaches(market, NETWORKS[mode], rows[at], cols[at])
                self._public(market, best, mode, at[runs], cols)
                asked[at[runs]] = True
                at = at[~runs]
            guessed[at] = True
            best.keep(mode, at, *straight_minutes(market, rate, cols[at], best.metres[at]))
        # That nothing runs is no estimate either, where the timetable alone was asked.
        best.estimate[(best.mode == NEVER) & asked & ~guessed] = False
        return best.journeys()

    def _reaches(self, market: Market, network: int, rows: Ints, cols: Ints) -> Bools:
        """Whether the timetable decides a pair: it has the network, reaches both, and has hours."""
        if not self.timetable.networks & network:
            return np.zeros(len(rows), dtype=bool)
        shifts = market.placements.kinds("shifts")
        has_shifts = np.array([bool(spans) for spans in shifts.values], dtype=bool)
        here = covered(market.homes, self.timetable)[rows]
        if len(rows):
            here &= (covered(market.sites, self.timetable) & has_shifts[shifts.codes])[cols]
        return here

    def _public(self, market: Market, best: Best, mode: str, at: Ints, cols: Ints) -> None:
        """Bus alone, train alone, or for those who use both also one after the other."""
        if mode == "bus":
            self._keep(market, best, mode, BUS, at, cols)
            return
        modes = market.candidates.kinds("modes")
        both = np.array(["bus" in some for some in modes.values], dtype=bool)
        either = at[:0] > 0
        if len(at):
            either = both[modes.codes[best.rows[at]]] & ("bus" in self.rates.by_mode)
        self._keep(market, best, mode, TRAIN, at[~either], cols)
        self._keep(market, best, mode, BUS | TRAIN, at[either], cols)

    def _keep(
        self, market: Market, best: Best, mode: str, networks: int, at: Ints, cols: Ints
    ) -> None:
        if len(at):
            there, back = self._minutes(market, networks, best.rows[at], cols[at])
            best.keep(mode, at, there, back, estimate=False)

    def _minutes(self, market: Market, networks: int, rows: Ints, cols: Ints) -> Tables:
        """Whole minutes of pairs; those of few places are searched for these alone."""
        key, few = self._key(market, networks), np.unique(cols)
        if key in self._kept or self._is_worth_keeping(market, len(few)):
            there, back = self._whole(market, networks, key)
            row_at, col_at = rows, cols
        else:
            some, row_at = np.unique(rows, return_inverse=True)
            there, back = self._search(market, networks, some, few)
            col_at = np.searchsorted(few, cols)
        seconds = there[row_at, col_at], back[row_at, col_at]
        minutes = [np.where(way == NEVER, NEVER, -(-way // 60)) for way in seconds]
        return minutes[0], minutes[1]

    def _is_worth_keeping(self, market: Market, n_asked: int) -> bool:
        """Whether to search for the whole market at once and keep what is found."""
        n, m = len(market.candidates), len(market.placements)
        return n * m <= CELLS and n_asked * FEW > m

    def _key(self, market: Market, networks: int) -> str:
        """The hash of all that a search depends on."""
        shifts = market.placements.kinds("shifts")
        seal = hashlib.blake2b(f"{networks}{shifts.values!r}".encode(), digest_size=16)
        for array in (market.homes, market.sites, shifts.codes):
            seal.update(str(array.shape).encode() + np.ascontiguousarray(array).tobytes())
        return seal.hexdigest()

    def _whole(self, market: Market, networks: int, key: str) -> Tables:
        """Seconds of all pairs, kept for the next time that the same places are asked about."""
        with self._lock:
            if key not in self._kept:
                every = np.arange(len(market.candidates)), np.arange(len(market.placements))
                found = self._search(market, networks, *every)
                while len(self._kept) >= KEPT:
                    del self._kept[next(iter(self._kept))]
                self._kept[key] = found
            return self._kept[key]

    def _search(self, market: Market, networks: int, rows: Ints, cols: Ints) -> Tables:
        shifts = market.placements.kinds("shifts")
        spans: list[Spans] = [shifts.values[shifts.codes[col]] for col in cols.tolist()]
        homes, sites = market.homes[rows], market.sites[cols]
        return travel_seconds(self.timetable, self.walk, homes, sites, spans, networks)
