"""How people of a region travel: its own speeds, and a timetable or table of minutes if imported.

What was imported is a file under `TRAVEL_DIR`, named by its hash; a round seals that hash and the
speeds, so that a later import changes no round that is locked.
"""

import gzip
import importlib.util
import io
import json
import os
import statistics
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time
from functools import lru_cache
from pathlib import Path
from typing import Any

from matching import MatchingError
from matching.rates import ALWAYS, Rate, Rates
from matching.sealing.given import read_travel
from matching.transport.by_table import MinutesTable, TableTravel, read_minutes
from matching.transport.by_timetable import TimetableTravel
from matching.transport.gtfs import read_gtfs
from matching.transport.timetable import Timetable
from matching.travel import StraightLine
from placements import clock
from placements.domain.errors import GuardRefused, Invalid
from placements.domain.region import TravelSpeed
from placements.extensions import db
from placements.models.regions import Region
from placements.services.gazetteer import get_rules, list_sectors
from placements.settings import load_settings

Model = StraightLine | TimetableTravel | TableTravel
Data = Timetable | MinutesTable
KINDS: dict[str, type[Timetable] | type[MinutesTable]] = {
    "timetable": Timetable,
    "table": MinutesTable,
}
IN_USE = "in-use.json"
TO_HUNDREDTHS, TO_METRES = 100, 1000


@dataclass(frozen=True)
class TravelInUse:
    """What a region's journeys come from: `straight_line`, `timetable` or `table`."""

    model: str
    source: str
    sha256: str | None
    valid_from: str | None
    imported_on: str | None


def find_travel(region_id: int) -> Model | None:
    """Return the model of travel of a region as of now; None where it has no speeds of its own."""
    rates = _find_rates(region_id)
    if rates is None:
        return None
    in_use = _read_in_use(_code(region_id))
    if in_use is None:
        return StraightLine(rates)
    return _with_rates(_load(_code(region_id), in_use.model, str(in_use.sha256)), rates)


def find_straight_line(region_id: int) -> StraightLine | None:
    """Return a region's straight line alone: for lists of all that is near, told as estimates."""
    rates = _find_rates(region_id)
    return None if rates is None else StraightLine(rates)


def describe_travel(region_id: int) -> dict[str, Any] | None:
    """Return what a seal says of travel: all speeds, and an imported file by its hash."""
    model = find_travel(region_id)
    if model is None or isinstance(model, StraightLine):
        return model and model.to_dict()
    kind, data = _data_of(model)
    return {"model": kind, "rates": model.rates.to_dict(), "sha256": data.sha256}


def read_sealed_travel(region_id: int, sealed: Mapping[str, Any] | None) -> Model | None:
    """Return the model that a seal describes; refused while its file is missing or changed."""
    if sealed is None:
        return None
    if sealed["model"] not in KINDS:
        return read_travel(sealed)
    data = _load(_code(region_id), sealed["model"], sealed["sha256"])
    return _with_rates(data, Rates.from_dict(sealed["rates"]))


def import_timetable(code: str, path: Path, week_of: date | None = None) -> TravelInUse:
    """Take in a GTFS feed and use it from now on; raises `Invalid` naming the file and line."""
    after = None if week_of else clock.today()
    try:
        with path.open("rb") as file:
            found = read_gtfs(file, source=path.name, week_of=week_of, after=after)
    except MatchingError as wrong:
        raise Invalid("file", f"{path.name}: {wrong}. Nothing was kept.") from wrong
    return _keep(code, "timetable", found, found.week_from)


def import_minutes(
    folder: Path, path: Path, areas: Path | None, source: str, taken_on: date
) -> TravelInUse:
    """Take in a table of minutes between areas; raises `Invalid` naming the file and line.

    Without a file of `areas` they are postcode sectors and districts as the region's gazetteer
    has them.
    """
    try:
        points = areas.read_text("utf-8-sig") if areas else _list_areas(folder)
        minutes = path.read_text("utf-8-sig")
        found = read_minutes(
            io.StringIO(minutes), io.StringIO(points), source=source, taken_on=taken_on
        )
    except (MatchingError, UnicodeDecodeError) as wrong:
        raise Invalid("file", f"{path.name}: {wrong}. Nothing was kept.") from wrong
    return _keep(folder.name, "table", found, found.taken_on)


def is_fast() -> bool:
    """Say whether the compiler is installed that makes searches of a timetable quick."""
    return importlib.util.find_spec("numba") is not None


