"""The best way of travelling for each of many pairs over straight lines, as one compiled loop."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from matching.assignment.kernel.compiling import compiled
from matching.columnar.columns import Ints

Ints32 = npt.NDArray[np.int32]


@compiled
def keep_within(
    rows: Ints32, cols: Ints32, metres: Ints32, limits: Ints, ways: Ints32, shifts: Ints32,
    rates: Ints, waits: Ints, there: Ints32, back: Ints32, modes: npt.NDArray[np.int8],
) -> int:  # fmt: skip
    """Keep the pairs whose best way is within the limit, moved up in place; how many there are.

    ``ways`` are bits a person by line of ``rates``; a line holds the index of the way, its detour,
    its speed, and the minutes to reach it. ``waits`` [way, shifts, 4] are the waits there and
    back, and the longest journeys that the service allows. Of equal ways the least index stays.
    """
    kept = 0
    for e in range(len(rows)):
        row, col = rows[e], cols[e]
        best, which, out, home = np.int64(1 << 62), np.int64(99), np.int64(-1), np.int64(-1)
        for way in range(len(rates)):
            if not ways[row] >> way & 1:
                continue
            index, detour, speed, access = rates[way]
            ride = -(-metres[e] * detour * 60 // (speed * 100)) + access
            wait = waits[way, shifts[col]]
            one, other = ride + wait[0], ride + wait[1]
            longer = max(one, other)
            shorter = longer < best or (longer == best and index < which)
            if shorter and one <= wait[2] and other <= wait[3]:
                best, which, out, home = longer, index, one, other
        if best <= limits[row]:
            rows[kept], cols[kept], metres[kept] = row, col, metres[e]
            there[kept], back[kept], modes[kept] = out, home, which
            kept += 1
    return kept
