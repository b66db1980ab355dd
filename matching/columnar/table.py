"""The records of one kind as columns, in canonical order, each record made when it is asked for."""

from __future__ import annotations

import dataclasses
import functools
import itertools
import operator
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Generic, SupportsIndex, TypeVar, cast, overload

import numpy as np
import numpy.typing as npt

from matching.canonical import canonical_json, lottery_numbers, texts_json
from matching.columnar.columns import Column, Days, Floats, Ints, Kinds, Lists, Numbers, Wholes
from matching.columnar.reading import Ids, Source, read_column, read_ids
from matching.errors import MarketError
from matching.records import Candidate, Placement, read_record, record_dict

R = TypeVar("R", bound=Candidate | Placement)
Draws = npt.NDArray[np.uint64]
BLOCK = 20_000


class Records(Sequence[R], Generic[R]):
    """All candidates or all placements of a market, by lottery number.

    ``records[i]`` is one record, made from the columns; ``len``, slices and iteration work as
    on a tuple. The columns themselves: ``ids`` (texts, StringDType[N]), :meth:`wholes`,
    :meth:`numbers`, :meth:`days`, :meth:`kinds` and :meth:`lists` by the name of a field.
    """

    def __init__(
        self, kind: type[R], ids: Ids, columns: dict[str, Column], made: tuple[R, ...] | None = None
    ) -> None:
        self.kind: type[R] = kind
        self.ids: Ids = ids
        self.columns: dict[str, Column] = columns
        self._made: tuple[R, ...] | None = made
        self._drawn: tuple[int, Draws] | None = None

    def __len__(self) -> int:
        return len(self.ids)

    @overload
    def __getitem__(self, at: SupportsIndex) -> R: ...
    @overload
    def __getitem__(self, at: slice) -> tuple[R, ...]: ...
    def __getitem__(self, at: SupportsIndex | slice) -> R | tuple[R, ...]:
        if isinstance(at, slice):
            return tuple(self[i] for i in range(*at.indices(len(self))))
        if self._made is not None:
            return self._made[at]
        position = operator.index(at)
        if not -len(self) <= position < len(self):
            raise IndexError(f"{self.kind.__name__} {position} of {len(self)}")
        return self._make(position % len(self))

    def __iter__(self) -> Iterator[R]:
        return iter(self._made) if self._made is not None else map(self._make, range(len(self)))

    def _make(self, at: int) -> R:
        values: dict[str, Any] = {name: column.value(at) for name, column in self.columns.items()}
        return self.kind(id=str(self.ids[at]), **values)

    def wholes(self, field: str) -> Ints:
        """A column of whole numbers, int64[N], -1 for ``None``."""
        return cast(Wholes, self.columns[field]).values

    def numbers(self, field: str) -> Floats:
        """A column of numbers, float64[N], NaN for ``None``."""
        return cast(Numbers, self.columns[field]).values

    def days(self, field: str) -> Ints:
        """A column of dates as day numbers (``date.toordinal``), int64[N], 0 for ``None``."""
        return cast(Days, self.columns[field]).values

    def kinds(self, field: str) -> Kinds:
        """A column of texts or tuples, each different one once."""
        return cast(Kinds, self.columns[field])

    def lists(self, field: str) -> Lists:
        """A column of lists of names (``choices``, ``never_placements``)."""
        return cast(Lists, self.columns[field])

    def points(self) -> Floats:
        """Latitude and longitude, float64[N, 2], both NaN where one is unknown."""
        points = np.column_stack([self.numbers("lat"), self.numbers("lon")])
        points[np.isnan(points).any(axis=1)] = np.nan
        return points

    @functools.cached_property
    def at(self) -> dict[str, int]:
        """Position of each id."""
        return {name: at for at, name in enumerate(self.ids.tolist())}

    @functools.cached_property
    def by_id(self) -> Ints:
        """The positions in the order of the ids."""
        return np.argsort(self.ids, kind="stable")

    def draws(self, seed: int, given: Mapping[str, int] | None = None) -> Draws:
        """Lottery numbers, uint64[N]: those given by id, or drawn from the seed and the id."""
        if given is None and self._drawn is not None and self._drawn[0] == seed:
            return self._drawn[1]
        names = self.ids.tolist()
        if given is None:
            self._drawn = seed, lottery_numbers(seed, names)
            return self._drawn[1]
        missing = next((name for name in names if name not in given), None)
        if missing is not None:
            raise MarketError(f"lottery: no number is given for {missing}")
        return np.array([given[name] for name in names], dtype=np.uint64)

    def ordered(self, seed: int, given: Mapping[str, int] | None = None) -> Records[R]:
        """The same records by the lottery of ``seed``; refuses an id that is given twice."""
        drawn = self.draws(seed, given)
        order = np.argsort(drawn, kind="stable")
        same = np.flatnonzero(drawn[order][1:] == drawn[order][:-1])
        if len(same):
            names = self.ids.tolist()
            order = np.array(sorted(order.tolist(), key=lambda i: (int(drawn[i]), names[i])))
            for one, two in itertools.pairwise(order.tolist()):
                if names[one] == names[two]:
                    raise MarketError(f"{self.kind.__name__} {names[one]}: the id is given twice")
        return self.take(order)

    def take(self, order: Ints) -> Records[R]:
        """The records at these positions."""
        columns = {name: column.take(order) for name, column in self.columns.items()}
        made = None if self._made is None else tuple(self._made[at] for at in order.tolist())
        return self._same_people(Records(self.kind, self.ids[order], columns, made), order)

    def _same_people(self, records: Records[R], order: Ints | slice) -> Records[R]:
        """Lottery numbers once drawn go along with the ids they were drawn for."""
        if self._drawn is not None:
            records._drawn = self._drawn[0], self._drawn[1][order]
        return records

    def replaced(self, **columns: Column) -> Records[R]:
        """The same records with other columns."""
        same: Records[R] = Records(self.kind, self.ids, {**self.columns, **columns})
        same.__dict__ |= {k: self.__dict__[k] for k in ("at", "by_id") if k in self.__dict__}
        return self._same_people(same, slice(None))

    def to_list(self) -> list[dict[str, Any]]:
        """The records by id, as plain lists, numbers and texts."""
        return [record_dict(self._make(at)) for at in self.by_id.tolist()]

    def texts(self) -> Iterator[str]:
        """Canonical JSON of :meth:`to_list`, in blocks without the brackets around them."""
        order = self.by_id
        fields = sorted(["id", *self.columns])
        form = "{" + ",".join(f"{canonical_json(name)}:%s" for name in fields) + "}"
        for begin in range(0, len(order), BLOCK):
            part = order[begin : begin + BLOCK]
            names = texts_json(self.ids[part].tolist())
            told = [names if f == "id" else self.columns[f].texts(part) for f in fields]
            yield "," * (begin > 0) + ",".join(form % row for row in zip(*told, strict=True))


