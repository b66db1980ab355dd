"""How people travel when only a straight line is known: speeds, waits and hours, as a table."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Mapping
from typing import Any

from matching.canonical import sha256_of
from matching.errors import MarketError
from matching.records import MODES

Hours = tuple[tuple[int, int], ...]
ALWAYS: Hours = ((0, 2880),) * 7
BUS: Hours = ((300, 1410),) * 5 + ((330, 1410), (450, 1380))
TRAIN: Hours = ((345, 1400),) * 5 + ((360, 1400), (510, 1350))
EARTH_METRES = 6_371_008.8
QUIET_BEFORE, QUIET_AFTER = 420, 1140
MOST_SPEED, MOST_DETOUR, MOST_MINUTES = 500_000, 1_000, 2880


@dataclasses.dataclass(frozen=True, slots=True)
class Rate:
    """One way of travelling.

    ``speed`` is metres an hour and ``detour`` hundredths of the straight line; ``access`` is the
    minutes to reach it, ``wait`` those spent waiting, ``quiet_wait`` the wait before 7am and after
    7pm. ``hours`` are the first and last minute of service for each weekday, Monday first; (0,
    2880) is at all times.
    """

    speed: int
    detour: int
    access: int
    wait: int
    quiet_wait: int
    hours: Hours


RATES = {
    "walk": Rate(4_800, 125, 0, 0, 0, ALWAYS),
    "cycle": Rate(15_000, 130, 2, 0, 0, ALWAYS),
    "bus": Rate(18_000, 140, 6, 6, 12, BUS),
    "train": Rate(45_000, 130, 14, 8, 15, TRAIN),
    "car": Rate(35_000, 135, 5, 0, 0, ALWAYS),
}


@dataclasses.dataclass(frozen=True)
class Rates:
    """The rates of one region.

    Parameters
    ----------
    by_mode : mapping of way of travelling to Rate
        A way that is left out is not used there.

    Raises
    ------
    MarketError
        Naming the way, the figure and the value that cannot be.

    Examples
    --------
    >>> region = Rates({"walk": Rate(4_800, 125, 0, 0, 0, ALWAYS)})
    >>> Rates.from_dict(region.to_dict()) == region
    True
    """

    by_mode: Mapping[str, Rate] = dataclasses.field(default_factory=lambda: dict(RATES))

    def __post_init__(self) -> None:
        for mode, rate in self.by_mode.items():
            if mode not in MODES:
                raise MarketError(f"rates: {mode!r} is not one of {', '.join(MODES)}")
            _check(mode, rate)

    @functools.cached_property
    def sha256(self) -> str:
        """The hash of every figure."""
        return sha256_of(self.to_dict())

    def to_dict(self) -> dict[str, Any]:
        """The figures as plain values."""
        return {
            mode: {
                **{name: getattr(rate, name) for name in FIGURES},
                "hours": [list(span) for span in rate.hours],
            }
            for mode, rate in sorted(self.by_mode.items())
        }

    @classmethod
    def from_dict(cls, given: Mapping[str, Any]) -> Rates:
        """The rates that a dictionary of :meth:`to_dict` describes."""
        if not isinstance(given, Mapping):
            raise MarketError("rates: they must be an object")
        return cls({str(mode): _read(str(mode), row) for mode, row in given.items()})


FIGURES = {
    "speed": (1, MOST_SPEED),
    "detour": (100, MOST_DETOUR),
    "access": (0, MOST_MINUTES),
    "wait": (0, MOST_MINUTES),
    "quiet_wait": (0, MOST_MINUTES),
}


def _read(mode: str, row: Any) -> Rate:
    if not isinstance(row, Mapping) or set(row) != {*FIGURES, "hours"}:
        raise MarketError(f"rates: {mode} must have {', '.join(FIGURES)} and hours")
    try:
        hours = tuple((first, last) for first, last in row["hours"])
    except (TypeError, ValueError):
        raise MarketError(f"rates: {mode}: hours must be seven pairs of minutes") from None
    return Rate(**{name: row[name] for name in FIGURES}, hours=hours)


def _check(mode: str, rate: Rate) -> None:
    for name, (least, most) in FIGURES.items():
        value = getattr(rate, name)
        if type(value) is not int or not least <= value <= most:
            raise MarketError(f"rates: {mode}: {name} {value!r} is not within {least}..{most}")
    minutes = [minute for span in rate.hours for minute in span]
    whole = all(type(minute) is int and 0 <= minute <= MOST_MINUTES for minute in minutes)
    if len(rate.hours) != 7 or not whole:
        raise MarketError(f"rates: {mode}: hours must be seven pairs of minutes within a day")


def rates_of(travel: Any) -> Mapping[str, Rate]:
    """The rates of a market's model of travel, those of this file where it has none."""
    rates = getattr(travel, "rates", None)
    return RATES if rates is None else rates.by_mode
