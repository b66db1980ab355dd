"""Where a postcode is: imported postcodes first, then the file the region ships."""

from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

import numpy as np
from sqlalchemy import delete, select

from placements.domain.errors import Invalid
from placements.domain.postcode_files import read_postcodes
from placements.domain.postcodes import Gazetteer, Point, normalise_postcode, sector_of
from placements.domain.region import Region, load_region
from placements.extensions import db
from placements.models.regions import GazetteerPostcode
from placements.services.transactions import act


@lru_cache(maxsize=8)
def get_rules(folder: Path) -> Region:
    """Return the rules of the region kept in `folder`."""
    return load_region(folder)


@lru_cache(maxsize=8)
def _shipped(folder: Path) -> Gazetteer:
    rules = get_rules(folder)
    return Gazetteer.load(rules.postcodes_path, rules.sectors_path, rules.district_of)


def find_shipped(folder: Path) -> Gazetteer:
    """Return the postcodes that the region ships."""
    return _shipped(folder)


def find_point(folder: Path, postcode: str) -> Point:
    """Return where `postcode` is; raise `Invalid` when it is none, or nobody knows it."""
    normal = normalise_postcode(postcode)
    if normal is None:
        raise Invalid("postcode", "Write a full UK postcode, like WS1 1TP.")
    imported = db.session.get(GazetteerPostcode, normal)
    if imported is not None:
        district = get_rules(folder).district_of(normal)
        return Point(normal, imported.latitude, imported.longitude, district, False)
    point = _shipped(folder).find(normal)
    if point is None:
        raise _unknown(normal)
    return point


def find_points(folder: Path, postcodes: Iterable[str]) -> dict[str, Point | Invalid]:
    """Return where each postcode is, or why it is nowhere, with one look at the database."""
    wanted = set(postcodes)
    rows = select(GazetteerPostcode).where(GazetteerPostcode.postcode.in_(wanted))
    rules = get_rules(folder)
    found: dict[str, Point | Invalid] = {
        p.postcode: Point(p.postcode, p.latitude, p.longitude, rules.district_of(p.postcode), False)
        for p in db.session.scalars(rows)
    }
    for postcode in wanted - set(found):
        found[postcode] = _shipped(folder).find(postcode) or _unknown(postcode)
    return found


def list_sectors(folder: Path) -> dict[str, tuple[float, float]]:
    """Return the middle of each postcode sector that the region ships."""
    return _shipped(folder).sectors


def find_home_sector(folder: Path, postcode: str | None) -> tuple[float, float] | None:
    """Return the middle of a postcode's sector: near enough to show, too wide to find a door."""
    return list_sectors(folder).get(sector_of(postcode)) if postcode else None


def round_to_sectors(
    folder: Path, points: Iterable[tuple[float, float] | None]
) -> list[tuple[float, float] | None]:
    """Return the middle of the postcode sector nearest to each point; unknown stays unknown."""
    middles = np.array(list(_shipped(folder).sectors.values()), dtype=float).reshape(-1, 2)
    return [None if point is None else _nearest(middles, point) for point in points]


def _nearest(middles: np.ndarray, point: tuple[float, float]) -> tuple[float, float] | None:
    if not len(middles):
        return None
    north, east = (middles - point).T
    east = east * np.cos(np.radians(point[0]))
    lat, lon = middles[np.argmin(north**2 + east**2)].tolist()
    return lat, lon


def _unknown(postcode: str) -> Invalid:
    return Invalid("postcode", f"We do not know {postcode}. Check it, or use one next door.")


@act
def import_gazetteer(path: Path) -> int:
    """Take in ONSPD, NSPL or Code-Point Open; each postcode of the file replaces ours."""
    n_postcodes = 0
    for postcode, latitude, longitude in read_postcodes(path):
        db.session.execute(delete(GazetteerPostcode).where(GazetteerPostcode.postcode == postcode))
        row = GazetteerPostcode(postcode=postcode, latitude=latitude, longitude=longitude)
        row.source = path.name[:40]
        db.session.add(row)
        n_postcodes += 1
    return n_postcodes
