"""Shortest augmenting paths from bidders to free seats of objects, in two gears.

Tomizawa, doi:10.1002/net.3230010206, and Edmonds and Karp, doi:10.1145/321694.321699: every
step keeps all reduced costs at 0 or above and those in use at 0. *Batch* searches from all free
bidders at once and then fills every chain of reduced cost 0; *single* searches from one. Whichever
looked at fewer edges for each unit placed goes on, the other is tried again now and then.
"""

from __future__ import annotations

import numpy as np

from matching.assignment.kernel.compiling import Ints, Ints32, compiled
from matching.assignment.kernel.heap import drop, grown, grown32, push
from matching.assignment.kernel.tight import fill_tight, shift_along

FAR = np.int64(2**62)
# What a search reads of an object, and of a bidder, shares one line of the cache.
PRICE, DIST, ROOM, PRED = 0, 1, 2, 3
VALUE, REACH, VIA, HELD, MET, BEGIN, END, FIELDS = 0, 1, 2, 3, 4, 5, 6, 8
FEW = 8
SINGLES = 16
CROWDED = -2


@compiled
def least_values(ptr: Ints, packed: Ints, bits: int, q: Ints, w: Ints) -> None:
    """The largest price of each bidder: the least of cost and price over its edges."""
    mask = (np.int64(1) << bits) - 1
    for b in range(len(w)):
        w[b] = 0 if ptr[b] == ptr[b + 1] else FAR
        for e in range(ptr[b], ptr[b + 1]):
            cost = packed[e] >> bits
            if cost >= w[b]:
                break
            w[b] = min(w[b], cost + q[packed[e] & mask])


@compiled
def fill_part(
    ptr: Ints, packed: Ints, bits: int, units: Ints32, slot_ptr: Ints, filled: Ints32,
    owner: Ints32, w: Ints, q: Ints,
) -> int:  # fmt: skip
    """Give every unit of every bidder a seat, at least total cost; how many found none.

    ``units`` are those still to place, ``w`` and ``q`` the prices of bidders and objects, with
    ``w <= cost + q`` on every edge and equality where ``owner`` holds a bidder; all change here.
    """
    n, m = len(units), len(filled)
    objects, bidders = np.empty((m, 4), np.int64), np.zeros((n, FIELDS), np.int64)
    for o in range(m):
        objects[o, PRICE], objects[o, DIST], objects[o, PRED] = q[o], FAR, -1
        objects[o, ROOM] = slot_ptr[o + 1] - slot_ptr[o] - filled[o]
    for b in range(n):
        bidders[b, VALUE], bidders[b, BEGIN], bidders[b, END] = w[b], ptr[b], ptr[b + 1]
    tree, touched = np.empty(n, np.int32), np.empty(m, np.int32)
    stack = np.empty(max(n, m) + 1, np.int32)
    keys, items = np.empty(1024, np.int64), np.empty(1024, np.int32)
    waiting = np.flatnonzero(units > 0).astype(np.int32)
    seen, open_now = np.zeros(m, np.int32), np.zeros(n, np.bool_)
    left, stamp, _ = fill_tight(
        packed, bits, units, slot_ptr, owner, bidders, objects, waiting, len(waiting), seen,
        open_now, stack, 0,
    )  # fmt: skip
    single_rate, batch_rate, since, last = 0.0, 0.0, 0, 0
    while left > 0:
        batch = left >= FEW and (batch_rate <= single_rate or since > 4 * last)
        sources = waiting[:left] if batch else waiting[left - 1 : left]
        stamp += 1
        found, looks = search(
            packed, bits, slot_ptr, owner, bidders, objects, sources, stamp, tree, touched, stack,
            keys, items,
        )  # fmt: skip
        if found == CROWDED:
            keys, items = grown(keys), grown32(items)
            continue
        if found < 0:
            return left
        if batch:
            before = units_left(waiting, left, units)
            left, stamp, more = fill_tight(
                packed, bits, units, slot_ptr, owner, bidders, objects, waiting, left, seen,
                open_now, stack, stamp,
            )  # fmt: skip
            since, last = 0, looks + more
            batch_rate = last / (before - units_left(waiting, left, units))
        else:
            b = waiting[left - 1]
            shift_along(b, found, slot_ptr, owner, objects, bidders)
            units[b] -= 1
            left -= units[b] == 0
            since += looks
            single_rate += (looks - single_rate) / SINGLES
    w[:] = bidders[:, VALUE]
    for o in range(m):
        q[o] = objects[o, PRICE]
        filled[o] = slot_ptr[o + 1] - slot_ptr[o] - objects[o, ROOM]
    return 0


