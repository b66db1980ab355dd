"""The one plan among equally good ones, made a second time from the tight pairs.

The rule, in words: take every forced pair; then seat, from the lowest lottery number, everyone
who must be seated and is not, by a shortest chain of moves, free placements first and everything
in lottery order; then fill, in lottery order, every placement that must be full in the same way.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

Seats = dict[int, int]


class Board:
    """People and placements with the tight pairs between them."""

    def __init__(self, pairs: Iterable[tuple[int, int]], left: Seats) -> None:
        self.cols: dict[int, list[int]] = {}
        self.rows: dict[int, list[int]] = {}
        for row, col in sorted(pairs):
            self.cols.setdefault(row, []).append(col)
            self.rows.setdefault(col, []).append(row)
        self.left = {col: left[col] for col in self.rows}
        self.held: dict[int, int] = {}

    def solve(self, must_row: set[int], must_col: set[int]) -> dict[int, int] | None:
        """Who sits where, or None when not all that must be can be."""
        self._force(must_row, must_col)
        for row in sorted(must_row):
            if row not in self.held and not self._seat(row):
                return None
        for col in sorted(must_col):
            while self.left.get(col, 1) > 0:
                if not self._fill(col, must_col):
                    return None
        return self.held

    def _open_cols(self, row: int) -> list[int]:
        return [col for col in self.cols.get(row, ()) if self.left[col] > 0]

    def _open_rows(self, col: int) -> list[int]:
        return [row for row in self.rows[col] if row not in self.held]

    def _force(self, must_row: set[int], must_col: set[int]) -> None:
        people, places = set(self.cols) & must_row, set(self.rows) & must_col
        while people or places:
            taken: dict[int, int] = {}
            for row in people:
                ways = [] if row in self.held else self._open_cols(row)
                if len(ways) == 1:
                    taken[row] = ways[0]
            for col in places:
                if self.left[col] > 0:
                    waiting = self._open_rows(col)
                    if len(waiting) == self.left[col]:
                        taken |= dict.fromkeys(waiting, col)
            people, places = set(), set()
            for row, col in taken.items():
                if self.left[col] > 0:
                    self.held[row] = col
                    self.left[col] -= 1
                    places |= set(self.cols[row]) & must_col
                    if not self.left[col]:
                        people |= set(self.rows[col]) & must_row

    def _seat(self, start: int) -> bool:
        came: dict[int, int] = {}
        waiting = deque([start])
        while waiting:
            row = waiting.popleft()
            free = self._open_cols(row)
            if free:
                came[free[0]] = row
                self.left[free[0]] -= 1
                goal: int | None = free[0]
                while goal is not None:
                    row = came[goal]
                    before = self.held.get(row)
                    self.held[row] = goal
                    goal = before
                return True
            for col in self.cols.get(row, ()):
                if col not in came:
                    came[col] = row
                    waiting.extend(r for r in self.rows[col] if self.held.get(r) == col)
        return False

    def _fill(self, start: int, must_col: set[int]) -> bool:
        goes: dict[int, tuple[int, int]] = {}
        waiting = deque([start] if start in self.rows else [])
        while waiting:
            goal = waiting.popleft()
            for row in self.rows[goal]:
                before = self.held.get(row)
                if before in (goal, start):
                    continue
                if before is None or before not in must_col:
                    if before is not None:
                        self.left[before] += 1
                    self.held[row] = goal
                    while goal != start:
                        row, onward = goes[goal]
                        self.held[row] = onward
                        goal = onward
                    self.left[start] -= 1
                    return True
                if before not in goes:
                    goes[before] = row, goal
                    waiting.append(before)
        return False
