"""One part of a market, where every unit finds a seat, solved from its tight side."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from matching.assignment.kernel.auction import bid_prices
from matching.assignment.kernel.bidding import outbid
from matching.assignment.kernel.compiling import Ints, Ints32, compiled
from matching.assignment.kernel.crowds import fill_crowds
from matching.assignment.kernel.giving_back import give_back
from matching.assignment.kernel.order import sort_segments
from matching.assignment.kernel.paths import fill_part, least_values

BIDS_A_UNIT = 6
LEGS = 3
TIGHT = 100
FEW = 1_000
SETTLED = 1_000
NEAR = 5
FIRST_STEP = 4
NEAR_STEP = 500
SHARE = 100_000
NARROW = 2_000
CROWD = 30
MANY_EDGES = 1_000_000


@dataclasses.dataclass(slots=True)
class Part:
    """Bidders with units and objects with seats: edges by bidder, and by object when asked for.

    ``ptr`` int64[B+1] and ``packed`` int64[E] hold ``cost << bits | object``; ``units`` int32[B];
    ``slot_ptr`` int64[O+1] lays out the seats of objects. ``owner`` int32 of a seat is its bidder
    or -1, ``w`` and ``q`` the prices of bidders and objects, all filled by :meth:`solve`;
    ``start`` int32 of a seat is its bidder in some largest match.
    """

    ptr: Ints
    packed: Ints
    bits: int
    units: Ints32
    slot_ptr: Ints
    owner: Ints32
    w: Ints
    q: Ints
    start: Ints32

    def solve(self, by_object: Callable[[], tuple[Ints, Ints]]) -> None:
        """Fill every unit at least cost; ``by_object`` lays the edges out by object if needed."""
        n_units, n_seats = int(self.units.sum()), int(self.slot_ptr[-1])
        sort_by_cost(self.ptr, self.packed)
        widest = int(self.packed.max() >> self.bits)
        units, filled = self.units.copy(), np.zeros(len(self.q), dtype=np.int32)
        crowds = CROWD * int((units > 0).sum()) <= n_units
        if crowds and int(np.diff(self.slot_ptr).max()) == 1:
            self._bid_exactly(filled, 0, n_units)
            self._by_paths(filled, True)
            return
        flat = self.packed.min() >> self.bits == widest
        loose = flat or n_units < FEW or (n_seats - n_units) * TIGHT > n_units
        waiting = self._bid_exactly(filled, 1 if loose else LEGS, n_units)
        if loose or waiting * SETTLED <= n_units:
            self._by_paths(filled)
            return
        self.units[:], self.owner[:] = units, -1
        near = waiting * NEAR <= n_units
        finer = max(1, NARROW // widest)
        scale_costs(self.packed, self.bits, finer)
        self.q *= finer
        self._from_auction(widest * finer, near, n_seats > n_units, finer, by_object)
        self.q //= finer
        self.w //= finer

    def _bid_exactly(self, filled: Ints32, legs: int, n_units: int) -> int:
        """Outbid one another as long as each leg halves those who wait; how many still do."""
        least_values(self.ptr, self.packed, self.bits, self.q, self.w)
        keep_cheapest(
            self.ptr, self.packed, self.bits, self.units, self.slot_ptr, filled, self.owner,
            self.w, self.start,
        )  # fmt: skip
        waiting = int(self.units.sum())
        for _ in range(legs):
            before = waiting
            outbid(
                self.ptr, self.packed, self.bits, self.units, self.slot_ptr, filled, self.owner,
                self.w, self.q, BIDS_A_UNIT * n_units // legs,
            )  # fmt: skip
            waiting = int(self.units.sum())
            if waiting * 2 > before:
                break
        return waiting

    def _from_auction(
        self, widest: int, near: bool, slack: bool, finer: int,
        by_object: Callable[[], tuple[Ints, Ints]],
    ) -> None:  # fmt: skip
        """Auction from the prices so far; by smaller steps where those are ``near`` the right ones.

        Costs of a few whole numbers are taken ``finer`` times, for steps of less than one: the
        prices divided and rounded down prove the same match.
        """
        kept = np.zeros(len(self.q), dtype=np.int32)
        last = max(widest // SHARE, 1)
        first = max(widest // (NEAR_STEP if near else FIRST_STEP), last)
        bid_prices(
            self.ptr, self.packed, self.bits, self.units, self.slot_ptr, widest, first, last,
            self.q, kept,
        )  # fmt: skip
        least_values(self.ptr, self.packed, self.bits, self.q, self.w)
        filled = kept.copy()
        hold_seats(self.slot_ptr, kept, self.owner, True)
        self._by_paths(filled)
        hold_seats(self.slot_ptr, kept, self.owner, False)
        filled -= kept
        used = np.diff(self.slot_ptr) > 0
        least = self.q[used].min()
        self.q -= least
        self.w -= least
        if slack:
            ptr, packed = by_object()
            scale_costs(packed, self.bits, finer)
            give_back(
                ptr, packed, self.bits, len(self.units), self.slot_ptr, filled, self.owner,
                self.w, self.q,
            )  # fmt: skip

    def _by_paths(self, filled: Ints32, crowds: bool = False) -> None:
        left = (fill_crowds if crowds else fill_part)(
            self.ptr, self.packed, self.bits, self.units, self.slot_ptr, filled, self.owner,
            self.w, self.q,
        )  # fmt: skip
        if left:
            raise AssertionError(f"{left} bidders short of seats that a largest match gives them")


def sort_by_cost(ptr: Ints, packed: Ints) -> None:
    """Sort the edges of every bidder, where there are many in two halves beside each other."""
    n = len(ptr) - 1
    half = int(np.searchsorted(ptr, ptr[n] // 2)) if ptr[n] > MANY_EDGES else n
    with ThreadPoolExecutor(max_workers=1) as beside:
        other = beside.submit(sort_segments, ptr, packed, half, n) if half < n else None
        sort_segments(ptr, packed, 0, half)
        if other is not None:
            other.result()


@compiled
def scale_costs(packed: Ints, bits: int, times: int) -> None:
    """Multiply the cost of every edge."""
    if times == 1:
        return
    mask = (np.int64(1) << bits) - 1
    for e in range(len(packed)):
        packed[e] = ((packed[e] >> bits) * times << bits) | (packed[e] & mask)


@compiled
def hold_seats(slot_ptr: Ints, kept: Ints32, owner: Ints32, hold: bool) -> None:
    """Close the first seats of objects, or free them again and move the rest up."""
    for o in range(len(kept)):
        begin, end = slot_ptr[o], slot_ptr[o + 1]
        if hold:
            owner[begin : begin + kept[o]] = -2
        elif kept[o] > 0:
            for slot in range(begin, end):
                owner[slot] = owner[slot + kept[o]] if slot + kept[o] < end else -1


@compiled
def keep_cheapest(
    ptr: Ints, packed: Ints, bits: int, units: Ints32, slot_ptr: Ints, filled: Ints32,
    owner: Ints32, w: Ints, start: Ints32,
) -> None:  # fmt: skip
    """Keep those pairs of the start that are the cheapest for their bidder."""
    mask = (np.int64(1) << bits) - 1
    for o in range(len(filled)):
        for slot in range(slot_ptr[o], slot_ptr[o + 1]):
            b = start[slot]
            if b < 0 or units[b] == 0:
                continue
            e = ptr[b]
            while e < ptr[b + 1] and packed[e] >> bits == w[b]:
                if packed[e] & mask == o:
                    owner[slot_ptr[o] + filled[o]] = b
                    filled[o] += 1
                    units[b] -= 1
                    break
                e += 1
