"""Travel taken as given: the journeys that were worked out from exact homes, kept as numbers.

A sealed bundle rounds homes, so that journeys cannot be worked out from it again. It carries
those that the solve used, and a market read from it says so.
"""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Mapping
from typing import Any

import numpy as np

from matching.canonical import sha256_of
from matching.errors import MarketError
from matching.market import Ints, Market
from matching.transport.by_table import TableTravel
from matching.transport.by_timetable import TimetableTravel
from matching.travel import Journeys, StraightLine

MODEL = "given"
BEYOND = 9_999
NO_SERVICE, UNKNOWN = -1, -2
COLUMNS = ("there", "back", "metres", "mode", "estimate")


@dataclasses.dataclass(frozen=True, eq=False)
class GivenTravel:
    """Journeys of named pairs; every other pair of known places is too long for the person.

    ``people`` and ``places`` are ids. Person i has the pairs ``starts[i]`` to ``starts[i + 1]``,
    with ``cols`` (positions in ``places``, rising), minutes ``there`` and ``back`` (-1 where no
    service runs, -2 where the journey is not known), ``metres``, ``mode`` (index into ``MODES``,
    or -1) and ``estimate`` (0 or 1), all int64[K]. ``lost_people`` and ``lost_places`` are
    positions without a known place.
    ``source`` is the model that worked them out.
    """

    source: str
    people: tuple[str, ...]
    places: tuple[str, ...]
    starts: Ints
    cols: Ints
    there: Ints
    back: Ints
    metres: Ints
    mode: Ints
    estimate: Ints
    lost_people: Ints
    lost_places: Ints

    @functools.cached_property
    def sha256(self) -> str:
        """The hash of every journey."""
        return sha256_of(self.to_dict())

    def to_dict(self) -> dict[str, Any]:
        """The journeys as plain lists."""
        names = ("starts", "cols", *COLUMNS, "lost_people", "lost_places")
        lists = {name: getattr(self, name).tolist() for name in names}
        named = {"people": list(self.people), "places": list(self.places)}
        return {"model": MODEL, "source": self.source, **named, **lists}

    @classmethod
    def from_dict(cls, given: Mapping[str, Any]) -> GivenTravel:
        """The journeys that :meth:`to_dict` described.

        Raises
        ------
        MarketError
            Naming the list that cannot be used.
        """
        if not isinstance(given, Mapping) or given.get("model") != MODEL:
            raise MarketError("travel: not journeys taken as given")
        fields = {f.name for f in dataclasses.fields(cls)}
        if set(given) != fields | {"model"}:
            odd = sorted(set(given) ^ (fields | {"model"}))[0]
            raise MarketError(f"travel: field {odd!r} is missing or unknown")
        if not isinstance(given["source"], str):
            raise MarketError("travel: source is not a text")
        values: dict[str, Any] = {"source": given["source"]}
        for name in sorted(fields - {"source"}):
            values[name] = (_texts if name in ("people", "places") else _wholes)(name, given[name])
        made = cls(**values)
        made._check()
        return made

    def _check(self) -> None:
        n, m, size = len(self.people), len(self.places), len(self.cols)
        begins, ends = self.starts[:-1], self.starts[1:]
        if len(self.starts) != n + 1 or self.starts[0] != 0 or self.starts[-1] != size:
            raise MarketError(f"travel: starts does not cut {size} pairs into {n} people")
        if (ends < begins).any():
            raise MarketError("travel: starts goes down")
        for name in COLUMNS:
            if len(getattr(self, name)) != size:
                raise MarketError(f"travel: {name} has another length than cols")
        for name, top in (("cols", m), ("lost_people", n), ("lost_places", m)):
            values = getattr(self, name)
            if ((values < 0) | (values >= top)).any():
                raise MarketError(f"travel: {name} has a position that is not there")
        keys = self._keys
        if (keys[1:] <= keys[:-1]).any():
            raise MarketError("travel: cols of a person do not rise")

    @functools.cached_property
    def _keys(self) -> Ints:
        rows = np.repeat(np.arange(len(self.people)), np.diff(self.starts))
        keys: Ints = rows * max(len(self.places), 1) + self.cols
        return keys

    @functools.cached_property
    def _at(self) -> tuple[dict[str, int], dict[str, int]]:
        return (
            {name: at for at, name in enumerate(self.people)},
            {name: at for at, name in enumerate(self.places)},
        )

    def _positions(self, market: Market) -> tuple[Ints, Ints]:
        """Where each record of a market stands in the lists here; refuses one that does not."""
        records = (market.candidates, market.placements)
        last = self.__dict__.get("_last")
        if last is None or last[0] is not records[0] or last[1] is not records[1]:
            last = self.__dict__["_last"] = (*records, *self._find(market))
        return last[2], last[3]

    def _find(self, market: Market) -> tuple[Ints, Ints]:
        found = []
        ids = (market.candidates.ids, market.placements.ids)
        for at, names in zip(self._at, (column.tolist() for column in ids), strict=True):
            missing = next((name for name in names if name not in at), None)
            if missing is not None:
                raise MarketError(f"travel: no journeys are given for {missing}")
            found.append(np.array([at[name] for name in names], dtype=np.int64))
        return found[0], found[1]

    def pairs(self, market: Market) -> tuple[Ints, Ints]:
        """Rows and columns of the pairs of a market that are listed, int64[K]."""
        person_at, place_at = self._positions(market)
        row_of = _inverse(person_at, len(self.people))
        col_of = _inverse(place_at, len(self.places))
        rows = row_of[np.repeat(np.arange(len(self.people)), np.diff(self.starts))]
        cols = col_of[self.cols]
        here = (rows >= 0) & (cols >= 0)
        return rows[here], cols[here]

    def journeys(self, market: Market, rows: Ints, cols: Ints) -> Journeys:
        """The journeys of pairs of positions in a market."""
        person_at, place_at = self._positions(market)
        people, places = person_at[rows], place_at[cols]
        wanted = people * max(len(self.places), 1) + places
        at = np.minimum(np.searchsorted(self._keys, wanted), max(len(self._keys) - 1, 0))
        listed = self._keys[at] == wanted if len(self._keys) else np.zeros(len(rows), dtype=bool)
        known = ~np.isin(people, self.lost_people) & ~np.isin(places, self.lost_places)
        known &= ~(listed & (_at(self.there, at) == UNKNOWN))
        figures = [
            np.where(known, np.where(listed, _at(column, at), other), -1)
            for column, other in zip(self._figures, (BEYOND, BEYOND, -1, -1), strict=True)
        ]
        estimate = np.where(listed, _at(self.estimate, at) == 1, True)
        there, back, metres, mode = figures
        return Journeys(there, back, metres, mode, known, known & (there >= 0), estimate)

    @property
    def _figures(self) -> tuple[Ints, Ints, Ints, Ints]:
        return self.there, self.back, self.metres, self.mode


