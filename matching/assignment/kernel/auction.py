"""Start prices by an auction with falling steps, for parts with hardly more seats than bidders.

Bertsekas, doi:10.1007/BF02186476, with similar persons and objects as in Bertsekas and Castañon,
doi:10.1007/BF02186476. Seats that stay free need the least price of all: imaginary bidders who
want any seat at all, whichever is cheapest, hold them. Only the prices are kept.

Who loses a seat bids next, not last: what it looks at is still in the cache. Price and holder of an
object of one seat lie side by side; the seats of a larger one are a heap of their own.
"""

from __future__ import annotations

import numpy as np

from matching.assignment.kernel.compiling import Ints, Ints32, compiled
from matching.assignment.kernel.heap import drop, push
from matching.assignment.kernel.paths import FAR

SHRINK = 5
PRICE, HOLDER = 0, 1
MANY = -2


@compiled
def bid_prices(
    ptr: Ints, packed: Ints, bits: int, units: Ints32, slot_ptr: Ints, widest: int, step: int,
    last: int, q: Ints, kept: Ints32,
) -> int:  # fmt: skip
    """Fill ``q`` with prices that are right within ``last`` for each seat, in ever smaller steps.

    ``kept`` becomes the number of seats of each object that imaginary bidders hold in the end.
    """
    n, n_slots = len(units), slot_ptr[len(q)]
    bid, holder = np.empty(n_slots, np.int64), np.empty(n_slots, np.int32)
    objects = np.empty((len(q), 2), np.int64)
    stack, need = np.empty(n + 1, np.int32), np.empty(n, np.int32)
    extra = n_slots - units.sum()
    looks = 0
    for o in range(len(q)):
        objects[o, PRICE] = q[o]
    while True:
        looks += hold_auction(
            ptr, packed, bits, units, slot_ptr, widest, objects, step, extra, bid, holder, stack,
            need,
        )  # fmt: skip
        if step <= last:
            break
        step = max(step // SHRINK, last)
    for o in range(len(q)):
        q[o] = objects[o, PRICE]
        kept[o] = objects[o, HOLDER] == n
        if objects[o, HOLDER] == MANY:
            for slot in range(slot_ptr[o], slot_ptr[o + 1]):
                kept[o] += holder[slot] == n
    return looks


@compiled
def hold_auction(
    ptr: Ints, packed: Ints, bits: int, units: Ints32, slot_ptr: Ints, widest: int, objects: Ints,
    step: int, extra: int, bid: Ints, holder: Ints32, stack: Ints32, need: Ints32,
) -> int:  # fmt: skip
    """One auction from the prices of the last: everyone bids again until all hold a seat."""
    n, m = len(units), len(objects)
    low = FAR
    for o in range(m):
        if slot_ptr[o] < slot_ptr[o + 1]:
            low = min(low, objects[o, PRICE])
    for o in range(m):
        objects[o, PRICE] -= low
        objects[o, HOLDER] = MANY if slot_ptr[o] + 1 < slot_ptr[o + 1] else -1
        if objects[o, HOLDER] == MANY:
            bid[slot_ptr[o] : slot_ptr[o + 1]] = objects[o, PRICE]
            holder[slot_ptr[o] : slot_ptr[o + 1]] = -1
    size = 0
    keys, items = np.empty(2 * m + 64, np.int64), np.empty(2 * m + 64, np.int32)
    if extra > 0:
        size = all_open(keys, items, objects, slot_ptr, holder, n)
    top, floor, looks = 0, 0, 0
    for b in range(n - 1, -1, -1):
        need[b] = units[b]
        if units[b] > 0:
            stack[top] = b
            top += 1
    while True:
        while top > 0:
            top -= 1
            b = stack[top]
            while need[b] > 0:
                best, price, more = choose_bid(
                    ptr, packed, bits, slot_ptr, holder, objects, b, widest, step, floor,
                    units[b] == 1,
                )  # fmt: skip
                looks += more
                loser = take_slot(slot_ptr, bid, holder, objects, best, price, b)
                need[b] -= 1
                if loser == n:
                    extra += 1
                    if size < len(keys):
                        size = push(keys, items, size, objects[best, PRICE], best)
                    else:
                        size = all_open(keys, items, objects, slot_ptr, holder, n)
                elif loser >= 0:
                    need[loser] += 1
                    if need[loser] == 1 and loser != b:
                        stack[top] = loser
                        top += 1
        if extra == 0:
            return looks
        while extra > 0 and top == 0:
            size, o = cheapest(keys, items, size, objects, slot_ptr, holder, n)
            looks += 1
            if o < 0:
                return looks
            floor = objects[o, PRICE]
            size, second = cheapest(keys, items, size, objects, slot_ptr, holder, n)
            price = objects[second if second >= 0 else o, PRICE] + step
            if second >= 0:
                size = push(keys, items, size, objects[second, PRICE], second)
            loser = take_slot(slot_ptr, bid, holder, objects, o, price, n)
            if least_holder(slot_ptr, holder, objects, o) != n:
                size = push(keys, items, size, objects[o, PRICE], o)
            extra -= 1
            if loser >= 0:
                need[loser] += 1
                stack[top] = loser
                top += 1


@compiled
def choose_bid(
    ptr: Ints, packed: Ints, bits: int, slot_ptr: Ints, holder: Ints32, objects: Ints, b: int,
    widest: int, step: int, floor: int, alone: bool,
) -> tuple[int, int, int]:  # fmt: skip
    """The best object for ``b``, the price at which it would as soon have the next, and looks."""
    mask = (np.int64(1) << bits) - 1
    best, first, second = -1, FAR, FAR
    e, end = ptr[b], ptr[b + 1]
    while e < end:
        cost = packed[e] >> bits
        if cost + floor >= second:
            break
        o = packed[e] & mask
        e += 1
        value = cost + objects[o, PRICE]
        if (
            value < second
            and o != best
            and (alone or least_holder(slot_ptr, holder, objects, o) != b)
        ):
            if value < first:
                first, second, best = value, first, o
            else:
                second = value
    gap = second - first if second < FAR else widest
    return best, objects[best, PRICE] + gap + step, e - ptr[b]


@compiled
def least_holder(slot_ptr: Ints, holder: Ints32, objects: Ints, o: int) -> int:
    """Who holds the cheapest seat of an object."""
    if objects[o, HOLDER] == MANY:
        first: int = holder[slot_ptr[o]]
        return first
    only: int = objects[o, HOLDER]
    return only


@compiled
def take_slot(
    slot_ptr: Ints, bid: Ints, holder: Ints32, objects: Ints, o: int, price: int, b: int
) -> int:
    """Give ``b`` the seat of the lowest bid; who held it. The price is the lowest bid left."""
    loser = least_holder(slot_ptr, holder, objects, o)
    if objects[o, HOLDER] != MANY:
        objects[o, PRICE], objects[o, HOLDER] = price, b
        return loser
    begin, end = slot_ptr[o], slot_ptr[o + 1]
    size = end - begin
    at = 0
    while True:
        down = 2 * at + 1
        if down >= size:
            break
        if down + 1 < size and bid[begin + down + 1] < bid[begin + down]:
            down += 1
        if bid[begin + down] >= price:
            break
        bid[begin + at], holder[begin + at] = bid[begin + down], holder[begin + down]
        at = down
    bid[begin + at], holder[begin + at] = price, b
    objects[o, PRICE] = bid[begin]
    return loser


@compiled
def all_open(
    keys: Ints, items: Ints32, objects: Ints, slot_ptr: Ints, holder: Ints32, n: int
) -> int:
    """Make the heap anew of the objects whose cheapest seat no imaginary bidder holds; its size."""
    size = 0
    for o in range(len(objects)):
        if slot_ptr[o] < slot_ptr[o + 1] and least_holder(slot_ptr, holder, objects, o) != n:
            size = push(keys, items, size, objects[o, PRICE], o)
    return size


@compiled
def cheapest(
    keys: Ints, items: Ints32, size: int, objects: Ints, slot_ptr: Ints, holder: Ints32, n: int
) -> tuple[int, int]:
    """Take the object of least price whose cheapest seat no imaginary bidder holds off the heap."""
    while size > 0:
        key, o = keys[0], items[0]
        size = drop(keys, items, size)
        if key < objects[o, PRICE]:
            size = push(keys, items, size, objects[o, PRICE], o)
        elif least_holder(slot_ptr, holder, objects, o) != n:
            return size, o
    return size, -1
