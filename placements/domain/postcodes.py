"""Postcodes: how they are written, and where they are, from a gazetteer or any geopy geocoder."""

import csv
import gzip
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

# Outward: one or two letters, a digit, and perhaps one more sign, never O. Inward: a digit and
# two letters, never C I K M O V.
_SHAPE = re.compile(r"^([A-Z]{1,2}[0-9][0-9A-HJKMNPR-Y]?)([0-9][ABD-HJLNP-UW-Z]{2})$")
_NOT_LETTERS = re.compile(r"[^A-Z0-9]")


def normalise_postcode(text: str) -> str | None:
    """Write a postcode as ``B1 1AY``, any case or spacing, O for 0 forgiven; None if not one."""
    letters = _NOT_LETTERS.sub("", text.upper())
    for spelling in (letters, _mend_zeros(letters)):
        found = _SHAPE.match(spelling)
        if found:
            return f"{found[1]} {found[2]}"
    return None


def _mend_zeros(letters: str) -> str:
    """Swap O and 0, I and 1 where only the other can stand; the end is digit, letter, letter."""
    if len(letters) < 5:
        return letters
    outward, digit, last = letters[:-3], letters[-3], letters[-2:]
    area = 2 if len(outward) > 2 and not outward[1].isdigit() else 1
    to_digit = str.maketrans("OI", "01")
    to_letter = str.maketrans("01", "OI")
    return (
        outward[:area].translate(to_letter)
        + outward[area:].translate(to_digit)
        + digit.translate(to_digit)
        + last.translate(to_letter)
    )


def outward_code(postcode: str) -> str:
    """Give the part before the space of a normalised postcode."""
    return postcode.split(" ")[0]


def sector_of(postcode: str) -> str:
    """Give the sector of a normalised postcode: ``B1 1`` of ``B1 1AY``."""
    return postcode[:-2]


@dataclass(frozen=True)
class Point:
    """Where a postcode is, WGS84; approximate when only its sector or a geocoder knew it."""

    postcode: str
    lat: float
    lon: float
    district: str | None
    approximate: bool

    @property
    def latitude(self) -> float:
        """The name geopy gives it."""
        return self.lat

    @property
    def longitude(self) -> float:
        """The name geopy gives it."""
        return self.lon

    @property
    def address(self) -> str:
        """The name geopy gives it."""
        return self.postcode


class PostcodeFinder(Protocol):
    """What the service asks of anything that can place a postcode."""

    def find(self, postcode: str) -> Point | None:
        """Place a postcode, or None when it cannot be placed at all."""


def _nowhere(_postcode: str) -> str | None:
    return None


class Gazetteer:
    """Postcodes kept in memory, with the middle of each sector to fall back on."""

    def __init__(
        self,
        units: Iterable[tuple[str, float, float]],
        sectors: Iterable[tuple[str, float, float]] = (),
        district_of: Callable[[str], str | None] = _nowhere,
    ) -> None:
        """Hold the units and sectors given; the district of a point is asked of ``district_of``."""
        self._units = {code: (lat, lon) for code, lat, lon in units}
        self._sectors = {code: (lat, lon) for code, lat, lon in sectors}
        self._district_of = district_of

    @classmethod
    def load(
        cls,
        units_path: Path,
        sectors_path: Path | None = None,
        district_of: Callable[[str], str | None] = _nowhere,
    ) -> "Gazetteer":
        """Read ``postcode,latitude,longitude`` and ``sector,latitude,longitude``, gzip or plain."""
        sectors = _three_columns(sectors_path) if sectors_path else ()
        return cls(_three_columns(units_path), sectors, district_of)

    def __len__(self) -> int:
        return len(self._units)

    def __iter__(self) -> Iterator[tuple[str, float, float]]:
        for code, (lat, lon) in self._units.items():
            yield code, lat, lon

    @property
    def sectors(self) -> dict[str, tuple[float, float]]:
        """The middle of each sector."""
        return dict(self._sectors)

    def find(self, postcode: str) -> Point | None:
        """Place a postcode; one not on the list falls back to its sector, labelled approximate."""
        normal = normalise_postcode(postcode)
        if normal is None:
            return None
        exact = self._units.get(normal)
        place = exact or self._sectors.get(sector_of(normal))
        if place is None:
            return None
        return Point(normal, place[0], place[1], self._district_of(normal), exact is None)

    def geocode(self, query: str, *, exactly_one: bool = True, timeout: object = None) -> Any:
        """Answer as a geopy geocoder does: a location or None; a list unless ``exactly_one``."""
        point = self.find(query)
        if exactly_one:
            return point
        return [point] if point else None


class GeocodedPostcodes:
    """Any geopy geocoder in the gazetteer's place; its answers are labelled approximate."""

    def __init__(
        self,
        geocoder: Any,
        district_of: Callable[[str], str | None] = _nowhere,
        suffix: str = ", UK",
    ) -> None:
        """Ask ``geocoder.geocode``; the suffix keeps a worldwide geocoder in the country."""
        self._geocoder = geocoder
        self._district_of = district_of
        self._suffix = suffix

    def find(self, postcode: str) -> Point | None:
        """Place a postcode by the geocoder, which raises its own errors when out of reach."""
        normal = normalise_postcode(postcode)
        location = self._geocoder.geocode(normal + self._suffix) if normal else None
        if normal is None or location is None:
            return None
        return Point(normal, location.latitude, location.longitude, self._district_of(normal), True)


def _three_columns(path: Path) -> Iterator[tuple[str, float, float]]:
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rt", encoding="utf-8", newline="") as lines:
        rows = csv.reader(lines)
        next(rows, None)
        for row in rows:
            yield row[0], float(row[1]), float(row[2])
