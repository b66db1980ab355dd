"""Eligible pairs of a large straight-line market: journeys and limits in one compiled loop.

The same minutes as ``travel.StraightLine`` gives pair by pair; only where there are many.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from matching.columnar.columns import Floats, Ints
from matching.market import Market
from matching.rates import EARTH_METRES
from matching.records import MODES
from matching.travel import STRAIGHT, service


class StraightPairs:
    """A market's ways of travelling as tables, ready for one array of pairs after another."""

    def __init__(self, market: Market) -> None:
        ways = (market.travel or STRAIGHT).rates.by_mode
        kinds, shifts = market.candidates.kinds("modes"), market.placements.kinds("shifts")
        bits = [sum((mode in some) << at for at, mode in enumerate(ways)) for some in kinds.values]
        self.ways = np.array(bits, dtype=np.int32)[kinds.codes]
        self.limits, self.shifts = market.candidates.wholes("max_minutes"), shifts.codes
        self.rates = np.array(
            [(MODES.index(m), r.detour, r.speed, r.access) for m, r in ways.items()], dtype=np.int64
        ).reshape(-1, 4)
        waits = [[service(rate, spans) for spans in shifts.values] for rate in ways.values()]
        self.waits = np.array(waits, dtype=np.int64).reshape(len(ways), -1, 4)
        self.homes, self.sites = _angles(market.homes), _angles(market.sites)

    def kept(self, rows: Ints, cols: Ints) -> list[npt.NDArray[np.signedinteger]]:
        """Of these pairs, int32[E], those within the limit.

        ``rows, cols, there, back, metres`` int32 and ``mode`` int8, in this order.
        """
        from matching.columnar.kernel.ways import keep_within

        metres = np.rint(self._metres(rows, cols)).astype(np.int32)
        there, back, mode = np.empty_like(rows), np.empty_like(rows), np.empty(len(rows), np.int8)
        kept = keep_within(
            rows, cols, metres, self.limits, self.ways, self.shifts, self.rates, self.waits,
            there, back, mode,
        )  # fmt: skip
        return [column[:kept].copy() for column in (rows, cols, there, back, metres, mode)]

    def _metres(self, rows: Ints, cols: Ints) -> Floats:
        """Metres along the great circle, in the steps of ``sphere.great_circle_metres``."""
        halves = []
        for home, site in zip(self.homes[:2], self.sites[:2], strict=True):
            half = site[cols]
            half -= home[rows]
            half /= 2
            np.sin(half, out=half)
            halves.append(np.square(half, out=half))
        chord = self.homes[2][rows]
        chord *= self.sites[2][cols]
        chord *= halves[1]
        chord += halves[0]
        np.sqrt(np.minimum(chord, 1.0, out=chord), out=chord)
        metres: Floats = np.arcsin(chord, out=chord)
        metres *= 2 * EARTH_METRES
        return metres


def _angles(points: Floats) -> tuple[Floats, Floats, Floats]:
    """Latitude and longitude in radians and the cosine of the latitude."""
    lat, lon = (np.ascontiguousarray(np.radians(points[:, at])) for at in (0, 1))
    return lat, lon, np.cos(lat)
