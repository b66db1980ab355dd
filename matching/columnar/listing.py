"""Large parts of a plan as arrays that read as the tuples and dictionaries they stand for."""

from __future__ import annotations

import dataclasses
import functools
import itertools
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, SupportsIndex, overload

import numpy as np
import numpy.typing as npt

from matching.canonical import canonical_json, texts_json
from matching.columnar.columns import Ints
from matching.columnar.reading import Ids
from matching.records import MODES

BLOCK = 50_000
PLACES_TAKEN, NO_PLACE = "places_taken", "no_eligible_place"


@dataclasses.dataclass(frozen=True, slots=True)
class Placed:
    """One ``candidate`` at one ``placement``.

    ``minutes_there``, ``minutes_back`` and ``metres`` (in a straight line) are -1 and ``mode`` is
    ``None`` where travel is not counted. ``choice`` is 1-6 for a ranked choice, else ``None``;
    ``pinned`` says that the policy set the pair. ``estimate`` says that the travel
    figures come from a straight line and not from a timetable.
    """

    candidate: str
    placement: str
    choice: int | None
    minutes_there: int
    minutes_back: int
    metres: int
    mode: str | None
    estimate: bool
    pinned: bool = False

    @property
    def km(self) -> float:
        """Kilometres in a straight line."""
        return self.metres / 1000


FIELDS = tuple(sorted(f.name for f in dataclasses.fields(Placed)))
ONE = "{" + ",".join(f'"{name}":%s' for name in FIELDS) + "}"


@dataclasses.dataclass(frozen=True, eq=False)
class Placings(Sequence[Placed]):
    """Everyone placed, by candidate id; each :class:`Placed` is made when it is asked for.

    ``candidate`` and ``placement`` texts; ``choice`` 1-6 or 0; minutes and metres or -1; ``mode``
    index into ``MODES`` or -1; ``estimate``, ``pinned`` bool; all [K].
    """

    candidate: Ids
    placement: Ids
    choice: Ints
    minutes_there: Ints
    minutes_back: Ints
    metres: Ints
    mode: Ints
    estimate: npt.NDArray[np.bool_]
    pinned: npt.NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.choice)

    @overload
    def __getitem__(self, at: SupportsIndex) -> Placed: ...
    @overload
    def __getitem__(self, at: slice) -> tuple[Placed, ...]: ...
    def __getitem__(self, at: SupportsIndex | slice) -> Placed | tuple[Placed, ...]:
        if isinstance(at, slice):
            return tuple(self[i] for i in range(*at.indices(len(self))))
        choice, mode = int(self.choice[at]), int(self.mode[at])
        return Placed(
            str(self.candidate[at]),
            str(self.placement[at]),
            choice or None,
            int(self.minutes_there[at]),
            int(self.minutes_back[at]),
            int(self.metres[at]),
            MODES[mode] if mode >= 0 else None,
            bool(self.estimate[at]),
            bool(self.pinned[at]),
        )

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and tuple(self) == tuple(other)

    def __hash__(self) -> int:
        return hash(tuple(self))

    def __mul__(self, times: int) -> tuple[Placed, ...]:
        return tuple(self) * times

    def __add__(self, more: Sequence[Placed]) -> tuple[Placed, ...]:
        return (*self, *more)

    def texts(self) -> Iterator[str]:
        """Canonical JSON, in blocks."""
        yield "["
        for begin in range(0, len(self), BLOCK):
            part = slice(begin, begin + BLOCK)
            told = [self._told(name, part) for name in FIELDS]
            yield "," * (begin > 0) + ",".join(ONE % row for row in zip(*told, strict=True))
        yield "]"

    def _told(self, name: str, part: slice) -> list[str]:
        values = getattr(self, name)[part].tolist()
        if name in ("candidate", "placement"):
            return texts_json(values)
        if name in ("estimate", "pinned"):
            return ["true" if value else "false" for value in values]
        if name == "mode":
            return [f'"{MODES[value]}"' if value >= 0 else "null" for value in values]
        if name == "choice":
            return [str(value) if value else "null" for value in values]
        return [str(value) for value in values]


