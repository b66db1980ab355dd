"""Start prices by an auction with falling steps, for parts with hardly more seats than bidders.

Bertsekas, doi:10.1007/BF02186476, with similar persons and objects as in Bertsekas and Castañon,
doi:10.1007/BF02186476. Seats that stay free need the least price of all: imaginary bidders who
want any seat at all, whichever is cheapest, hold them. Only the prices are kept.
"""

from __future__ import annotations

import numpy as np

from matching.assignment.kernel.compiling import Ints, Ints32, compiled
from matching.assignment.kernel.heap import drop, push
from matching.assignment.kernel.paths import FAR

SHRINK = 5


@compiled
def bid_prices(
    ptr: Ints, packed: Ints, bits: int, units: Ints32, slot_ptr: Ints, widest: int, step: int,
    last: int, q: Ints, kept: Ints32,
) -> int:  # fmt: skip
    """Fill ``q`` with prices that are right within ``last`` for each seat, in ever smaller steps.

    ``kept`` becomes the number of seats of each object that imaginary bidders hold in the end.
    """
    n_slots = slot_ptr[len(q)]
    bid, holder = np.empty(n_slots, np.int64), np.empty(n_slots, np.int32)
    queue = np.empty(len(units) + 1, np.int32)
    need = np.empty(len(units), np.int32)
    extra = n_slots - units.sum()
    looks = 0
    while True:
        looks += hold_auction(
            ptr, packed, bits, units, slot_ptr, widest, q, step, extra, bid, holder, queue, need
        )
        if step <= last:
            for o in range(len(q)):
                kept[o] = 0
                for slot in range(slot_ptr[o], slot_ptr[o + 1]):
                    kept[o] += holder[slot] == len(units)
            return looks
        step = max(step // SHRINK, last)


@compiled
def hold_auction(
    ptr: Ints, packed: Ints, bits: int, units: Ints32, slot_ptr: Ints, widest: int, q: Ints,
    step: int, extra: int, bid: Ints, holder: Ints32, queue: Ints32, need: Ints32,
) -> int:  # fmt: skip
    """One auction from the prices of the last: everyone bids again until all hold a seat."""
    n, m = len(units), len(q)
    low = FAR
    for o in range(m):
        if slot_ptr[o] < slot_ptr[o + 1]:
            low = min(low, q[o])
    for o in range(m):
        q[o] -= low
        for slot in range(slot_ptr[o], slot_ptr[o + 1]):
            bid[slot], holder[slot] = q[o], -1
    size = 0
    keys, items = np.empty(2 * m + 64, np.int64), np.empty(2 * m + 64, np.int32)
    if extra > 0:
        size = all_open(keys, items, q, slot_ptr, holder, n)
    head, count, floor = 0, 0, 0
    ring = len(queue)
    for b in range(n):
        need[b] = units[b]
        if units[b] > 0:
            queue[count] = b
            count += 1
    looks = 0
    while True:
        while count > 0:
            b = queue[head]
            head = head + 1 if head + 1 < ring else 0
            count -= 1
            while need[b] > 0:
                best, price, more = choose_bid(
                    ptr, packed, bits, slot_ptr, holder, q, b, widest, step, floor, units[b] == 1
                )
                looks += more
                loser = take_slot(slot_ptr, bid, holder, q, best, price, b)
                need[b] -= 1
                if loser == n:
                    extra += 1
                    if size < len(keys):
                        size = push(keys, items, size, q[best], best)
                    else:
                        size = all_open(keys, items, q, slot_ptr, holder, n)
                elif loser >= 0:
                    need[loser] += 1
                    if need[loser] == 1 and loser != b:
                        tail = head + count
                        queue[tail if tail < ring else tail - ring] = loser
                        count += 1
        if extra == 0:
            return looks
        while extra > 0 and count == 0:
            size, o = cheapest(keys, items, size, q, slot_ptr, bid, holder, n)
            looks += 1
            if o < 0:
                return looks
            floor = q[o]
            size, second = cheapest(keys, items, size, q, slot_ptr, bid, holder, n)
            price = (q[second] if second >= 0 else q[o]) + step
            if second >= 0:
                size = push(keys, items, size, q[second], second)
            loser = take_slot(slot_ptr, bid, holder, q, o, price, n)
            if holder[slot_ptr[o]] != n:
                size = push(keys, items, size, q[o], o)
            extra -= 1
            if loser >= 0:
                need[loser] += 1
                tail = head + count
                queue[tail if tail < ring else tail - ring] = loser
                count += 1


@compiled
def choose_bid(
    ptr: Ints, packed: Ints, bits: int, slot_ptr: Ints, holder: Ints32, q: Ints, b: int,
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
        value = cost + q[o]
        if value < second and o != best and (alone or holder[slot_ptr[o]] != b):
            if value < first:
                first, second, best = value, first, o
            else:
                second = value
    gap = second - first if second < FAR else widest
    return best, q[best] + gap + step, e - ptr[b]


@compiled
def take_slot(
    slot_ptr: Ints, bid: Ints, holder: Ints32, q: Ints, o: int, price: int, b: int
) -> int:
    """Give ``b`` the seat of the lowest bid; who held it. The price is the lowest bid left."""
    begin, end = slot_ptr[o], slot_ptr[o + 1]
    loser: int = holder[begin]
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
    q[o] = bid[begin]
    return loser


@compiled
def all_open(keys: Ints, items: Ints32, q: Ints, slot_ptr: Ints, holder: Ints32, n: int) -> int:
    """Make the heap anew of the objects whose cheapest seat no imaginary bidder holds; its size."""
    size = 0
    for o in range(len(q)):
        if slot_ptr[o] < slot_ptr[o + 1] and holder[slot_ptr[o]] != n:
            size = push(keys, items, size, q[o], o)
    return size


@compiled
def cheapest(
    keys: Ints, items: Ints32, size: int, q: Ints, slot_ptr: Ints, bid: Ints, holder: Ints32,
    n: int,
) -> tuple[int, int]:  # fmt: skip
    """Take the object of least price whose cheapest seat no imaginary bidder holds off the heap."""
    while size > 0:
        key, o = keys[0], items[0]
        if key < q[o]:
            size = drop(keys, items, size)
            size = push(keys, items, size, q[o], o)
        elif holder[slot_ptr[o]] == n:
            size = drop(keys, items, size)
        else:
            return drop(keys, items, size), o
    return size, -1
