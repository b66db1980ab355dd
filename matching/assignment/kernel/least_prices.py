"""The smallest prices that prove a match: by how much each column's price can still fall."""

from __future__ import annotations

import numpy as np

from matching.assignment.kernel.compiling import Bools, Ints, Ints32, compiled
from matching.assignment.kernel.heap import drop, grown, grown32, push
from matching.assignment.kernel.paths import FAR


@compiled
def held_costs(starts: Ints, cols: Ints32, costs: Ints, match: Ints32) -> Ints:
    """The cost of each row's matched edge, the cheapest of equal ones; 0 for none."""
    n = len(match)
    held = np.zeros(n, np.int64)
    for r in range(n):
        if match[r] >= 0:
            least = FAR
            for e in range(starts[r], starts[r + 1]):
                if cols[e] == match[r] and costs[e] < least:
                    least = costs[e]
            held[r] = least
    return held


@compiled
def lower_prices(
    starts: Ints, cols: Ints32, costs: Ints, lowest: int, match: Ints32, held: Ints,
    over: Bools, closed: Bools, outside: int, v: Ints,
) -> None:  # fmt: skip
    """Lower ``v`` to the smallest that certify: Dijkstra over the slack of every edge.

    A price may fall by no more than itself, by no more than lets a row elsewhere stay content,
    and that row's own place may fall too. Unmatched rows stay at the outside price.
    """
    n, m = len(match), len(v)
    fall = np.where(over, FAR, v)
    holders_ptr, holders = rows_of(match, m)
    done = np.zeros(m, np.bool_)
    stack = np.empty(m, np.int32)
    top = 0
    for c in range(m):
        if fall[c] == 0 and not closed[c]:
            stack[top] = c
            top += 1
            done[c] = True
    for r in range(n):
        if match[r] < 0 and starts[r] < starts[r + 1]:
            top = relax(
                starts, cols, costs, lowest, r, outside, True, over, closed, v, fall, done, stack,
                top,
            )  # fmt: skip
    while top > 0:
        top -= 1
        c = stack[top]
        for i in range(holders_ptr[c], holders_ptr[c + 1]):
            r = holders[i]
            u = held[r] - lowest + v[c]
            top = relax(
                starts, cols, costs, lowest, r, u, over[c], over, closed, v, fall, done, stack, top
            )
    keys, items, size = np.empty(1024, np.int64), np.empty(1024, np.int32), 0
    for c in range(m):
        if not done[c] and not closed[c] and fall[c] < FAR:
            if size == len(keys):
                keys, items = grown(keys), grown32(items)
            size = push(keys, items, size, fall[c], c)
    while size > 0:
        far, c = keys[0], items[0]
        size = drop(keys, items, size)
        if done[c] or far != fall[c]:
            continue
        done[c] = True
        for i in range(holders_ptr[c], holders_ptr[c + 1]):
            r = holders[i]
            base = far - (held[r] - lowest + v[c]) - lowest
            for e in range(starts[r], starts[r + 1]):
                to = cols[e]
                if not done[to] and over[to] == over[c] and not closed[to]:
                    nd = costs[e] + base + v[to]
                    if nd < fall[to]:
                        fall[to] = nd
                        if size == len(keys):
                            keys, items = grown(keys), grown32(items)
                        size = push(keys, items, size, nd, to)
    for c in range(m):
        if not closed[c]:
            v[c] -= fall[c]


@compiled
def relax(
    starts: Ints, cols: Ints32, costs: Ints, lowest: int, r: int, u: int, part: bool, over: Bools,
    closed: Bools, v: Ints, fall: Ints, done: Bools, stack: Ints32, top: int,
) -> int:  # fmt: skip
    """Hold the columns of a row that cannot fall to what lets it stay; stack those at 0."""
    base = -u - lowest
    for e in range(starts[r], starts[r + 1]):
        c = cols[e]
        if not done[c] and over[c] == part and not closed[c]:
            nd = costs[e] + base + v[c]
            if nd < fall[c]:
                fall[c] = nd
                if nd == 0:
                    done[c] = True
                    stack[top] = c
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
