"""Readers of public postcode files: ONSPD, NSPL, OS Code-Point Open, and our three columns."""

import csv
import gzip
import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TextIO

from placements.domain.national_grid import grid_to_wgs84
from placements.domain.postcodes import normalise_postcode

Row = tuple[str, float, float]

_POSTCODE_COLUMNS = ("pcds", "pcd8", "pcd2", "pcd7", "pcd", "postcode")
_LATITUDE_COLUMNS = ("lat", "latitude")
_LONGITUDE_COLUMNS = ("long", "lon", "longitude")
# Great Britain and Northern Ireland; ONS writes 99.999999 where it has no place for a postcode.
_LATITUDES = (49.0, 61.5)
_LONGITUDES = (-9.0, 2.5)
_NO_PLACE_QUALITY = 90


def read_postcodes(path: Path, *, with_terminated: bool = False) -> Iterator[Row]:
    """Give (postcode, latitude, longitude) of each placed postcode of a file, whichever kind it is.

    Plain or gzip. A file without a header is Code-Point Open. Raises ValueError with the line for
    what cannot be read, and for a header that names no postcode, latitude or longitude.
    """
    with _open(path) as lines:
        rows = csv.reader(lines)
        first = next(rows, None)
        if first is None:
            raise ValueError(f"{path.name} is empty")
        if normalise_postcode(first[0]) and len(first) >= 4:
            yield from _code_point_rows(path, _and_then(first, rows))
        else:
            yield from _headed_rows(path, first, rows, with_terminated)


def _open(path: Path) -> TextIO:
    if path.suffix == ".gz":
        return io.TextIOWrapper(gzip.open(path, "rb"), encoding="utf-8-sig", newline="")
    return path.open(encoding="utf-8-sig", newline="")


def _and_then(first: list[str], rows: Iterator[list[str]]) -> Iterator[list[str]]:
    yield first
    yield from rows


def _code_point_rows(path: Path, rows: Iterator[list[str]]) -> Iterator[Row]:
    for line, row in enumerate(rows, start=1):
        postcode = normalise_postcode(row[0]) if row else None
        try:
            quality, easting, northing = int(row[1]), float(row[2]), float(row[3])
        except (IndexError, ValueError):
            raise ValueError(f"{path.name}, line {line}: not a Code-Point Open row") from None
        if postcode and quality < _NO_PLACE_QUALITY and easting > 0:
            yield postcode, *grid_to_wgs84(easting, northing)


def _headed_rows(
    path: Path, header: list[str], rows: Iterator[list[str]], with_terminated: bool
) -> Iterator[Row]:
    column = _column_finder(path, header)
    at, lat_at, lon_at = (
        column(names) for names in (_POSTCODE_COLUMNS, _LATITUDE_COLUMNS, _LONGITUDE_COLUMNS)
    )
    names = [name.strip().lower() for name in header]
    ended_at = names.index("doterm") if "doterm" in names else None
    for line, row in enumerate(rows, start=2):
        if not row:
            continue
        try:
            postcode, lat, lon = normalise_postcode(row[at]), float(row[lat_at]), float(row[lon_at])
            ended = ended_at is not None and bool(row[ended_at].strip())
        except (IndexError, ValueError):
            words = f"{path.name}, line {line}: no latitude and longitude to read"
            raise ValueError(words) from None
        if postcode and _is_here(lat, lon) and (with_terminated or not ended):
            yield postcode, lat, lon


def _column_finder(path: Path, header: list[str]) -> Callable[[tuple[str, ...]], int]:
    names = [name.strip().lower() for name in header]

    def column(choices: tuple[str, ...]) -> int:
        for choice in choices:
            if choice in names:
                return names.index(choice)
        raise ValueError(f"{path.name}: no column named {' or '.join(choices)} in its first line")

    return column


def _is_here(lat: float, lon: float) -> bool:
    return _LATITUDES[0] < lat < _LATITUDES[1] and _LONGITUDES[0] < lon < _LONGITUDES[1]
