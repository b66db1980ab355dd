"""Which solver an assignment takes; every one gives the same number, cost and prices."""

from __future__ import annotations

import dataclasses
import importlib.util
from collections.abc import Callable
from typing import Any

from matching.assignment.by_arrays import solve_as_table
from matching.assignment.by_scipy import solve_with_scipy
from matching.assignment.given import Given, Ints

TABLE_CELLS = 4_000_000
TABLE_COLUMNS = 600
TABLE_SEATS = 3_000
LARGE_EDGES = 1_000_000
LARGE_ROWS = 10_000
PACKED_BITS = 62
SLOWER = (
    "numba is not installed, so SciPy solved this large market: the same number, cost and prices, "
    "only slower (install the extra 'fast')"
)
Solver = Callable[[Given], tuple[Any, Ints]]


@dataclasses.dataclass(frozen=True, slots=True)
class Route:
    """A solver, its name, and why it was chosen."""

    method: str
    note: str
    solve: Solver


def choose_route(given: Given) -> Route:
    """Small markets never load the compiler; large ones say so when they have to do without."""
    cells = given.n_rows * given.n_cols
    if given.n_cols <= TABLE_COLUMNS and given.most <= TABLE_SEATS and cells <= TABLE_CELLS:
        return Route("table", "a small market, solved on one table of costs", solve_as_table)
    if given.most < LARGE_ROWS and len(given.rows) < LARGE_EDGES:
        return Route("scipy", "a market of middle size, solved with SciPy", solve_with_scipy)
    bits = max(given.n_rows, given.n_cols, 2).bit_length()
    if given.widest.bit_length() + bits > PACKED_BITS:
        note = "the costs are too wide for the compiled kernel, so SciPy solved it"
        return Route("scipy", note, solve_with_scipy)
    if importlib.util.find_spec("numba") is None:
        return Route("scipy", SLOWER, solve_with_scipy)
    return Route("compiled kernel", "a large market, solved with the compiled kernel", _by_kernel)


def _by_kernel(given: Given) -> tuple[Any, Ints]:
    """Import the kernel, and numba with it, only where a large market needs it."""
    from matching.assignment.kernel.solving import solve_large

    return solve_large(given)
