"""Values and arrays read into columns; what cannot be used is refused by record and field."""

from __future__ import annotations

import dataclasses
import datetime
import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from matching.columnar.columns import Column, Days, Kinds, Lists, Numbers, Wholes
from matching.errors import MarketError
from matching.records import MAX_CHOICES, MODES

Ids = npt.NDArray[Any]
TEXT = np.dtypes.StringDType()
MOST = 2**31 - 1
EPOCH = datetime.date(1970, 1, 1).toordinal()
DATES = ("born_on", "start_from", "start_to")
LISTS = ("choices", "never_placements")
LIMITS = {"lat": 90, "lon": 180}


@dataclasses.dataclass(frozen=True, slots=True)
class Source:
    """Where a column comes from, to name what is wrong with it."""

    kind: str
    ids: Ids
    field: str
    annotation: str

    def refuse(self, at: int, value: Any, why: str) -> MarketError:
        """The error that names the record, the field and the value."""
        return MarketError(f"{self.kind} {self.ids[at]}: {self.field} {value!r} {why}")


def read_ids(kind: str, given: Any) -> Ids:
    """The ids of records as one array of texts; each must be a text that UTF-8 can hold."""
    values = given.tolist() if isinstance(given, np.ndarray) else list(given)
    for at, value in enumerate(values):
        if not isinstance(value, str) or not value or not _is_text(value):
            raise MarketError(f"{kind}: id {value!r} at {at} is not a text")
    return np.array(values, dtype=TEXT) if values else np.zeros(0, dtype=TEXT)


def read_column(source: Source, given: Any) -> Column:
    """One column from an array, a column, or one value a record.

    Raises
    ------
    MarketError
        Naming the record, the field and the value that cannot be used.
    """
    size = len(given) if hasattr(given, "__len__") else -1
    if size != len(source.ids):
        raise MarketError(f"{source.kind}: {source.field} has {size} for {len(source.ids)} ids")
    return _reader(source)(source, given)


def _reader(source: Source) -> Callable[[Source, Any], Column]:
    if source.field in LISTS:
        return _lists
    if source.field in DATES:
        return _days
    if source.annotation.startswith("float"):
        return _numbers
    return _wholes if source.annotation.startswith("int") else _kinds


def _numbers(source: Source, given: Any) -> Numbers:
    if isinstance(given, Numbers):
        given = given.values
    if not isinstance(given, np.ndarray):
        for at, value in enumerate(given):
            if value is not None and (type(value) not in (int, float) or not _is_finite(value)):
                raise source.refuse(at, value, _within(source.field))
        given = np.array([math.nan if v is None else v for v in given], dtype=np.float64)
    if given.dtype.kind not in "fiu":
        raise MarketError(f"{source.kind}: {source.field} holds {given.dtype}, not numbers")
    values = given.astype(np.float64) + 0.0
    wrong = ~np.isnan(values) & ~(np.abs(values) <= LIMITS.get(source.field, math.inf))
    wrong |= np.isinf(values)
    if wrong.any():
        at = int(np.argmax(wrong))
        raise source.refuse(at, float(values[at]), _within(source.field))
    return Numbers(values)


def _is_finite(value: float) -> bool:
    try:
        return math.isfinite(value)
    except OverflowError:
        return False


def _within(field: str) -> str:
    return f"is not a number within ±{LIMITS[field]}" if field in LIMITS else "is not a number"


def _wholes(source: Source, given: Any) -> Wholes:
    optional = source.annotation.endswith("None")
    why = f"is not a whole number from 0 to {MOST}"
    if isinstance(given, Wholes):
        given = given.values
    if not isinstance(given, np.ndarray):
        for at, value in enumerate(given):
            if not (value is None and optional) and (
                type(value) is not int or not 0 <= value <= MOST
            ):
                raise source.refuse(at, value, why)
        given = np.array([-1 if v is None else v for v in given], dtype=np.int64)
    if given.dtype.kind not in "iu":
        raise MarketError(f"{source.kind}: {source.field} holds {given.dtype}, not whole numbers")
    wrong = (given < (-1 if optional else 0)) | (given > MOST)
    if wrong.any():
        at = int(np.argmax(wrong))
        raise source.refuse(at, int(given[at]), why)
    return Wholes(given.astype(np.int64))


def _days(source: Source, given: Any) -> Days:
    if isinstance(given, Days):
        given = given.values
    if isinstance(given, np.ndarray) and given.dtype.kind == "M":
        days = given.astype("datetime64[D]")
        given = np.where(np.isnat(days), 0, days.astype(np.int64) + EPOCH)
    if isinstance(given, np.ndarray) and given.dtype.kind in "iu":
        wrong = (given < 0) | (given > datetime.date.max.toordinal())
        if wrong.any():
            at = int(np.argmax(wrong))
            raise source.refuse(at, int(given[at]), "is not a day")
        return Days(given.astype(np.int64))
    known: dict[Any, int] = {None: 0}
    for at, value in enumerate(given):
        if not isinstance(value, str | None):
            raise source.refuse(at, value, "is not a date like 2026-09-01")
        if value not in known:
            known[value] = _ordinal(source, at, value)
    return Days(np.array([known[value] for value in given], dtype=np.int64))


