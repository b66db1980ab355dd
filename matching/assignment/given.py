"""What ``assign`` is given, checked once and kept small: 32-bit positions, seats clipped."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Ints32 = npt.NDArray[np.int32]
Bools = npt.NDArray[np.bool_]


@dataclasses.dataclass(frozen=True, slots=True)
class Given:
    """Edges as given, ``rows`` and ``cols`` int32[E], ``costs`` int64[E]; seats int64[M].

    ``lowest`` and ``widest`` are the least cost and the range of costs; ``most`` is how many rows
    the seats could hold.
    """

    rows: Ints32
    cols: Ints32
    costs: Ints
    capacities: Ints
    n_rows: int
    lowest: int
    widest: int
    most: int

    @property
    def n_cols(self) -> int:
        """Number of columns."""
        return len(self.capacities)

    @property
    def outside(self) -> int:
        """The price of staying unmatched, for costs less ``lowest``.

        One more row matched can cost at most ``most`` detours and its own edge, each no wider
        than the range of costs: this is more than that, so the number matched comes first.
        """
        return (self.most + 1) * (self.widest + 2)


def read_given(rows: Any, cols: Any, costs: Any, capacities: Any, n_rows: Any) -> Given:
    """Check every argument.

    Raises
    ------
    ValueError
        Naming the argument and the first bad position.
    """
    if isinstance(n_rows, bool) or not isinstance(n_rows, int | np.integer) or n_rows < 0:
        raise ValueError(f"n_rows: {n_rows!r} is not a whole number from 0 up")
    n = int(n_rows)
    r, c = whole_numbers("rows", rows), whole_numbers("cols", cols)
    w, caps = whole_numbers("costs", costs), whole_numbers("capacities", capacities)
    if max(n, len(caps)) >= 2**31:
        raise ValueError(f"n_rows: {max(n, len(caps))} positions do not fit 32 bits")
    if not len(r) == len(c) == len(w):
        raise ValueError(f"costs: {len(w)} given for {len(r)} rows and {len(c)} cols")
    _refuse_outside("rows", r, n)
    _refuse_outside("cols", c, len(caps))
    if len(caps) and caps.min() < 0:
        at = int(np.argmax(caps < 0))
        raise ValueError(f"capacities[{at}]: {int(caps[at])} is below 0")
    seats = np.minimum(caps, n).astype(np.int64)
    most = min(n, int(seats.sum()))
    lowest = int(w.min()) if len(w) else 0
    widest = int(w.max()) - lowest if len(w) else 0
    if (most + 2) * (2 * widest + 4) + abs(lowest) * (most + 1) >= 2**62:
        at = int(np.argmax(np.abs(w)))
        raise ValueError(f"costs[{at}]: {most} of these could add up past int64")
    return Given(
        _narrow(r), _narrow(c), w.astype(np.int64, copy=False), seats, n, lowest, widest, most
    )


def whole_numbers(name: str, given: Any) -> npt.NDArray[np.integer[Any]]:
    """One dimension of whole numbers that fit int64, in the type they came in."""
    array = np.asarray(given)
    if array.size == 0:
        array = array.astype(np.int64)
    if array.ndim != 1:
        raise ValueError(f"{name}: expected one dimension, got {array.ndim}")
    if array.dtype.kind not in "iu" or (array.dtype.kind == "u" and array.dtype.itemsize == 8):
        raise ValueError(f"{name}[0]: expected whole numbers that fit int64, got {array.dtype}")
    return array


def _refuse_outside(name: str, array: npt.NDArray[np.integer[Any]], end: int) -> None:
    if len(array) and (array.min() < 0 or array.max() >= end):
        at = int(np.argmax((array < 0) | (array >= end)))
        raise ValueError(f"{name}[{at}]: {int(array[at])} is not within 0..{end - 1}")


def _narrow(array: npt.NDArray[np.integer[Any]]) -> Ints32:
    return np.ascontiguousarray(array, dtype=np.int32)
