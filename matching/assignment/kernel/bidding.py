"""A quick start from prices of 0: bidders outbid one another as far as exact prices allow.

The augmenting row reduction of Jonker and Volgenant, doi:10.1007/BF02278710: whoever bids pays
what makes the next best as good, so reduced costs stay exact; who ties with a holder waits.
"""

from __future__ import annotations

import numpy as np

from matching.assignment.kernel.compiling import Ints, Ints32, compiled
from matching.assignment.kernel.paths import FAR


@compiled
def outbid(
    ptr: Ints, packed: Ints, bits: int, units: Ints32, slot_ptr: Ints, filled: Ints32,
    owner: Ints32, w: Ints, q: Ints, most_bids: int,
) -> int:  # fmt: skip
    """Place units by exact bids, at most so many; ``units`` keeps those that wait."""
    n = len(units)
    mask = (np.int64(1) << bits) - 1
    queue = np.empty(n + 1, np.int32)
    queued = units > 0
    head, count = 0, 0
    for b in range(n):
        if units[b] > 0:
            queue[count] = b
            count += 1
    bids = 0
    while count > 0 and bids < most_bids:
        b = queue[head]
        head = head + 1 if head < n else 0
        count -= 1
        queued[b] = False
        while units[b] > 0 and bids < most_bids:
            bids += 1
            best, first, second, other = -1, FAR, FAR, -1
            e = ptr[b]
            while e < ptr[b + 1]:
                cost = packed[e] >> bits
                if cost >= second:
                    break
                o = packed[e] & mask
                e += 1
                value = cost + q[o]
                if value < second and o != best:
                    one = slot_ptr[o + 1] - slot_ptr[o] == 1
                    if not (one and filled[o] == 1 and owner[slot_ptr[o]] == b):
                        if value < first:
                            first, second, best, other = value, first, o, best
                        else:
                            second, other = value, o
            if second == FAR:
                break
            room = slot_ptr[best + 1] - slot_ptr[best]
            if filled[best] == room and (room > 1 or first == second):
                if first == second and filled[other] < slot_ptr[other + 1] - slot_ptr[other]:
                    best = other
                    room = slot_ptr[best + 1] - slot_ptr[best]
                else:
                    break
            if room > 1:
                second = first
            old = w[b]
            w[b] = second
            if filled[best] < room:
                owner[slot_ptr[best] + filled[best]] = b
                filled[best] += 1
            else:
                loser = owner[slot_ptr[best]]
                owner[slot_ptr[best]] = b
                units[loser] += 1
                if not queued[loser] and loser != b:
                    queued[loser] = True
                    tail = head + count
                    queue[tail if tail <= n else tail - n - 1] = loser
                    count += 1
            q[best] += second - first
            units[b] -= 1
            if second > old:
                lift_own(ptr, packed, bits, slot_ptr, filled, owner, q, b, old, second)
    return bids


@compiled
def lift_own(
    ptr: Ints, packed: Ints, bits: int, slot_ptr: Ints, filled: Ints32, owner: Ints32, q: Ints,
    b: int, old: np.int64, new: np.int64,
) -> None:  # fmt: skip
    """One price for all units of a bidder: raise what it already holds to the new one."""
    mask = (np.int64(1) << bits) - 1
    for e in range(ptr[b], ptr[b + 1]):
        cost = packed[e] >> bits
        if cost > old:
            return
        o = packed[e] & mask
        if (
            cost + q[o] == old
            and filled[o] == 1
            and slot_ptr[o + 1] - slot_ptr[o] == 1
            and owner[slot_ptr[o]] == b
        ):
            q[o] += new - old
