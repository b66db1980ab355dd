"""A binary heap of (key, item) in two arrays; stale entries are the caller's to skip."""

from __future__ import annotations

import numpy as np

from matching.assignment.kernel.compiling import Ints, Ints32, compiled


@compiled
def push(keys: Ints, items: Ints32, size: int, key: int, item: int) -> int:
    """Add one entry and return the new size."""
    at = size
    while at > 0:
        up = (at - 1) >> 1
        if keys[up] <= key:
            break
        keys[at], items[at] = keys[up], items[up]
        at = up
    keys[at], items[at] = key, item
    return size + 1


@compiled
def drop(keys: Ints, items: Ints32, size: int) -> int:
    """Remove the first entry, which holds the least key, and return the new size."""
    size -= 1
    key, item = keys[size], items[size]
    at = 0
    while True:
        down = 2 * at + 1
        if down >= size:
            break
        if down + 1 < size and keys[down + 1] < keys[down]:
            down += 1
        if keys[down] >= key:
            break
        keys[at], items[at] = keys[down], items[down]
        at = down
    keys[at], items[at] = key, item
    return size


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
