"""Chains of reduced cost 0: place as many units along them as a depth-first search can."""

from __future__ import annotations

import numpy as np

from matching.assignment.kernel.compiling import Bools, Ints, Ints32, compiled

PRICE, ROOM, PRED = 0, 2, 3


@compiled
def fill_tight(
    ptr: Ints, packed: Ints, bits: int, units: Ints32, slot_ptr: Ints, owner: Ints32, w: Ints,
    objects: Ints, waiting: Ints32, left: int, via: Ints, held: Ints32,
) -> tuple[int, int]:  # fmt: skip
    """Search again and again from all who wait until nobody finds a seat at reduced cost 0.

    Returns how many bidders still wait and how many edges were looked at.
    """
    n, m = len(units), len(objects)
    seen, met = np.zeros(m, np.int32), np.zeros(n, np.int32)
    open_now, cursor, stack = (
        np.zeros(n, np.bool_),
        np.empty(n, np.int64),
        np.empty(n + 1, np.int32),
    )
    stamp, looks, before = 0, 0, left + 1
    placed = 1
    while placed > 0 and left > 0:
        stamp += 1
        placed = 0
        before, left = left, 0
        for i in range(before):
            root = waiting[i]
            found = 0
            while units[root] > 0 and found >= 0:
                found, more = find_seat(
                    ptr, packed, bits, slot_ptr, owner, w, objects, via, held, root, seen, met,
                    open_now, cursor, stack, stamp,
                )  # fmt: skip
                looks += more
                if found >= 0:
                    shift_along(root, found, slot_ptr, owner, objects, via, held)
                    units[root] -= 1
                    placed += 1
            if units[root] > 0:
                waiting[left] = root
                left += 1
    return left, looks


@compiled
def shift_along(
    source: int, target: int, slot_ptr: Ints, owner: Ints32, objects: Ints, via: Ints, held: Ints32
) -> None:
    """Move every bidder on the path one object on, up to the free seat of ``target``."""
    slot = slot_ptr[target + 1] - objects[target, ROOM]
    objects[target, ROOM] -= 1
    b = objects[target, PRED]
    while b != source:
        owner[slot] = b
        slot = via[b]
        b = objects[held[b], PRED]
    owner[slot] = b


@compiled
def find_seat(
    ptr: Ints, packed: Ints, bits: int, slot_ptr: Ints, owner: Ints32, w: Ints, objects: Ints,
    via: Ints, held: Ints32, root: int, seen: Ints32, met: Ints32, open_now: Bools, cursor: Ints,
    stack: Ints32, stamp: int,
) -> tuple[int, int]:  # fmt: skip
    """A free seat at reduced cost 0 from ``root``, through objects unseen in this round, or -1."""
    mask = (np.int64(1) << bits) - 1
    found, top, looks = -1, 0, 0
    stack[0] = root
    while top >= 0:
        b = stack[top]
        if met[b] != stamp:
            met[b], cursor[b] = stamp, ptr[b]
        open_now[b] = True
        slot, o = -1, -1
        e, end = cursor[b], ptr[b + 1]
        looks -= e
        while e < end:
            cost = packed[e] >> bits
            if cost > w[b]:
                looks += e - end
                e = end
                break
            o = packed[e] & mask
            e += 1
            if cost + objects[o, PRICE] == w[b] and seen[o] != stamp:
                objects[o, PRED] = b
                if objects[o, ROOM] > 0:
                    found = o
                    e -= 1
                else:
                    seen[o] = stamp
                    slot = slot_ptr[o]
                break
        looks += e
        cursor[b] = e
        if found >= 0:
            break
        while slot < 0 and top > 0:
            open_now[b] = False
            slot, o = via[b] + 1, held[b]
            top -= 1
            b = stack[top]
        if slot < 0:
            break
        while slot < slot_ptr[o + 1] and (owner[slot] < 0 or open_now[owner[slot]]):
            slot += 1
        if slot < slot_ptr[o + 1]:
            top += 1
            b = owner[slot]
            stack[top], via[b], held[b] = b, slot, o
    for depth in range(top + 1):
        open_now[stack[depth]] = False
    open_now[root] = False
    return found, looks
