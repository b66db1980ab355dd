"""The one door to numba: compiled once, kept on disk, and free of Python's lock while it runs."""

from __future__ import annotations

from collections.abc import Callable
from typing import ParamSpec, TypeVar, cast

import numpy as np
import numpy.typing as npt
from numba import njit

P = ParamSpec("P")
R = TypeVar("R")
Ints = npt.NDArray[np.int64]
Ints32 = npt.NDArray[np.int32]
Bools = npt.NDArray[np.bool_]


def compiled(function: Callable[P, R]) -> Callable[P, R]:
    """Compile at the first call; what was compiled is kept for the next process."""
    return cast(Callable[P, R], njit(cache=True, nogil=True)(function))