def _ordinal(source: Source, at: int, value: Any) -> int:
    try:
        day = datetime.date.fromisoformat(value)
    except ValueError:
        day = None
    if day is None or day.isoformat() != value:
        raise source.refuse(at, value, "is not a date like 2026-09-01")
    return day.toordinal()


def _kinds(source: Source, given: Any) -> Kinds:
    if isinstance(given, Kinds):
        values, codes = tuple(_frozen(v) for v in given.values), given.codes
        _check_codes(source, codes, len(values))
    else:
        values, codes = _encoded(source, [_frozen(v) for v in given])
    for code, value in enumerate(values):
        why = _misfit(source, value)
        if why and (codes == code).any():
            raise source.refuse(int(np.argmax(codes == code)), value, why)
    return Kinds(values, codes.astype(np.int32))


def _encoded(source: Source, given: list[Any]) -> tuple[tuple[Any, ...], npt.NDArray[Any]]:
    known: dict[Any, int] = {}
    codes = np.zeros(len(given), dtype=np.int32)
    for at, value in enumerate(given):
        try:
            codes[at] = known.setdefault(value, len(known))
        except TypeError:
            raise source.refuse(at, value, "cannot be read") from None
    return tuple(known), codes


def _lists(source: Source, given: Any) -> Lists:
    if isinstance(given, Lists):
        _check_codes(source, given.codes, len(given.names))
        if given.starts[0] != 0 or (np.diff(given.starts) < 0).any():
            raise MarketError(f"{source.kind}: {source.field} does not start where it should")
        column = Lists(given.starts.astype(np.int64), given.codes.astype(np.int32), given.names)
    else:
        column = _listed(source, [_frozen(value) for value in given])
    if source.field == "choices":
        _check_choices(source, column)
    return column


def _listed(source: Source, given: Sequence[Any]) -> Lists:
    known: dict[str, int] = {}
    codes = []
    for at, value in enumerate(given):
        why = _misfit(source, value)
        if why:
            raise source.refuse(at, value, why)
        codes += [known.setdefault(name, len(known)) for name in value]
    starts = np.zeros(len(given) + 1, dtype=np.int64)
    np.cumsum([len(value) for value in given], out=starts[1:])
    return Lists(starts, np.array(codes, dtype=np.int32), tuple(known))


def _check_choices(source: Source, column: Lists) -> None:
    rows, _ = column.positions()
    keys = np.sort(rows * max(len(column.names), 1) + column.codes)
    twice = keys[1:][keys[1:] == keys[:-1]] // max(len(column.names), 1)
    long = np.flatnonzero(np.diff(column.starts) > MAX_CHOICES)
    for at in (*twice[:1].tolist(), *long[:1].tolist()):
        why = f"must be at most {MAX_CHOICES} different placements"
        raise source.refuse(at, list(column.value(at)), why)


def _check_codes(source: Source, codes: Any, size: int) -> None:
    wrong = (codes < 0) | (codes >= size)
    if wrong.any():
        code = int(codes[np.argmax(wrong)])
        raise MarketError(f"{source.kind}: {source.field} has code {code} for {size} values")


def _misfit(source: Source, value: Any) -> str | None:
    """Why a value does not fit its field, or None."""
    annotation = source.annotation
    if value is None and annotation.endswith("None"):
        return None
    if annotation == "Spans":
        return _bad_spans(value)
    if annotation.startswith("tuple"):
        if not isinstance(value, tuple):
            return "is not a list"
        if not all(isinstance(item, str) and _is_text(item) for item in value):
            return "holds something that is not a text"
        return _bad_names(source.field, value)
    if annotation.startswith("bool"):
        return None if isinstance(value, bool) else "is not true or false"
    return None if isinstance(value, str) and _is_text(value) else "is not a text"


def _bad_names(field: str, value: tuple[str, ...]) -> str | None:
    if field == "modes" and not set(value) <= set(MODES):
        return f"holds a way that is not one of {', '.join(MODES)}"
    return "names someone twice" if field == "ranking" and len(set(value)) < len(value) else None


def _bad_spans(value: Any) -> str | None:
    if not isinstance(value, tuple):
        return "is not a list"
    for at, span in enumerate(value):
        whole = isinstance(span, tuple) and len(span) == 3 and all(type(x) is int for x in span)
        if not whole or not (0 <= span[0] <= 6 and 0 <= span[1] < span[2] <= 2880):
            return f"at {at} is not [weekday 0-6, from, to] in minutes"
    return None


def _is_text(value: str) -> bool:
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def _frozen(value: Any) -> Any:
    if isinstance(value, list | tuple | set | frozenset):
        items = sorted(value) if isinstance(value, set | frozenset) else value
        return tuple(_frozen(item) for item in items)
    return value
