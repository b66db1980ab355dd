"""Sorting of short runs in place: quicksort by the middle of three, insertion at the end."""

from __future__ import annotations

import numpy as np

from matching.assignment.kernel.compiling import Ints, compiled

SHORT = 20


@compiled
def sort_segments(ptr: Ints, packed: Ints, first: int, last: int) -> None:
    """Sort the edges of each bidder from ``first`` up to ``last``, cheapest first."""
    stack = np.empty(128, np.int64)
    for b in range(first, last):
        sort_run(packed, ptr[b], ptr[b + 1], stack)


@compiled
def sort_run(a: Ints, low: int, high: int, stack: Ints) -> None:
    """Sort ``a[low:high]``; the larger half waits on the stack, so it stays short."""
    top = 0
    while True:
        while high - low > SHORT:
            i = partition(a, low, high)
            if i - low < high - i:
                stack[top], stack[top + 1] = i, high
                high = i
            else:
                stack[top], stack[top + 1] = low, i
                low = i
            top += 2
        for i in range(low + 1, high):
            value = a[i]
            j = i - 1
            while j >= low and a[j] > value:
                a[j + 1] = a[j]
                j -= 1
            a[j + 1] = value
        if top == 0:
            return
        top -= 2
        low, high = stack[top], stack[top + 1]


@compiled
def partition(a: Ints, low: int, high: int) -> int:
    """Hoare's partition around the middle of three; the answer lies inside ``low < i < high``."""
    x, y, z = a[low], a[(low + high) >> 1], a[high - 1]
    pivot = max(min(x, y), min(max(x, y), z))
    i, j = low - 1, high
    while True:
        i += 1
        while a[i] < pivot:
            i += 1
        j -= 1
        while a[j] > pivot:
            j -= 1
        if i >= j:
            return max(i, low + 1)
        a[i], a[j] = a[j], a[i]
