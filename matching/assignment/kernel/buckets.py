"""A queue of numbered items by distance, where distances never fall below the last one taken.

The radix heap of Ahuja, Mehlhorn, Orlin and Tarjan, doi:10.1145/77600.77615: items lie in lists
by the highest bit in which they differ from the last distance taken, each item in one list only,
so bringing an item nearer costs the same whatever waits.
"""

from __future__ import annotations

import numpy as np

from matching.assignment.kernel.compiling import Ints32, compiled

LISTS = 64
NEXT, BEFORE, LIST = 0, 1, 2


@compiled
def highest_bit(number: int) -> int:
    """How many bits a number from 0 up takes."""
    bits = 0
    for step in (32, 16, 8, 4, 2, 1):
        if number >> step:
            bits += step
            number >>= step
    return bits + (number > 0)


@compiled
def put(links: Ints32, heads: Ints32, item: int, apart: int) -> None:
    """Lay an item, in no list so far, into the list for how far ``apart`` it is from the last."""
    at = highest_bit(apart)
    first = heads[at]
    links[item, NEXT], links[item, BEFORE], links[item, LIST] = first, -1, at
    if first >= 0:
        links[first, BEFORE] = item
    heads[at] = item


@compiled
def lift(links: Ints32, heads: Ints32, item: int) -> None:
    """Take an item out of its list."""
    after, before = links[item, NEXT], links[item, BEFORE]
    if before >= 0:
        links[before, NEXT] = after
    else:
        heads[links[item, LIST]] = after
    if after >= 0:
        links[after, BEFORE] = before
    links[item, LIST] = -1


@compiled
def new_lists(items: int) -> tuple[Ints32, Ints32]:
    """No item in any list."""
    return np.full((items, 3), -1, np.int32), np.full(LISTS, -1, np.int32)
