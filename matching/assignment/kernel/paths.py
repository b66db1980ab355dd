"""Shortest augmenting paths from bidders to free seats of objects, in two gears.

Tomizawa, doi:10.1002/net.3230010206, and Edmonds and Karp, doi:10.1145/321694.321699: every
step keeps all reduced costs at 0 or above and those in use at 0. *Batch* searches from all free
bidders at once and then fills every chain of reduced cost 0; *single* searches from one. Whichever
looked at fewer edges for each unit placed goes on, the other is tried again now and then.
"""

from __future__ import annotations

import numpy as np

from matching.assignment.kernel.compiling import Bools, Ints, Ints32, compiled
from matching.assignment.kernel.heap import drop, push

FAR = np.int64(2**62)


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
    space = max(n, m) + 1
    dist, pred, seen = np.empty(m, np.int64), np.empty(m, np.int32), np.zeros(m, np.int32)
    reach, via, met = np.empty(n, np.int64), np.empty(n, np.int64), np.zeros(n, np.int32)
    held, open_now = np.empty(n, np.int32), np.zeros(n, np.bool_)
    tree_b, tree_o = np.empty(n, np.int32), np.empty(m, np.int32)
    stack = np.empty(space, np.int32)
    cursor = np.empty(n, np.int64)
    keys, items = np.empty(1024, np.int64), np.empty(1024, np.int32)
    waiting = np.flatnonzero(units > 0).astype(np.int32)
    left, stamp = len(waiting), 1
    placed, looks = fill_tight(
        ptr, packed, bits, units, slot_ptr, filled, owner, w, q, waiting, left, pred, seen, via,
        held, met, open_now, stamp, stack, cursor,
    )  # fmt: skip
    left = compact(waiting, left, units)
    single_rate, batch_rate = 0.0, 0.0
    since, last_batch = 0, 0
    while left > 0:
        if left >= 8 and (batch_rate <= single_rate or since > 4 * last_batch):
            stamp += 1
            found, looks, keys, items = search(
                ptr, packed, bits, units, slot_ptr, filled, owner, w, q, waiting, left, dist,
                pred, seen, reach, via, held, met, stamp, tree_b, tree_o, stack, keys, items,
            )  # fmt: skip
            if found < 0:
                return left
            stamp += 1
            placed, more = fill_tight(
                ptr, packed, bits, units, slot_ptr, filled, owner, w, q, waiting, left, pred,
                seen, via, held, met, open_now, stamp, stack, cursor,
            )  # fmt: skip
            since, last_batch = 0, looks + more
            batch_rate = last_batch / max(placed, 1)
            left = compact(waiting, left, units)
        else:
            tried, looks = min(left, 16), 0
            for _ in range(tried):
                b = waiting[left - 1]
                stamp += 1
                found, more, keys, items = search(
                    ptr, packed, bits, units, slot_ptr, filled, owner, w, q,
                    waiting[left - 1 : left], 1, dist, pred, seen, reach, via, held,
                    met, stamp, tree_b, tree_o, stack, keys, items,
                )  # fmt: skip
                if found < 0:
                    return left
                augment(b, found, slot_ptr, filled, owner, pred, via, held)
                units[b] -= 1
                looks += more
                if units[b] == 0:
                    left -= 1
            single_rate = looks / tried
            since += looks
    return 0


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
def compact(waiting: Ints32, left: int, units: Ints32) -> int:
    """Keep the bidders with units to place, in their order."""
    kept = 0
    for i in range(left):
        if units[waiting[i]] > 0:
            waiting[kept] = waiting[i]
            kept += 1
    return kept


@compiled
def augment(
    source: int, target: int, slot_ptr: Ints, filled: Ints32, owner: Ints32, pred: Ints32,
    via: Ints, held: Ints32,
) -> None:  # fmt: skip
    """Move every bidder on the path one object on, up to the free seat of ``target``."""
    slot = slot_ptr[target] + filled[target]
    filled[target] += 1
    b = pred[target]
    while b != source:
        owner[slot] = b
        slot = via[b]
        b = pred[held[b]]
    owner[slot] = b