def _at(column: Ints, at: Ints) -> Ints:
    """The values at positions; without any value, zeros that nobody reads."""
    return column[at] if len(column) else np.zeros(len(at), dtype=np.int64)


def _inverse(at: Ints, size: int) -> Ints:
    position = np.full(size, -1, dtype=np.int64)
    position[at] = np.arange(len(at))
    return position


def _texts(name: str, value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise MarketError(f"travel: {name} is not a list of texts")
    if len(set(value)) < len(value):
        raise MarketError(f"travel: {name} names one twice")
    return tuple(value)


def _wholes(name: str, value: Any) -> Ints:
    if not isinstance(value, list) or not set(map(type, value)) <= {int}:
        raise MarketError(f"travel: {name} is not a list of whole numbers")
    numbers = np.array(value or np.zeros(0, dtype=np.int64))
    if numbers.dtype != np.int64 or ((numbers < UNKNOWN) | (numbers >= 2**31)).any():
        raise MarketError(f"travel: {name} holds a number outside {UNKNOWN} to {2**31 - 1}")
    return numbers


def read_market(given: Any) -> Market:
    """The market that a dictionary of ``Market.to_dict`` describes, its model of travel too."""
    travel = given.get("travel") if isinstance(given, Mapping) else None
    return Market.from_dict(given, None if travel is None else read_travel(travel))


def read_travel(given: Any) -> Any:
    """The model of travel that a market's dictionary describes, by the name it gives."""
    models: dict[Any, Any] = {
        "straight_line": StraightLine,
        "timetable": TimetableTravel,
        "table": TableTravel,
    }
    name = given.get("model") if isinstance(given, Mapping) else None
    return models.get(name, GivenTravel).from_dict(given)
