"""Journeys: a market's model of travel asked for pairs, and the straight line that all rest on.

A straight line is great circle, detour, speed, waits, and the hours services run: an estimate,
and labelled so wherever it is shown. A journey that cannot be worked out is never 0 minutes: it
is unknown, and unknown is not eligible.
"""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from matching.canonical import sha256_of
from matching.errors import MarketError
from matching.market import Ints, Market
from matching.rates import QUIET_AFTER, QUIET_BEFORE, Rate, Rates
from matching.records import MODES, Spans
from matching.sphere import angles, great_circle_metres, metres_between

NEVER, UNBOUNDED = -1, 1_000_000
Bools = npt.NDArray[np.bool_]


@dataclasses.dataclass(frozen=True, slots=True)
class Journeys:
    """One entry a pair: ``there``, ``back`` and ``metres`` int64, -1 when there is no journey.

    ``mode`` is an index into ``MODES`` or -1. ``known`` is False where a home or site has no
    position; ``served`` is False where no way of travelling runs for every shift. ``estimate``
    is True where the minutes come from a straight line, False where from a timetable or a table.
    """

    there: Ints
    back: Ints
    metres: Ints
    mode: Ints
    known: Bools
    served: Bools
    estimate: Bools


def journeys(market: Market, rows: Ints, cols: Ints) -> Journeys:
    """The best single way of travelling for each pair, good for both journeys of every shift.

    Parameters
    ----------
    market : Market
        Its ``travel`` works them out; without one, a straight line with the engine's own rates.
    rows, cols : int64[E]
        Candidate and placement positions.

    Returns
    -------
    Journeys
        Minutes rounded up; of the ways open to the person, the one whose longer journey is
        shortest. With ``policy.travel='none'`` every journey is known, served and 0.

    Examples
    --------
    >>> import numpy as np
    >>> people = [{"id": "ann", "lat": 52.48, "lon": -1.9, "modes": ["walk"]}]
    >>> market = Market(people, [{"id": "shop", "lat": 52.49, "lon": -1.9}])
    >>> found = journeys(market, np.array([0]), np.array([0]))
    >>> found.there.tolist(), found.estimate.tolist()
    ([18], [True])
    """
    if market.policy.travel == "none" or market.travel is None:
        return straight_line(market, rows, cols)
    found: Journeys = market.travel.journeys(market, rows, cols)
    return found


def straight_line(market: Market, rows: Ints, cols: Ints) -> Journeys:
    """The journeys of pairs at the engine's own rates; all 0 where travel is not counted."""
    if market.policy.travel == "none":
        nothing = np.zeros(len(rows), dtype=np.int64)
        yes = np.ones(len(rows), dtype=bool)
        return Journeys(nothing, nothing, nothing, nothing - 1, yes, yes, ~yes)
    return STRAIGHT.journeys(market, rows, cols)


@dataclasses.dataclass(frozen=True)
class StraightLine:
    """Travel by straight line at the rates of a region.

    Examples
    --------
    >>> StraightLine().to_dict()["model"]
    'straight_line'
    """

    rates: Rates = dataclasses.field(default_factory=Rates)

    @functools.cached_property
    def sha256(self) -> str:
        """The hash of every rate."""
        return sha256_of(self.to_dict())

    def to_dict(self) -> dict[str, Any]:
        """The model as plain values."""
        return {"model": "straight_line", "rates": self.rates.to_dict()}

    @classmethod
    def from_dict(cls, given: Mapping[str, Any]) -> StraightLine:
        """The model that a dictionary of :meth:`to_dict` describes."""
        if set(given) != {"model", "rates"}:
            raise MarketError("travel: a straight line has rates and nothing else")
        return cls(Rates.from_dict(given["rates"]))

    def journeys(self, market: Market, rows: Ints, cols: Ints) -> Journeys:
        """The journeys of pairs of a market, all of them estimates."""
        best = Best.of(market, rows, cols)
        for mode, rate in self.rates.by_mode.items():
            at = best.open_to(market, mode)
            best.keep(mode, at, *straight_minutes(market, rate, cols[at], best.metres[at]))
        return best.journeys()


STRAIGHT = StraightLine()