@compiled
def search(
    ptr: Ints, packed: Ints, bits: int, units: Ints32, slot_ptr: Ints, filled: Ints32,
    owner: Ints32, w: Ints, q: Ints, sources: Ints32, n_sources: int, dist: Ints, pred: Ints32,
    seen: Ints32, reach: Ints, via: Ints, held: Ints32, met: Ints32, stamp: int, tree_b: Ints32,
    tree_o: Ints32, stack: Ints32, keys: Ints, items: Ints32,
) -> tuple[int, int, Ints, Ints32]:  # fmt: skip
    """Dijkstra from the sources to the nearest free seat; prices move by what it learns.

    Returns the object found or -1, edges looked at, and the heap's arrays, which may have grown.
    """
    mask = (np.int64(1) << bits) - 1
    n_b, n_o, looks, size, top = 0, 0, 0, 0, 0
    bound, found = FAR, -1
    for i in range(n_sources):
        b = sources[i]
        met[b], reach[b], via[b] = stamp, 0, -1
        tree_b[n_b] = b
        n_b += 1
    scanned = 0
    while True:
        while scanned < n_b:
            b = tree_b[scanned]
            scanned += 1
            base = reach[b] - w[b]
            for e in range(ptr[b], ptr[b + 1]):
                looks += 1
                far = (packed[e] >> bits) + base
                if far >= bound:
                    break
                o = packed[e] & mask
                far += q[o]
                if far < bound and (seen[o] != stamp or far < dist[o]):
                    seen[o], dist[o], pred[o] = stamp, far, b
                    if filled[o] < slot_ptr[o + 1] - slot_ptr[o]:
                        bound, found = far, o
                    elif far == reach[b]:
                        stack[top] = o
                        top += 1
                    else:
                        if size == len(keys):
                            keys, items = grown(keys), grown32(items)
                        size = push(keys, items, size, far, o)
        o = -1
        if top > 0:
            top -= 1
            o = stack[top]
        else:
            while size > 0:
                far, o = keys[0], items[0]
                size = drop(keys, items, size)
                if far >= bound:
                    size, o = 0, -1
                elif far == dist[o]:
                    break
                else:
                    o = -1
        if o < 0 or dist[o] >= bound:
            break
        tree_o[n_o] = o
        n_o += 1
        for slot in range(slot_ptr[o], slot_ptr[o + 1]):
            b = owner[slot]
            if b >= 0 and met[b] != stamp:
                met[b], reach[b], via[b], held[b] = stamp, dist[o], slot, o
                tree_b[n_b] = b
                n_b += 1
    if found < 0:
        return -1, looks, keys, items
    for i in range(n_b):
        w[tree_b[i]] += bound - reach[tree_b[i]]
    for i in range(n_o):
        q[tree_o[i]] += bound - dist[tree_o[i]]
    return found, looks, keys, items


@compiled
def grown(a: Ints) -> Ints:
    """The same entries with twice the room."""
    b = np.empty(2 * len(a), np.int64)
    b[: len(a)] = a
    return b


@compiled
def grown32(a: Ints32) -> Ints32:
    """The same entries with twice the room."""
    b = np.empty(2 * len(a), np.int32)
    b[: len(a)] = a
    return b


@compiled
def fill_tight(
    ptr: Ints, packed: Ints, bits: int, units: Ints32, slot_ptr: Ints, filled: Ints32,
    owner: Ints32, w: Ints, q: Ints, waiting: Ints32, left: int, pred: Ints32, seen: Ints32,
    via: Ints, held: Ints32, met: Ints32, open_now: Bools, stamp: int, stack: Ints32,
    cursor: Ints,
) -> tuple[int, int]:  # fmt: skip
    """Depth-first searches over edges of reduced cost 0 until no more units can be placed."""
    mask = (np.int64(1) << bits) - 1
    placed, looks = 0, 0
    for i in range(left):
        root = waiting[i]
        found = 0
        while units[root] > 0 and found >= 0:
            found, slot, top = -1, -1, 0
            stack[0] = root
            while top >= 0:
                b = stack[top]
                if met[b] != stamp:
                    met[b], cursor[b] = stamp, ptr[b]
                open_now[b] = True
                slot = -1
                e, end = cursor[b], ptr[b + 1]
                while e < end:
                    looks += 1
                    cost = packed[e] >> bits
                    if cost > w[b]:
                        e = end
                        break
                    o = packed[e] & mask
                    if seen[o] != stamp and cost + q[o] == w[b]:
                        pred[o] = b
                        if filled[o] < slot_ptr[o + 1] - slot_ptr[o]:
                            found = o
                        else:
                            seen[o] = stamp
                            slot = slot_ptr[o]
                            e += 1
                        break
                    e += 1
                cursor[b] = e
                if found >= 0:
                    break
                while slot < 0 and top > 0:
                    open_now[b] = False
                    slot = via[b] + 1
                    o = held[b]
                    top -= 1
                    b = stack[top]
                    if slot == slot_ptr[o + 1]:
                        slot = -2
                        break
                if slot == -1:
                    top = -1
                elif slot >= 0:
                    while slot < slot_ptr[o + 1] and (owner[slot] < 0 or open_now[owner[slot]]):
                        slot += 1
                    if slot < slot_ptr[o + 1]:
                        top += 1
                        stack[top] = owner[slot]
                        via[owner[slot]], held[owner[slot]] = slot, o
            for depth in range(top + 1):
                open_now[stack[depth]] = False
            open_now[root] = False
            if found >= 0:
                augment(root, found, slot_ptr, filled, owner, pred, via, held)
                units[root] -= 1
                placed += 1
    return placed, looks
