"""Travel by straight line: great circle, detour, speed, waits, and the hours services run.

An estimate, and labelled so wherever it is shown. A journey that cannot be estimated is never 0
minutes: it is unknown, and unknown is not eligible.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from matching.market import Floats, Ints, Market
from matching.rates import EARTH_METRES, QUIET_AFTER, QUIET_BEFORE, RATES, Rate
from matching.records import MODES, Placement

NEVER = -1


@dataclasses.dataclass(frozen=True, slots=True)
class Journeys:
    """One entry a pair: ``there``, ``back`` and ``metres`` int64, -1 when there is no journey.

    ``mode`` is an index into ``MODES`` or -1. ``known`` is False where a home or site has no
    position; ``served`` is False where no way of travelling runs for every shift.
    """

    there: Ints
    back: Ints
    metres: Ints
    mode: Ints
    known: npt.NDArray[np.bool_]
    served: npt.NDArray[np.bool_]


def great_circle_metres(homes: Floats, sites: Floats) -> Floats:
    """Metres along a great circle between paired points, NaN where a point is unknown.

    Examples
    --------
    >>> import numpy as np
    >>> one = great_circle_metres(np.array([[52.0, -1.9]]), np.array([[53.0, -1.9]]))
    >>> round(float(one[0]) / 1000)
    111
    """
    a, b = np.radians(homes), np.radians(sites)
    half = np.sin((b - a) / 2) ** 2
    chord = half[:, 0] + np.cos(a[:, 0]) * np.cos(b[:, 0]) * half[:, 1]
    metres: Floats = 2 * EARTH_METRES * np.arcsin(np.sqrt(np.minimum(chord, 1.0)))
    return metres


def straight_line(market: Market, rows: Ints, cols: Ints) -> Journeys:
    """The best single way of travelling for each pair, good for both journeys of every shift.

    Parameters
    ----------
    market : Market
    rows, cols : int64[E]
        Candidate and placement positions.

    Returns
    -------
    Journeys
        Minutes rounded up; of the ways open to the person, the one whose longer journey is
        shortest. With ``travel='none'`` every journey is known, served and 0.
    """
    if market.policy.travel == "none":
        nothing = np.zeros(len(rows), dtype=np.int64)
        yes = np.ones(len(rows), dtype=bool)
        return Journeys(nothing, nothing, nothing, nothing - 1, yes, yes)
    distance = great_circle_metres(market.homes[rows], market.sites[cols])
    known = ~np.isnan(distance)
    metres = np.where(known, np.rint(distance), NEVER).astype(np.int64)
    best = np.full((4, len(rows)), NEVER, dtype=np.int64)
    for index, name in enumerate(MODES):
        has = np.array([name in c.modes for c in market.candidates], dtype=bool)
        open_to = np.flatnonzero(known & has[rows])
        _keep_best(best, index, market.placements, open_to, cols[open_to], metres[open_to])
    return Journeys(best[1], best[2], metres, best[3], known, best[3] >= 0)


def _keep_best(
    best: Ints,
    index: int,
    placements: Sequence[Placement],
    at: Ints,
    cols: Ints,
    metres: Ints,
) -> None:
    """Put one mode's journeys where they run and beat what is there (longer, there, back, mode)."""
    rate = RATES[MODES[index]]
    shape = np.array([service(rate, p) for p in placements], dtype=np.int64).reshape(-1, 4)
    ride = -(-metres * rate.detour * 60 // (rate.speed * 100)) + rate.access
    there, back = ride + shape[cols, 0], ride + shape[cols, 1]
    longer = np.maximum(there, back)
    runs = (there <= shape[cols, 2]) & (back <= shape[cols, 3])
    better = runs & ((best[0, at] == NEVER) | (longer < best[0, at]))
    chosen = at[better]
    best[0, chosen], best[1, chosen] = longer[better], there[better]
    best[2, chosen], best[3, chosen] = back[better], index


def service(rate: Rate, placement: Placement) -> tuple[int, int, int, int]:
    """Waits there and back, then the longest journeys there and back that the service allows.

    Examples
    --------
    >>> from matching.records import Placement
    >>> service(RATES["bus"], Placement("bar", shifts=((0, 1080, 1380),)))
    (6, 12, 780, 30)
    """
    waits, longest = [rate.wait, rate.wait], [2880, 2880]
    for weekday, start, end in placement.shifts:
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
