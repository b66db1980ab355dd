"""Lower the prices of free seats to 0, by shortest paths backwards from each such seat.

The reverse half of an asymmetric assignment (Bertsekas and Castañon, doi:10.1007/BF00249642),
here by exact paths: a free seat that still carries a price gets cheaper until somebody moves to it
or nothing is left of the price; whoever moves leaves a seat that gets cheaper in turn.
"""

from __future__ import annotations

import numpy as np

from matching.assignment.kernel.compiling import Ints, Ints32, compiled
from matching.assignment.kernel.heap import drop, grown, grown32, push


@compiled
def give_back(
    ptr: Ints, packed: Ints, bits: int, n: int, slot_ptr: Ints, filled: Ints32, owner: Ints32,
    w: Ints, q: Ints,
) -> int:  # fmt: skip
    """Bring every free seat to price 0; edges are laid out by object here. Edges looked at."""
    m = len(filled)
    seat_start, seat_at = seats_of(n, slot_ptr, filled, owner)
    dist, pred, seen = np.empty(m, np.int64), np.empty(m, np.int64), np.zeros(m, np.int32)
    reach, to, met = np.empty(n, np.int64), np.empty(n, np.int32), np.zeros(n, np.int32)
    touched_o, touched_b = np.empty(m, np.int32), np.empty(n, np.int32)
    keys, items = np.empty(1024, np.int64), np.empty(1024, np.int32)
    looks, stamp = 0, 0
    f = 0
    while f < m:
        if q[f] == 0 or filled[f] == slot_ptr[f + 1] - slot_ptr[f]:
            f += 1
            continue
        stamp += 1
        best, more = search_back(
            ptr, packed, bits, f, w, q, seat_start, seat_at, dist, pred, seen, reach, to, met,
            touched_o, touched_b, keys, items, stamp,
        )  # fmt: skip
        looks += more
        if best < 0:
            keys, items = grown(keys), grown32(items)
            continue
        move_back(f, best, slot_ptr, filled, owner, pred, to, seat_start, seat_at)
    return looks


@compiled
def search_back(
    ptr: Ints, packed: Ints, bits: int, f: int, w: Ints, q: Ints, seat_start: Ints,
    seat_at: Ints32, dist: Ints, pred: Ints, seen: Ints32, reach: Ints, to: Ints32, met: Ints32,
    touched_o: Ints32, touched_b: Ints32, keys: Ints, items: Ints32, stamp: int,
) -> tuple[int, int]:  # fmt: skip
    """The object that ends the cheapest path to ``f``, prices moved, and edges looked at.

    The object is -1, and nothing has changed, where the heap has no room for all.
    """
    mask = (np.int64(1) << bits) - 1
    bound, best, looks, room = q[f], f, 0, len(keys)
    seen[f], dist[f] = stamp, 0
    n_o, n_b = 0, 0
    size = push(keys, items, 0, 0, f)
    while size > 0:
        far, o = keys[0], items[0]
        size = drop(keys, items, size)
        if far >= bound:
            break
        if far != dist[o]:
            continue
        touched_o[n_o] = o
        n_o += 1
        base = far + q[o]
        for e in range(ptr[o], ptr[o + 1]):
            looks += 1
            b = packed[e] & mask
            ahead = base + (packed[e] >> bits) - w[b]
            if ahead >= bound or (met[b] == stamp and reach[b] <= ahead):
                continue
            if met[b] != stamp:
                touched_b[n_b] = b
                n_b += 1
            met[b], reach[b], to[b] = stamp, ahead, o
            for i in range(seat_start[b], seat_start[b + 1]):
                left = seat_at[i]
                if seen[left] != stamp or ahead < dist[left]:
                    seen[left], dist[left], pred[left] = stamp, ahead, i
                    if ahead + q[left] < bound:
                        bound, best = ahead + q[left], left
                    if size == room:
                        return -1, looks
                    size = push(keys, items, size, ahead, left)
    for i in range(n_o):
        q[touched_o[i]] -= max(bound - dist[touched_o[i]], 0)
    for i in range(n_b):
        w[touched_b[i]] -= max(bound - reach[touched_b[i]], 0)
    return best, looks


@compiled
def seats_of(n: int, slot_ptr: Ints, filled: Ints32, owner: Ints32) -> tuple[Ints, Ints32]:
    """The objects that each bidder holds, laid out by bidder."""
    start = np.zeros(n + 1, np.int64)
    for o in range(len(filled)):
        for slot in range(slot_ptr[o], slot_ptr[o] + filled[o]):
            start[owner[slot] + 1] += 1
    for b in range(n):
        start[b + 1] += start[b]
    fill = start[:n].copy()
    at = np.empty(start[n], np.int32)
    for o in range(len(filled)):
        for slot in range(slot_ptr[o], slot_ptr[o] + filled[o]):
            at[fill[owner[slot]]] = o
            fill[owner[slot]] += 1
    return start, at


@compiled
def move_back(
    f: int, best: int, slot_ptr: Ints, filled: Ints32, owner: Ints32, pred: Ints, to: Ints32,
    seat_start: Ints, seat_at: Ints32,
) -> None:  # fmt: skip
    """Everyone on the path moves one object towards ``f``; a seat of ``best`` becomes free."""
    o, enters = best, -1
    while o != f:
        b = np.searchsorted(seat_start, pred[o], side="right") - 1
        seat_at[pred[o]] = to[b]
        slot = slot_ptr[o]
        while owner[slot] != b:
            slot += 1
        if enters < 0:
            filled[o] -= 1
            owner[slot] = owner[slot_ptr[o] + filled[o]]
            owner[slot_ptr[o] + filled[o]] = -1
        else:
            owner[slot] = enters
        enters, o = b, to[b]
    if enters >= 0:
        owner[slot_ptr[f] + filled[f]] = enters
        filled[f] += 1