class Listing(Mapping[str, Any]):
    """A dictionary by id over arrays, its values made when they are asked for."""

    def __init__(self, names: Ids) -> None:
        self.names = names

    @functools.cached_property
    def _at(self) -> dict[str, int]:
        return {name: at for at, name in enumerate(self.names.tolist())}

    def __len__(self) -> int:
        return len(self.names)

    def __iter__(self) -> Iterator[str]:
        return iter(self._at)

    def __contains__(self, name: object) -> bool:
        return name in self._at

    def __getitem__(self, name: str) -> Any:
        return self.value(self._at[name])

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Mapping) and dict(self) == dict(other)

    def __or__(self, more: Mapping[str, Any]) -> dict[str, Any]:
        return {**self, **more}

    def value(self, at: int) -> Any:
        """The value at one position."""
        raise NotImplementedError

    def told(self, begin: int, end: int) -> list[str]:
        """Canonical JSON of the values at some positions."""
        return [canonical_json(self.value(at)) for at in range(begin, end)]

    def texts(self) -> Iterator[str]:
        """Canonical JSON, in blocks; names are in order already."""
        yield "{"
        for begin in range(0, len(self), BLOCK):
            end = min(begin + BLOCK, len(self))
            names = texts_json(self.names[begin:end].tolist())
            pairs = zip(names, self.told(begin, end), strict=True)
            yield "," * (begin > 0) + ",".join(f"{name}:{text}" for name, text in pairs)
        yield "}"


class Prices(Listing):
    """Whole numbers by id; ``values`` int64[K], or Python whole numbers where phases need them."""

    def __init__(self, names: Ids, values: npt.NDArray[Any]) -> None:
        super().__init__(names)
        self.values_at = values

    def value(self, at: int) -> int:
        """The price at one position."""
        return int(self.values_at[at])

    def told(self, begin: int, end: int) -> list[str]:
        """JSON of the prices at some positions."""
        return [str(value) for value in self.values_at[begin:end].tolist()]


class Lines(Listing):
    """Names in a row by id: ``people[starts[i]:starts[i + 1]]``."""

    def __init__(self, names: Ids, starts: Ints, people: Ids) -> None:
        super().__init__(names)
        self.starts, self.people = starts, people

    def value(self, at: int) -> list[str]:
        """The names in one line, first in line first."""
        line: list[str] = self.people[self.starts[at] : self.starts[at + 1]].tolist()
        return line

    def told(self, begin: int, end: int) -> list[str]:
        """JSON of the lines at some positions."""
        bounds = (self.starts[begin : end + 1] - self.starts[begin]).tolist()
        names = texts_json(self.people[self.starts[begin] : self.starts[end]].tolist())
        return [f"[{','.join(names[a:b])}]" for a, b in itertools.pairwise(bounds)]


class Reasons(Listing):
    """Why each unplaced person has no place.

    ``eligible`` int64[K] counts the placements open to the person; where it is 0, ``refused``
    int64[K, R] counts the placements by the rule that refuses them, ``rules`` their names.
    """

    def __init__(self, names: Ids, eligible: Ints, rules: tuple[str, ...], refused: Ints) -> None:
        super().__init__(names)
        self.eligible, self.rules, self.refused = eligible, rules, refused

    def value(self, at: int) -> dict[str, Any]:
        """The reason at one position."""
        eligible = int(self.eligible[at])
        if eligible:
            return {"code": PLACES_TAKEN, "eligible": eligible}
        counts = zip(self.rules, self.refused[at].tolist(), strict=True)
        refused = {rule: count for rule, count in counts if count}
        return {"code": NO_PLACE, "eligible": 0, "refused": refused}

    def told(self, begin: int, end: int) -> list[str]:
        """JSON of the reasons at some positions."""
        return [
            f'{{"code":"{PLACES_TAKEN}","eligible":{count}}}'
            if count
            else canonical_json(self.value(at))
            for at, count in enumerate(self.eligible[begin:end].tolist(), begin)
        ]
