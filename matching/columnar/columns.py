"""Columns: one field of all records as an array, read back as plain values one at a time.

Every column has ``value(at)`` (what a record holds), ``take(order)`` (the column of other
positions) and ``texts(order)`` (canonical JSON of each value).
"""

from __future__ import annotations

import dataclasses
import datetime
import itertools
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from matching.canonical import canonical_json, texts_json

Ints = npt.NDArray[np.signedinteger[Any]]
Floats = npt.NDArray[np.float64]


@dataclasses.dataclass(frozen=True, slots=True)
class Numbers:
    """``values`` float64[N], NaN for ``None``."""

    values: Floats

    def __len__(self) -> int:
        return len(self.values)

    def value(self, at: int) -> float | None:
        """The number at one position."""
        number = float(self.values[at])
        return None if number != number else number

    def take(self, order: Ints) -> Numbers:
        """The numbers of other positions."""
        return Numbers(self.values[order])

    def texts(self, order: Ints) -> list[str]:
        """JSON of each."""
        return ["null" if x != x else repr(x) for x in self.values[order].tolist()]


@dataclasses.dataclass(frozen=True, slots=True)
class Wholes:
    """``values`` int64[N] from 0 up; -1 for ``None``."""

    values: Ints

    def __len__(self) -> int:
        return len(self.values)

    def value(self, at: int) -> int | None:
        """The whole number at one position."""
        number = int(self.values[at])
        return None if number < 0 else number

    def take(self, order: Ints) -> Wholes:
        """The whole numbers of other positions."""
        return Wholes(self.values[order])

    def texts(self, order: Ints) -> list[str]:
        """JSON of each."""
        return ["null" if x < 0 else str(x) for x in self.values[order].tolist()]


@dataclasses.dataclass(frozen=True, slots=True)
class Days:
    """``values`` int64[N], days since 31 December of the year 0 (``date.toordinal``), 0 if open."""

    values: Ints

    def __len__(self) -> int:
        return len(self.values)

    def value(self, at: int) -> str | None:
        """The date at one position, as ISO text."""
        return _iso(int(self.values[at]))

    def take(self, order: Ints) -> Days:
        """The dates of other positions."""
        return Days(self.values[order])

    def texts(self, order: Ints) -> list[str]:
        """JSON of each."""
        days, which = np.unique(self.values[order], return_inverse=True)
        text = [canonical_json(_iso(day)) for day in days.tolist()]
        return [text[at] for at in which.tolist()]


def _iso(day: int) -> str | None:
    return datetime.date.fromordinal(day).isoformat() if day else None


@dataclasses.dataclass(frozen=True, slots=True)
class Kinds:
    """Each different value once in ``values``; ``codes`` int32[N] says which one a record has."""

    values: tuple[Any, ...]
    codes: Ints

    def __len__(self) -> int:
        return len(self.codes)

    def value(self, at: int) -> Any:
        """The value at one position."""
        return self.values[self.codes[at]]

    def take(self, order: Ints) -> Kinds:
        """The values of other positions."""
        return Kinds(self.values, self.codes[order])

    def texts(self, order: Ints) -> list[str]:
        """JSON of each."""
        codes = self.codes[order].tolist()
        text = {code: canonical_json(_plain(self.values[code])) for code in set(codes)}
        return [text[code] for code in codes]


def _plain(value: Any) -> Any:
    return [_plain(item) for item in value] if isinstance(value, tuple) else value


@dataclasses.dataclass(frozen=True, slots=True)
class Lists:
    """Lists of names: record i has ``names[codes[starts[i]:starts[i + 1]]]``, in this order.

    ``starts`` int64[N + 1], ``codes`` int32[K], ``names`` different texts.
    """

    starts: Ints
    codes: Ints
    names: Sequence[str]

    def __len__(self) -> int:
        return len(self.starts) - 1

    def value(self, at: int) -> tuple[str, ...]:
        """The names at one position."""
        found = self.codes[self.starts[at] : self.starts[at + 1]]
        return tuple(str(self.names[code]) for code in found.tolist())

    def take(self, order: Ints) -> Lists:
        """The lists of other positions."""
        sizes = (self.starts[1:] - self.starts[:-1])[order]
        starts = np.zeros(len(order) + 1, dtype=np.int64)
        np.cumsum(sizes, out=starts[1:])
        at = np.arange(starts[-1]) + np.repeat(self.starts[:-1][order] - starts[:-1], sizes)
        return Lists(starts, self.codes[at], self.names)

    def texts(self, order: Ints) -> list[str]:
        """JSON of each."""
        part = self.take(order)
        codes = part.codes.tolist()
        used = list(set(codes))
        text = dict(zip(used, texts_json(str(self.names[code]) for code in used), strict=True))
        said = [text[code] for code in codes]
        bounds = part.starts.tolist()
        return [f"[{','.join(said[a:b])}]" for a, b in itertools.pairwise(bounds)]

    def positions(self) -> tuple[Ints, Ints]:
        """For each entry, the record that has it and its place in the record's list, int64[K]."""
        sizes = self.starts[1:] - self.starts[:-1]
        rows = np.repeat(np.arange(len(sizes)), sizes)
        return rows, np.arange(len(rows)) - self.starts[:-1][rows]


Column = Numbers | Wholes | Days | Kinds | Lists