def read_records(kind: type[R], given: Iterable[R | Mapping[str, Any]]) -> Records[R]:
    """Records one by one, as mappings or as they are, checked and put into columns."""
    made: tuple[R, ...] = tuple(cast(R, read_record(cast(Any, kind), one)) for one in given)
    ids = read_ids(kind.__name__, [one.id for one in made])
    columns = {
        name: read_column(
            Source(kind.__name__, ids, name, annotation), [_of(r, name) for r in made]
        )
        for name, annotation in fields_of(kind).items()
    }
    return Records(kind, ids, columns, made)


def _of(record: Candidate | Placement, name: str) -> Any:
    return getattr(record, name)


def read_columns(kind: type[R], given: Mapping[str, Any]) -> Records[R]:
    """Records given as one array or column a field; a field left out has its default."""
    name, fields = kind.__name__, fields_of(kind)
    unknown = sorted(set(given) - set(fields) - {"id"})
    if unknown:
        raise MarketError(f"{name}: unknown field {unknown[0]!r}")
    ids = read_ids(name, given.get("id", ()))
    columns = {
        field: read_column(
            Source(name, ids, field, annotation),
            given[field] if field in given else _default(kind, field, len(ids)),
        )
        for field, annotation in fields.items()
    }
    return Records(kind, ids, columns)


def fields_of(kind: type[Any]) -> dict[str, str]:
    """The fields of a record but its id, with the text of their type."""
    return {f.name: str(f.type) for f in dataclasses.fields(kind) if f.name != "id"}


def _default(kind: type[Any], field: str, size: int) -> list[Any]:
    return [next(f.default for f in dataclasses.fields(kind) if f.name == field)] * size