@dataclasses.dataclass(slots=True)
class Best:
    """The best way found so far for each pair: ``longer`` of there and back decides."""

    rows: Ints
    metres: Ints
    longer: Ints
    there: Ints
    back: Ints
    mode: Ints
    estimate: Bools

    @classmethod
    def of(cls, market: Market, rows: Ints, cols: Ints) -> Best:
        """Nothing found yet for these pairs; metres -1 where a place is unknown."""
        homes, sites = market.homes, market.sites
        if len(rows) > len(homes) + len(sites):
            distance = metres_between(angles(homes), angles(sites), rows, cols)
        else:
            distance = great_circle_metres(homes[rows], sites[cols])
        metres = np.where(np.isnan(distance), NEVER, np.rint(distance)).astype(np.int64)
        longer, there, back, mode = np.full((4, len(rows)), NEVER, dtype=np.int64)
        return cls(rows, metres, longer, there, back, mode, np.ones(len(rows), dtype=bool))

    def open_to(self, market: Market, mode: str) -> Ints:
        """Which pairs have known places and a person who travels this way."""
        modes = market.candidates.kinds("modes")
        has = np.array([mode in some for some in modes.values], dtype=bool)
        if not len(has):
            return np.zeros(0, dtype=np.int64)
        return np.flatnonzero((self.metres >= 0) & has[modes.codes[self.rows]])

    def keep(self, mode: str, at: Ints, there: Ints, back: Ints, estimate: bool = True) -> None:
        """Take one way's minutes (-1 for no journey) where they beat what is there.

        Of two ways as long as each other the one named first in ``MODES`` stays.
        """
        index, longer = MODES.index(mode), np.maximum(there, back)
        now, by = self.longer[at], self.mode[at]
        better = (there >= 0) & (back >= 0)
        better &= (by == NEVER) | (longer < now) | ((longer == now) & (index < by))
        chosen = at[better]
        self.longer[chosen], self.mode[chosen] = longer[better], index
        self.there[chosen], self.back[chosen] = there[better], back[better]
        self.estimate[chosen] = estimate

    def journeys(self) -> Journeys:
        """The journeys found."""
        return Journeys(
            self.there,
            self.back,
            self.metres,
            self.mode,
            self.metres >= 0,
            self.mode >= 0,
            self.estimate,
        )


def straight_minutes(market: Market, rate: Rate, cols: Ints, metres: Ints) -> tuple[Ints, Ints]:
    """Minutes there and back by one way over a straight line, -1 where it does not run."""
    shifts = market.placements.kinds("shifts")
    shape = np.array([service(rate, spans) for spans in shifts.values], dtype=np.int64)
    codes = shifts.codes[cols]
    # Most ways wait the same for every shift: then one number does for all pairs.
    one, other, longest, longest_back = (
        line[0] if len(line) and (line == line[0]).all() else line[codes]
        for line in shape.reshape(-1, 4).T
    )
    ride = -(-metres * rate.detour * 60 // (rate.speed * 100)) + rate.access
    there, back = ride + one, ride + other
    runs = (there <= longest) & (back <= longest_back)
    return np.where(runs, there, NEVER), np.where(runs, back, NEVER)


def service(rate: Rate, shifts: Spans) -> tuple[int, int, int, int]:
    """Waits there and back, then the longest journeys there and back that the service allows.

    Examples
    --------
    >>> service(Rates().by_mode["bus"], ((0, 1080, 1380),))
    (6, 12, 780, 30)
    """
    waits, longest = [rate.wait, rate.wait], [UNBOUNDED, UNBOUNDED]
    for weekday, start, end in shifts:
        for way, moment in ((0, start), (1, end)):
            minute, day = moment % 1440, (weekday + moment // 1440) % 7
            if minute < QUIET_BEFORE or minute >= QUIET_AFTER:
                waits[way] = max(waits[way], rate.quiet_wait)
            first, last = rate.hours[day]
            if (first, last) != (0, 2880):
                room = (minute - first) if way == 0 else (last - minute)
                running = first <= minute <= last
                longest[way] = min(longest[way], room if running else NEVER)
    return waits[0], waits[1], longest[0], longest[1]