def _list_areas(folder: Path) -> str:
    """Write the middle of every sector and of every district as `area,lat,lon`."""
    points: dict[str, list[tuple[float, float]]] = {}
    for sector, point in list_sectors(folder).items():
        for area in (sector, sector.rpartition(" ")[0]):
            points.setdefault(area, []).append(point)
    lines = ["area,lat,lon"]
    for area, some in points.items():
        lat, lon = (statistics.fmean(values) for values in zip(*some, strict=True))
        lines.append(f"{area},{lat:.6f},{lon:.6f}")
    return "\n".join(lines)


def forget_import(code: str) -> None:
    """Go back to straight lines; what was imported stays for the rounds that were sealed by it."""
    (_folder(code) / IN_USE).unlink(missing_ok=True)


def get_travel_in_use(code: str) -> TravelInUse:
    """Return what a region's journeys come from now."""
    straight = TravelInUse("straight_line", "the region's own speeds", None, None, None)
    return _read_in_use(code) or straight


def _keep(code: str, kind: str, data: Data, valid_from: str) -> TravelInUse:
    folder = _folder(code)
    folder.mkdir(parents=True, exist_ok=True)
    body = json.dumps(data.to_dict(), sort_keys=True, separators=(",", ":")).encode()
    _write(folder / f"{data.sha256}.json.gz", gzip.compress(body, mtime=0))
    today = clock.today().isoformat()
    in_use = TravelInUse(kind, data.source, data.sha256, valid_from, today)
    _write(folder / IN_USE, json.dumps(vars(in_use), sort_keys=True).encode())
    return in_use


def _write(path: Path, body: bytes) -> None:
    """Write beside, then put in place: a reader sees the old file or the new one, whole."""
    beside = path.with_name(f"{path.name}.{os.getpid()}")
    beside.write_bytes(body)
    beside.replace(path)


def _read_in_use(code: str) -> TravelInUse | None:
    try:
        return TravelInUse(**json.loads((_folder(code) / IN_USE).read_text()))
    except FileNotFoundError:
        return None
    except (ValueError, TypeError) as junk:
        raise GuardRefused(f"{IN_USE} of {code} cannot be read. Import again.") from junk


def _load(code: str, kind: str, sha256: str) -> Data:
    return _load_from(_folder(code) / f"{sha256}.json.gz", kind, sha256)


@lru_cache(maxsize=4)
def _load_from(path: Path, kind: str, sha256: str) -> Data:
    try:
        found = KINDS[kind].from_dict(json.loads(gzip.decompress(path.read_bytes())))
    except FileNotFoundError:
        raise GuardRefused(f"The travel data {path.name} is missing. Put it back.") from None
    except (OSError, EOFError, ValueError) as wrong:
        raise GuardRefused(f"The travel data {path.name} cannot be read: {wrong}") from wrong
    if found.sha256 != sha256:
        raise GuardRefused(f"The travel data {path.name} was changed. Put the file back.")
    return found


def forget_loaded() -> None:
    """Read files again the next time they are asked for."""
    _load_from.cache_clear()


@lru_cache(maxsize=8)
def _model(data: Data, sealed_rates: str) -> Model:
    """One model for one file and speeds, so that what it has searched is found again."""
    rates = Rates.from_dict(json.loads(sealed_rates))
    if isinstance(data, Timetable):
        return TimetableTravel(data, rates)
    return TableTravel(data, rates)


def _with_rates(data: Data, rates: Rates) -> Model:
    return _model(data, json.dumps(rates.to_dict(), sort_keys=True))


def _data_of(model: TimetableTravel | TableTravel) -> tuple[str, Data]:
    if isinstance(model, TimetableTravel):
        return "timetable", model.timetable
    return "table", model.table


def _folder(code: str) -> Path:
    return load_settings(os.environ).travel_dir / code


def _code(region_id: int) -> str:
    return db.session.get_one(Region, region_id).code


def _find_rates(region_id: int) -> Rates | None:
    """Return the speeds of the region this service runs for; another's are not known here."""
    folder = load_settings(os.environ).region_folder
    return _rates_at(folder) if folder.name == _code(region_id) else None


@lru_cache(maxsize=8)
def _rates_at(folder: Path) -> Rates:
    return Rates({mode: _rate(speed) for mode, speed in get_rules(folder).travel.items()})


def _rate(speed: TravelSpeed) -> Rate:
    spans = [speed.hours_on(weekday) for weekday in range(7)]
    hours = tuple((_minute(span[0]), _minute(span[1])) for span in spans if span)
    return Rate(
        round(speed.speed_kmh * TO_METRES),
        round(speed.detour * TO_HUNDREDTHS),
        round(speed.fixed_minutes),
        0,
        round(speed.quiet_minutes),
        hours if len(hours) == len(spans) else ALWAYS,
    )


def _minute(at: time) -> int:
    return at.hour * 60 + at.minute
