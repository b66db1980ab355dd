"""What a mechanism is given and what it gives back."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import numpy.typing as npt

from matching.costs import Costs
from matching.edges import Edges
from matching.market import Ints, Market
from matching.side_rules.rules import Rules


@dataclasses.dataclass(frozen=True, slots=True)
class Problem:
    """Eligible pairs without pinned people, the cost of each, and what is left after the pins."""

    market: Market
    edges: Edges
    costs: Costs
    rules: Rules

    @property
    def capacities(self) -> Ints:
        """Places left at each placement after the pins, int64[M]."""
        return self.rules.seats

    def minutes(self) -> Ints:
        """The longer journey of each pair, int64[E]."""
        return np.maximum(self.edges.there, self.edges.back)


@dataclasses.dataclass(frozen=True, slots=True)
class Answer:
    """A match int64[N] (-1 for none), the method, and its proof if it has one.

    Prices are int64, or Python whole numbers where the objectives need phases. ``solver`` says
    what ran on this machine and why; it changes nothing else.
    """

    match: Ints
    method: str
    certificate: dict[str, Any]
    row_price: npt.NDArray[Any] | None = None
    col_price: npt.NDArray[Any] | None = None
    solver: str = ""
