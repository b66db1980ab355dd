"""Which solver an assignment takes: SciPy for small ones, the compiled kernel for large ones."""

from __future__ import annotations

import dataclasses
import importlib.util

from matching.assignment.given import Given

LARGE_EDGES = 1_000_000
LARGE_ROWS = 10_000


@dataclasses.dataclass(frozen=True, slots=True)
class Route:
    """What runs, whether it is the compiled kernel, and why."""

    method: str
    compiled: bool
    note: str


def choose_route(given: Given) -> Route:
    """Small markets never load the compiler; large ones say so when they have to do without."""
    if given.most < LARGE_ROWS and len(given.rows) < LARGE_EDGES:
        return Route("scipy", False, "a small market, solved with SciPy")
    bits = max(given.n_rows, given.n_cols, 2).bit_length()
    if given.widest.bit_length() + bits > 62:
        return Route("scipy", False, "the costs are too wide for the compiled kernel")
    if importlib.util.find_spec("numba") is None:
        return Route("scipy", False, SLOWER)
    return Route("compiled kernel", True, "a large market, solved with the compiled kernel")


SLOWER = (
    "numba is not installed, so SciPy solved this large market: the same number, cost and prices, "
    "only slower (install the extra 'fast')"
)
