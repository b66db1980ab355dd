"""What a mechanism is given and what it gives back."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np

from matching.costs import Costs
from matching.edges import Edges
from matching.market import Ints, Market


@dataclasses.dataclass(frozen=True, slots=True)
class Problem:
    """Eligible pairs without pinned people, seats left after pins, and the cost of each pair."""

    market: Market
    edges: Edges
    costs: Costs
    capacities: Ints
    caps_left: dict[str, int]

    def lottery_order(self) -> Ints:
        """Candidate positions from the lowest lottery number up, which is their given order."""
        return np.arange(len(self.market.candidates), dtype=np.int64)


@dataclasses.dataclass(frozen=True, slots=True)
class Answer:
    """A match int64[N] (-1 for none), the name of what ran, and its proof if it has one."""

    match: Ints
    method: str
    certificate: dict[str, Any]
    row_price: Ints | None = None
    col_price: Ints | None = None


class Seats:
    """Free places and host caps, counted down as people take them."""

    def __init__(self, problem: Problem) -> None:
        self.left = problem.capacities.tolist()
        self.hosts = [p.employer for p in problem.market.placements]
        self.caps = dict(problem.caps_left)

    def take(self, col: int) -> bool:
        """Take one place if the placement and its host have one left."""
        host = self.hosts[col]
        if self.left[col] < 1 or self.caps.get(host, 1) < 1:
            return False
        self.left[col] -= 1
        if host in self.caps:
            self.caps[host] -= 1
        return True
