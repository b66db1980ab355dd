"""The plain values a market is made of: candidates and placements, and how records are read."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any, TypeVar

from matching.errors import MarketError
from matching.policy import Policy

MODES = ("walk", "cycle", "bus", "train", "car")
MAX_CHOICES = 6

Spans = tuple[tuple[int, int, int], ...]
Record = TypeVar("Record", "Candidate", "Placement", "Policy")


@dataclasses.dataclass(frozen=True, slots=True)
class Candidate:
    """One person: where they live, how far and when they can travel, what they would like.

    Parameters
    ----------
    id : str
    lat, lon : float, optional
        Home in degrees. Without one, journeys are unknown and refuse every placement, unless
        the policy counts no travel.
    born_on : str, optional
        ISO date, as all dates here. Without it every least age refuses.
    modes : tuple of str
        Ways of travelling: some of ``walk``, ``cycle``, ``bus``, ``train``, ``car``.
    max_minutes : int
        The longest journey, of the one there and the one back.
    availability : tuple of (weekday 0-6, from_minute, to_minute)
        When they are free, Monday first; an empty one means that no shift suits.
    start_from, start_to : str, optional
        First and last day they can start; ``None`` leaves that end open.
    has : tuple of str
        What placements may need and they have.
    sectors : tuple of str
        Those they like.
    choices : tuple of str
        Up to six placements by id, the first choice first.
    never_placements, never_employers, never_sectors : tuple of str
        Where they are never placed.
    priority : tuple of str
        Groups they belong to, as the policy names them.

    Examples
    --------
    >>> Candidate("ann", modes=("bus",), max_minutes=45, choices=("shop",)).choices
    ('shop',)
    """

    id: str
    lat: float | None = None
    lon: float | None = None
    born_on: str | None = None
    modes: tuple[str, ...] = ("walk", "bus")
    max_minutes: int = 60
    availability: Spans = ()
    start_from: str | None = None
    start_to: str | None = None
    has: tuple[str, ...] = ()
    sectors: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    never_placements: tuple[str, ...] = ()
    never_employers: tuple[str, ...] = ()
    never_sectors: tuple[str, ...] = ()
    priority: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True, slots=True)
class Placement:
    """One opportunity at one site.

    Parameters
    ----------
    id : str
    employer, sector : str
    lat, lon : float, optional
        The site in degrees. Without one, nobody's journey is known.
    capacity : int
        Free places.
    min_age : int
        Age in whole years on the first day both can start; 0 for any.
    needs : tuple of str
        What everyone there must have.
    shifts : tuple of (weekday 0-6, start_minute, end_minute)
        Monday first; an end above 1440 is after midnight.
    start_from, start_to : str, optional
        First and last day one can start, ISO dates; ``None`` leaves that end open.
    ranking : tuple of str, optional
        The employer's own order of candidates by id, the best first; for ``stable`` and for
        blocking pairs.
    group_min : int
        Above 1, the placement runs only if so many people come.
    capacity_min : int, optional
        How many of the places are certain; ``None`` says that all are.

    Examples
    --------
    >>> Placement("shop", capacity=2, shifts=((0, 540, 1020),)).capacity
    2
    """

    id: str
    employer: str = ""
    sector: str = ""
    lat: float | None = None
    lon: float | None = None
    capacity: int = 1
    min_age: int = 0
    needs: tuple[str, ...] = ()
    shifts: Spans = ()
    start_from: str | None = None
    start_to: str | None = None
    ranking: tuple[str, ...] | None = None
    group_min: int = 0
    capacity_min: int | None = None


def read_record(kind: type[Record], given: Record | Mapping[str, Any]) -> Record:
    """A record from a mapping or a record, with every list frozen to a tuple."""
    if dataclasses.is_dataclass(given) and not isinstance(given, kind):
        raise MarketError(f"expected a {kind.__name__}, not {type(given).__name__}")
    fields = {f.name for f in dataclasses.fields(kind)}
    if isinstance(given, Mapping):
        unknown = sorted(set(given) - fields)
        if unknown:
            raise MarketError(f"{kind.__name__}: unknown field {unknown[0]!r}")
        values = dict(given)
    elif isinstance(given, kind):
        values = {name: getattr(given, name) for name in fields}
    else:
        raise MarketError(f"{kind.__name__}: {given!r} is not an object")
    try:
        values = {name: _frozen(value) for name, value in values.items()}
        _check_lists(kind, values)
        return kind(**values)
    except TypeError as wrong:
        raise MarketError(f"{kind.__name__}: {wrong}") from None


def _is_list(annotation: str) -> bool:
    return annotation.startswith("tuple") or annotation == "Spans"


def _check_lists(kind: type[Any], values: Mapping[str, Any]) -> None:
    """Every list is a list, and every list of names holds texts."""
    for field in dataclasses.fields(kind):
        if field.name not in values or not _is_list(str(field.type)):
            continue
        value = values[field.name]
        if value is None and "None" in str(field.type):
            continue
        named = f"{kind.__name__} {values.get('id', '')}: {field.name}".replace(" :", ":")
        if not isinstance(value, tuple):
            raise MarketError(f"{named} {value!r} is not a list")
        if "str" in str(field.type) and not all(isinstance(item, str) for item in value):
            raise MarketError(f"{named} holds something that is not a text")


def _frozen(value: Any) -> Any:
    if isinstance(value, list | tuple | set | frozenset):
        items = sorted(value) if isinstance(value, set | frozenset) else value
        return tuple(_frozen(item) for item in items)
    return value


def record_dict(record: Candidate | Placement | Policy) -> dict[str, Any]:
    """The record as plain lists, numbers and texts, ready for JSON."""
    return {f.name: _plain(getattr(record, f.name)) for f in dataclasses.fields(record)}


def _plain(value: Any) -> Any:
    return [_plain(item) for item in value] if isinstance(value, tuple) else value
