"""Shortest paths where few bidders hold many objects each: a path leads from bidder to bidder.

What a bidder pays for an object it holds is the same for all it holds, so the price of a held
object follows from its holder and is not kept. A search then has as many nodes as there are
bidders, and those objects that a bidder holds itself cost it one look and no more.
"""

from __future__ import annotations

import numpy as np

from matching.assignment.kernel.compiling import Ints, Ints32, compiled
from matching.assignment.kernel.paths import FAR

# Of a bidder: what it pays, its distance, and the object, its cost and the bidder on the way to it.
PAYS, DIST, VIA, COST, PRED = 0, 1, 2, 3, 4


@compiled
def fill_crowds(
    ptr: Ints, packed: Ints, bits: int, units: Ints32, slot_ptr: Ints, filled: Ints32,
    owner: Ints32, w: Ints, q: Ints,
) -> int:  # fmt: skip
    """Give every unit of every bidder an object of one seat; how many bidders found none.

    Takes and leaves what ``paths.fill_part`` does; objects without a holder must cost nothing.
    """
    n, m = len(units), len(filled)
    mask = (np.int64(1) << bits) - 1
    bidders = np.empty((n, 5), np.int64)
    holder, held = np.full(m, -1, np.int32), np.zeros(m, np.int64)
    for o in range(m):
        if filled[o] > 0:
            holder[o] = owner[slot_ptr[o]]
            held[o] = w[holder[o]] - q[o]
    for b in range(n):
        bidders[b, PAYS], bidders[b, DIST] = w[b], FAR
    tree = np.empty(n, np.int32)
    for b in range(n):
        while units[b] > 0:
            found, last = find_crowd(ptr, packed, bits, b, bidders, holder, held, tree)
            if found < 0:
                return n - b
            o, cost, to = packed[found] & mask, packed[found] >> bits, last
            while True:
                holder[o], held[o] = to, cost
                if to == b:
                    break
                o, cost, to = bidders[to, VIA], bidders[to, COST], bidders[to, PRED]
            units[b] -= 1
    w[:] = bidders[:, PAYS]
    for o in range(m):
        if holder[o] >= 0:
            owner[slot_ptr[o]], filled[o] = holder[o], 1
            q[o] = w[holder[o]] - held[o]
    return 0


@compiled
def find_crowd(
    ptr: Ints, packed: Ints, bits: int, source: int, bidders: Ints, holder: Ints32, held: Ints,
    tree: Ints32,
) -> tuple[int, int]:  # fmt: skip
    """The edge to the nearest object that nobody holds and the bidder it is of, or -1.

    ``tree`` holds the bidders reached, those scanned first; the nearest of the rest is next.
    """
    mask = (np.int64(1) << bits) - 1
    bound, found, last = FAR, -1, -1
    tree[0], bidders[source, DIST] = source, 0
    done, reached = 0, 1
    while done < reached:
        nearest = done
        for i in range(done + 1, reached):
            if bidders[tree[i], DIST] < bidders[tree[nearest], DIST]:
                nearest = i
        b = tree[nearest]
        if bidders[b, DIST] >= bound:
            break
        tree[nearest], tree[done] = tree[done], b
        done += 1
        base = bidders[b, DIST] - bidders[b, PAYS]
        for e in range(ptr[b], ptr[b + 1]):
            far = (packed[e] >> bits) + base
            if far >= bound:
                break
            o = packed[e] & mask
            c = holder[o]
            if c == b:
                continue
            if c < 0:
                bound, found, last = far, e, b
                break
            far += bidders[c, PAYS] - held[o]
            if far < bidders[c, DIST] and far < bound:
                if bidders[c, DIST] == FAR:
                    tree[reached] = c
                    reached += 1
                bidders[c, DIST], bidders[c, PRED] = far, b
                bidders[c, VIA], bidders[c, COST] = o, packed[e] >> bits
    for i in range(reached):
        b = tree[i]
        if found >= 0 and i < done:
            bidders[b, PAYS] += bound - bidders[b, DIST]
        bidders[b, DIST] = FAR
    return found, last
