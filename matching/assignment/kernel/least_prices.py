"""The smallest prices that prove a match: by how much each column's price can still fall."""

from __future__ import annotations

import numpy as np

from matching.assignment.kernel.buckets import LIST, LISTS, NEXT, lift, new_lists, put
from matching.assignment.kernel.compiling import Bools, Ints, Ints32, compiled
from matching.assignment.kernel.paths import FAR


@compiled
def lower_prices(
    starts: Ints, cols: Ints32, costs: Ints, lowest: int, match: Ints32, held: Ints,
    over: Bools, closed: Bools, outside: int, v: Ints,
) -> None:  # fmt: skip
    """Lower ``v`` to the smallest that certify: Dijkstra over the slack of every edge.

    A price may fall by no more than itself, by no more than lets a row elsewhere stay content,
    and that row's own place may fall too. Unmatched rows stay at the outside price. ``room`` is
    how far a column may fall, less its price, so that an edge is one look; below every number
    once that is settled.
    """
    m = len(v)
    fall = np.where(over, FAR, v)
    room = fall - v
    holders_ptr, holders = rows_of(match, m)
    stack = np.empty(m, np.int32)
    top = 0
    for c in range(m):
        if closed[c]:
            room[c] = -FAR
        elif fall[c] == 0:
            stack[top], room[c] = c, -FAR
            top += 1
    for r in range(len(match)):
        if match[r] < 0 and starts[r] < starts[r + 1]:
            top = relax(starts, cols, costs, lowest + outside, r, v, fall, room, stack, top)
    while top > 0:
        top -= 1
        c = stack[top]
        for i in range(holders_ptr[c], holders_ptr[c + 1]):
            r = holders[i]
            top = relax(starts, cols, costs, held[r] + v[c], r, v, fall, room, stack, top)
    links, heads = new_lists(m)
    for c in range(m):
        if room[c] > -FAR and fall[c] < FAR:
            put(links, heads, c, fall[c])
    last, level = np.int64(0), 0
    while level < LISTS:
        c = heads[level]
        if c < 0:
            level += 1
            continue
        if level > 0:
            last, level = np.int64(nearest_first(links, heads, level, fall)), 0
            continue
        lift(links, heads, c)
        room[c] = -FAR
        for i in range(holders_ptr[c], holders_ptr[c + 1]):
            r = holders[i]
            base = last - held[r] - v[c]
            for e in range(starts[r], starts[r + 1]):
                to = cols[e]
                slack = costs[e] + base
                if slack < room[to]:
                    room[to], fall[to] = slack, slack + v[to]
                    if links[to, LIST] >= 0:
                        lift(links, heads, to)
                    put(links, heads, to, fall[to] ^ last)
    for c in range(m):
        if not closed[c]:
            v[c] -= fall[c]


@compiled
def nearest_first(links: Ints32, heads: Ints32, level: int, fall: Ints) -> int:
    """Spread the first list that holds anything around its least distance, which is returned."""
    c = heads[level]
    last: int = fall[c]
    while c >= 0:
        last = min(last, fall[c])
        c = links[c, NEXT]
    c, heads[level] = heads[level], -1
    while c >= 0:
        after = links[c, NEXT]
        put(links, heads, c, fall[c] ^ last)
        c = after
    return last


@compiled
def relax(
    starts: Ints, cols: Ints32, costs: Ints, price: int, r: int, v: Ints, fall: Ints, room: Ints,
    stack: Ints32, top: int,
) -> int:  # fmt: skip
    """Hold the columns of a row that cannot fall to what lets it stay; stack those at 0."""
    for e in range(starts[r], starts[r + 1]):
        c = cols[e]
        slack = costs[e] - price
        if slack < room[c]:
            room[c], fall[c] = slack, slack + v[c]
            if fall[c] == 0:
                stack[top], room[c] = c, -FAR
                top += 1
    return top


@compiled
def rows_of(match: Ints32, m: int) -> tuple[Ints, Ints32]:
    """Rows matched to each column, laid out by column."""
    ptr = np.zeros(m + 1, np.int64)
    for c in match:
        if c >= 0:
            ptr[c + 1] += 1
    for c in range(m):
        ptr[c + 1] += ptr[c]
    at = ptr[:m].copy()
    rows = np.empty(ptr[m], np.int32)
    for r in range(len(match)):
        c = match[r]
        if c >= 0:
            rows[at[c]] = r
            at[c] += 1
    return ptr, rows
