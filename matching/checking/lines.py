"""Lines for freed places, checked: the right people, in the right order, and nobody passed over."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from matching.checking.claims import read_lines
from matching.checking.eligible import Facts, SecondLook
from matching.columnar.columns import Ints
from matching.plan import Plan

Bools = npt.NDArray[np.bool_]
LONGEST_LINE = 10
SHOWN = 20


class Waiting:
    """The lines of a plan, and how the pairs of everyone who waits compare to them."""

    def __init__(self, look: SecondLook, plan: Plan, match: Ints) -> None:
        self.look, self.market, self.match = look, look.market, match
        self.places, sizes, self.rows = read_lines(self.market, plan)
        self.cols = np.repeat(self.places, sizes)
        self.faults = list(self._order(sizes))

    def _order(self, sizes: Ints) -> Iterator[str]:
        """Everyone in line waits and could come, by cost and then by lottery."""
        m = len(self.market.placements)
        self.size, self.last = np.zeros(m, dtype=np.int64), [np.zeros(m, dtype=np.int64)]
        if (self.places < 0).any() or (self.rows < 0).any():
            yield "someone is in line who is not in the market, or for what is not in it"
            return
        if (sizes == 0).any() or (sizes > LONGEST_LINE).any():
            yield f"a line has nobody or more than {LONGEST_LINE} people"
            return
        if len(self.rows) and (self.match[self.rows] >= 0).any():
            yield "someone is in line who has a place"
            return
        facts, _ = self.look.eligible(self.rows, self.cols)
        if len(facts.rows) != len(self.rows):
            yield "someone is in line for a place that cannot be theirs"
            return
        keys = self.keys(facts)
        same = self.cols[1:] == self.cols[:-1]
        if (same & ~_less([key[:-1] for key in keys], [key[1:] for key in keys])).any():
            yield "a line is not in its order"
        self.size[self.places] = sizes
        ends = np.cumsum(sizes) - 1
        self.last = [np.zeros(m, dtype=np.int64) for _ in keys]
        for last, key in zip(self.last, keys, strict=True):
            last[self.places] = key[ends]

    def keys(self, facts: Facts) -> list[Ints]:
        """What orders a line: the objectives tier by tier, then the lottery order of people."""
        found = []
        for tier in self.market.policy.tiers:
            total = np.zeros(len(facts.rows), dtype=np.int64)
            for name, times in tier:
                own = self.look.lottery[facts.rows] if name == "lottery" else facts.levels[name]
                total += times * own
            found.append(total)
        return [*found, facts.rows.astype(np.int64)]

    def block(self, facts: Facts) -> tuple[Ints, Ints]:
        """How many who wait for each placement there are, and how many up to its line's end."""
        m = len(self.size)
        if self.faults:
            return np.zeros(m, dtype=np.int64), np.zeros(m, dtype=np.int64)
        at = np.flatnonzero(self.match[facts.rows] < 0)
        levels = {name: level[at] for name, level in facts.levels.items()}
        some = Facts(
            facts.rows[at],
            facts.cols[at],
            facts.there,
            facts.back,
            facts.metres,
            facts.mode,
            levels,
        )
        last = [key[some.cols] for key in self.last]
        inside = (self.size[some.cols] > 0) & ~_less(last, self.keys(some))
        return (
            np.bincount(some.cols, minlength=m),
            np.bincount(some.cols[inside], minlength=m),
        )

    def result(self, counts: list[tuple[Ints, Ints]]) -> Iterator[str]:
        """Everything that is false, once all blocks are in."""
        yield from self.faults
        if self.faults:
            return
        zero = np.zeros(len(self.size), dtype=np.int64)
        everyone, inside = (sum((part[k] for part in counts), zero) for k in (0, 1))
        wrong = (inside != self.size) | (self.size != np.minimum(everyone, LONGEST_LINE))
        for col in np.flatnonzero(wrong)[:SHOWN].tolist():
            yield f"the line for {self.market.placements.ids[col]} is not those who come first"
        listed = np.bincount(self.places, minlength=len(self.size))
        if (listed > 1).any():
            yield "a placement has two lines"


def _less(a: list[Ints], b: list[Ints]) -> Bools:
    """Where the numbers of ``a`` come before those of ``b``, compared from the first."""
    less = np.zeros(len(b[0]), dtype=bool)
    same = np.ones(len(b[0]), dtype=bool)
    for one, other in zip(a, b, strict=True):
        less |= same & (one < other)
        same &= one == other
    return less