@compiled
def units_left(waiting: Ints32, left: int, units: Ints32) -> int:
    """Units that the waiting bidders still have to place."""
    total = 0
    for i in range(left):
        total += units[waiting[i]]
    return total


@compiled
def search(
    packed: Ints, bits: int, slot_ptr: Ints, owner: Ints32, bidders: Ints, objects: Ints,
    sources: Ints32, stamp: int, tree: Ints32, touched: Ints32, stack: Ints32, keys: Ints,
    items: Ints32,
) -> tuple[int, int]:  # fmt: skip
    """Dijkstra from the sources to the nearest free seat; prices move by what it learns.

    Returns the object found and edges looked at: -1 where there is none, ``CROWDED`` where the
    heap has no room for all; then nothing has changed. The heap does not grow in here: numba
    counts the uses of an array that a loop may replace at every look, half of all the time.
    """
    mask = (np.int64(1) << bits) - 1
    n_tree, n_touched, looks, size, top = 0, 0, 0, 0, 0
    bound, found, room = FAR, -1, len(keys)
    for b in sources:
        bidders[b, MET], bidders[b, REACH], bidders[b, VIA] = stamp, 0, -1
        tree[n_tree] = b
        n_tree += 1
    scanned = 0
    while True:
        while scanned < n_tree:
            b = tree[scanned]
            scanned += 1
            reach = bidders[b, REACH]
            base = reach - bidders[b, VALUE]
            begin, end = bidders[b, BEGIN], bidders[b, END]
            e = begin
            while e < end:
                far = (packed[e] >> bits) + base
                if far >= bound:
                    break
                o = packed[e] & mask
                e += 1
                far += objects[o, PRICE]
                if far < bound and far < objects[o, DIST]:
                    if objects[o, DIST] == FAR:
                        touched[n_touched] = o
                        n_touched += 1
                    objects[o, DIST], objects[o, PRED] = far, b
                    if objects[o, ROOM] > 0:
                        bound, found = far, o
                    elif far == reach:
                        stack[top] = o
                        top += 1
                    else:
                        if size < room:
                            push(keys, items, size, far, o)
                        size += 1
            looks += e - begin
        if size > room:
            found = CROWDED
            break
        o = -1
        if top > 0:
            top -= 1
            o = stack[top]
        else:
            while size > 0 and keys[0] < bound:
                far, o = keys[0], items[0]
                size = drop(keys, items, size)
                if far == objects[o, DIST]:
                    break
                o = -1
        if o < 0 or objects[o, DIST] >= bound:
            break
        for slot in range(slot_ptr[o], slot_ptr[o + 1]):
            b = owner[slot]
            if b >= 0 and bidders[b, MET] != stamp:
                bidders[b, MET], bidders[b, REACH] = stamp, objects[o, DIST]
                bidders[b, VIA], bidders[b, HELD] = slot, o
                tree[n_tree] = b
                n_tree += 1
    for i in range(n_touched):
        o = touched[i]
        if found >= 0:
            objects[o, PRICE] += max(bound - objects[o, DIST], 0)
        objects[o, DIST] = FAR
    if found >= 0:
        for i in range(n_tree):
            bidders[tree[i], VALUE] += bound - bidders[tree[i], REACH]
    return found, looks
