"""Eligible pairs of a large straight-line market: journeys and limits in one compiled loop.

The same minutes as ``travel.StraightLine`` gives pair by pair; only where there are many.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from matching.columnar.columns import Ints
from matching.market import Market
from matching.records import MODES
from matching.sphere import angles, metres_between
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
        self.homes, self.sites = angles(market.homes), angles(market.sites)

    def kept(self, rows: Ints, cols: Ints) -> list[npt.NDArray[np.signedinteger]]:
        """Of these pairs, int32[E], those within the limit.

        ``rows, cols, there, back, metres`` int32 and ``mode`` int8, in this order.
        """
        from matching.columnar.kernel.ways import keep_within

        metres = np.rint(metres_between(self.homes, self.sites, rows, cols)).astype(np.int32)
        there, back, mode = np.empty_like(rows), np.empty_like(rows), np.empty(len(rows), np.int8)
        kept = keep_within(
            rows, cols, metres, self.limits, self.ways, self.shifts, self.rates, self.waits,
            there, back, mode,
        )  # fmt: skip
        return [column[:kept].copy() for column in (rows, cols, there, back, metres, mode)]
