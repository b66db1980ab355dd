"""Chains of reduced cost 0: place as many units along them as a depth-first search can."""

from __future__ import annotations

import numpy as np

from matching.assignment.kernel.compiling import Bools, Ints, Ints32, compiled

# Of an object and of a bidder, as a search by distance lays them out; it needs no reach here.
PRICE, ROOM, PRED = 0, 2, 3
VALUE, CURSOR, VIA, HELD, MET, BEGIN, END = 0, 1, 2, 3, 4, 5, 6


@compiled
def fill_tight(
    packed: Ints, bits: int, units: Ints32, slot_ptr: Ints, owner: Ints32, bidders: Ints,
    objects: Ints, waiting: Ints32, left: int, seen: Ints32, open_now: Bools, stack: Ints32,
    stamp: int,
) -> tuple[int, int, int]:  # fmt: skip
    """Search again and again from all who wait until nobody finds a seat at reduced cost 0.

    Returns how many bidders still wait, the last stamp used, and how many edges were looked at.
    """
    looks, before = 0, left + 1
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
                    packed, bits, slot_ptr, owner, bidders, objects, root, seen, open_now, stack,
                    stamp,
                )  # fmt: skip
                looks += more
                if found >= 0:
                    shift_along(root, found, slot_ptr, owner, objects, bidders)
                    units[root] -= 1
                    placed += 1
            if units[root] > 0:
                waiting[left] = root
                left += 1
    return left, stamp, looks


@compiled
def shift_along(
    source: int, target: int, slot_ptr: Ints, owner: Ints32, objects: Ints, bidders: Ints
) -> None:
    """Move every bidder on the path one object on, up to the free seat of ``target``."""
    slot = slot_ptr[target + 1] - objects[target, ROOM]
    objects[target, ROOM] -= 1
    b = objects[target, PRED]
    while b != source:
        owner[slot] = b
        slot = bidders[b, VIA]
        b = objects[bidders[b, HELD], PRED]
    owner[slot] = b


@compiled
def find_seat(
    packed: Ints, bits: int, slot_ptr: Ints, owner: Ints32, bidders: Ints, objects: Ints,
    root: int, seen: Ints32, open_now: Bools, stack: Ints32, stamp: int,
) -> tuple[int, int]:  # fmt: skip
    """A free seat at reduced cost 0 from ``root``, through objects unseen in this round, or -1."""
    mask = (np.int64(1) << bits) - 1
    found, top, looks = -1, 0, 0
    stack[0] = root
    while top >= 0:
        b = stack[top]
        if bidders[b, MET] != stamp:
            bidders[b, MET], bidders[b, CURSOR] = stamp, bidders[b, BEGIN]
        open_now[b] = True
        slot, o = -1, -1
        e, end, value = bidders[b, CURSOR], bidders[b, END], bidders[b, VALUE]
        looks -= e
        while e < end:
            cost = packed[e] >> bits
            if cost > value:
                looks += e - end
                e = end
                break
            o = packed[e] & mask
            e += 1
            if cost + objects[o, PRICE] == value and seen[o] != stamp:
                objects[o, PRED] = b
                if objects[o, ROOM] > 0:
                    found = o
                    e -= 1
                else:
                    seen[o] = stamp
                    slot = slot_ptr[o]
                break
        looks += e
        bidders[b, CURSOR] = e
        if found >= 0:
            break
        while slot < 0 and top > 0:
            open_now[b] = False
            slot, o = bidders[b, VIA] + 1, bidders[b, HELD]
            top -= 1
            b = stack[top]
        if slot < 0:
            break
        while slot < slot_ptr[o + 1] and (owner[slot] < 0 or open_now[owner[slot]]):
            slot += 1
        if slot < slot_ptr[o + 1]:
            top += 1
            b = owner[slot]
            stack[top], bidders[b, VIA], bidders[b, HELD] = b, slot, o
    for depth in range(top + 1):
        open_now[stack[depth]] = False
    open_now[root] = False
    return found, looks
