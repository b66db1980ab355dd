"""Forced pairs and shortest chains of moves on a graph of arrays, first come by position.

Plain loops over arrays, so that the same text runs as Python and compiled, step by step.
``by_row`` and ``cols`` list the columns of each row, ``by_col`` and ``rows`` the rows of each
column, both rising; ``match`` int64[N] and ``left`` int64[M] are changed in place.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


def settle(
    by_row: Ints, cols: Ints, by_col: Ints, rows: Ints, match: Ints, left: Ints, must: Bools
) -> bool:
    """Take every forced pair until none is left; False when someone who must sit cannot.

    A pair is open while its row is unmatched and its column has seats: at the start every pair
    has to be. Forced are the last open pair of a row that must be seated, and all open pairs of
    a column that must be full and has no more of them than seats. ``must`` bool[N + M] says who
    must, rows first.
    """
    n, m = len(match), len(left)
    ways = by_row[1:] - by_row[:-1]
    people = by_col[1:] - by_col[:-1]
    waiting = np.arange(n + m)
    queued = np.ones(n + m, dtype=np.bool_)
    taken = np.zeros(n, dtype=np.int64)
    top = n + m
    while top > 0:
        top -= 1
        node = waiting[top]
        queued[node] = False
        count = 0
        if not must[node]:
            continue
        if node < n:
            if match[node] >= 0 or ways[node] > 1:
                continue
            if ways[node] == 0:
                return False
            taken[0], count = node, 1
        else:
            col = node - n
            if left[col] == 0 or people[col] > left[col]:
                continue
            if people[col] < left[col]:
                return False
            for edge in range(by_col[col], by_col[col + 1]):
                if match[rows[edge]] < 0:
                    taken[count] = rows[edge]
                    count += 1
        for at in range(count):
            row = taken[at]
            goal = -1 if node < n else node - n
            for edge in range(by_row[row], by_row[row + 1]):
                col = cols[edge]
                if left[col] > 0:
                    people[col] -= 1
                    if goal < 0:
                        goal = col
                    if not queued[n + col]:
                        queued[n + col] = True
                        waiting[top] = n + col
                        top += 1
            match[row] = goal
            left[goal] -= 1
            if left[goal] == 0:
                for edge in range(by_col[goal], by_col[goal + 1]):
                    other = rows[edge]
                    if match[other] < 0:
                        ways[other] -= 1
                        if not queued[other]:
                            queued[other] = True
                            waiting[top] = other
                            top += 1
    return True


def seat(
    by_row: Ints, cols: Ints, by_col: Ints, rows: Ints, match: Ints, left: Ints, must: Bools
) -> bool:
    """Seat every row that must be, in order; False when one cannot be.

    Breadth first from the row: its free columns in order, then those of who sits in the others.
    """
    seen = np.full(len(left), -1, dtype=np.int64)
    came_by = np.full(len(left), -1, dtype=np.int64)
    queue = np.zeros(len(match) + 1, dtype=np.int64)
    for start in range(len(match)):
        if not must[start] or match[start] >= 0:
            continue
        queue[0] = start
        head, tail, found = 0, 1, -1
        while head < tail and found < 0:
            row = queue[head]
            head += 1
            for edge in range(by_row[row], by_row[row + 1]):
                if left[cols[edge]] > 0:
                    found = cols[edge]
                    came_by[found] = row
                    break
            if found >= 0:
                break
            for edge in range(by_row[row], by_row[row + 1]):
                col = cols[edge]
                if seen[col] == start:
                    continue
                seen[col] = start
                came_by[col] = row
                for other in range(by_col[col], by_col[col + 1]):
                    if match[rows[other]] == col:
                        queue[tail] = rows[other]
                        tail += 1
        if found < 0:
            return False
        left[found] -= 1
        while found >= 0:
            row = came_by[found]
            before = match[row]
            match[row] = found
            found = before
    return True


def fill(
    by_row: Ints, cols: Ints, by_col: Ints, rows: Ints, match: Ints, left: Ints, must: Bools
) -> bool:
    """Fill every column that must be full, in order; False when one cannot be.

    Breadth first from the column: its rows in order, those who sit nowhere or where a seat may
    stay free; else whoever comes leaves a column that must be filled in turn.
    """
    seen = np.full(len(left), -1, dtype=np.int64)
    leaver = np.full(len(left), -1, dtype=np.int64)
    target = np.full(len(left), -1, dtype=np.int64)
    queue = np.zeros(len(left) + 1, dtype=np.int64)
    turn = 0
    for start in range(len(left)):
        while must[start] and left[start] > 0:
            turn += 1
            queue[0] = start
            seen[start] = turn
            head, tail, found, goal = 0, 1, -1, -1
            while head < tail and found < 0:
                goal = queue[head]
                head += 1
                for edge in range(by_col[goal], by_col[goal + 1]):
                    row = rows[edge]
                    held = match[row]
                    if held < 0 or not must[held]:
                        if held != goal:
                            found = row
                            break
                    elif seen[held] != turn:
                        seen[held] = turn
                        leaver[held] = row
                        target[held] = goal
                        queue[tail] = held
                        tail += 1
            if found < 0:
                return False
            if match[found] >= 0:
                left[match[found]] += 1
            match[found] = goal
            while goal != start:
                match[leaver[goal]] = target[goal]
                goal = target[goal]
            left[start] -= 1
    return True
