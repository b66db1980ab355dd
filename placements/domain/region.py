"""A region's own rules, read from its folder: nothing else in the code names a region."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time
from pathlib import Path
from types import MappingProxyType
from typing import Any

from placements.domain.postcodes import normalise_postcode, outward_code, sector_of


@dataclass(frozen=True)
class Named:
    """A code that is stored beside the words that are shown."""

    code: str
    name: str


@dataclass(frozen=True)
class TravelSpeed:
    """A straight-line estimate of one way of travelling, labelled an estimate wherever it shows."""

    mode: str
    name: str
    speed_kmh: float
    detour: float
    fixed_minutes: float
    quiet_minutes: float
    """What waiting takes more before 7am and after 7pm."""
    service: Mapping[str, tuple[time, time]]
    """First and last service by `weekday`, `saturday` and `sunday`; empty for at any time."""

    def hours_on(self, weekday: int) -> tuple[time, time] | None:
        """First and last service on a weekday from 0 for Monday, or None for at any time."""
        named = {5: "saturday", 6: "sunday"}.get(weekday, "weekday")
        return self.service.get(named) or self.service.get("weekday")


@dataclass(frozen=True)
class RoundCalendar:
    """The usual year of rounds: what a new round is filled in with."""

    lock_after_days: int
    release_after_lock_days: int
    settle_for_days: int
    lock_time: time
    release_time: time
    openings: tuple[tuple[str, int, int], ...]
    """Round name, month and day of opening."""


@dataclass(frozen=True)
class Help:
    """Whom people call or write to, and when somebody answers."""

    phone: str
    email: str
    hours: str


@dataclass(frozen=True)
class Retention:
    """How long records are kept that nobody needs any more."""

    people_months: int = 24
    """After somebody finished, stopped or could not join, and the last question was closed."""
    sign_in_days: int = 30
    """After a session, a link or the key of a form has ended."""

    def __post_init__(self) -> None:
        for name in ("people_months", "sign_in_days"):
            if not 1 <= getattr(self, name) <= 240:
                raise ValueError(f"retention.{name} must be from 1 to 240")


@dataclass(frozen=True)
class Region:
    """What one combined authority decided; a district or area is found by outward code."""

    code: str
    name: str
    authority: str
    timezone: str
    attribution: str
    districts: tuple[str, ...]
    answer_days: tuple[int, ...]
    default_max_minutes: int
    max_choices: int
    min_age: int
    max_age: int
    max_age_with_ehcp: int
    accepts_applications: tuple[str, ...]
    sectors: tuple[Named, ...]
    priority_groups: tuple[Named, ...]
    travel: Mapping[str, TravelSpeed]
    calendar: RoundCalendar
    help: Help | None
    retention: Retention
    postcodes_path: Path
    sectors_path: Path
    district_codes: Mapping[str, str]
    """Outward code, or sector where one differs from its outward code, to district."""
    travel_area_codes: Mapping[str, str]

    def district_of(self, postcode: str) -> str | None:
        """Name the district a postcode is in, by sector first, then by outward code."""
        return self._look_up(postcode, self.district_codes)

    def travel_area_of(self, postcode: str) -> str | None:
        """Name the neighbouring council whose people may take part, if the postcode is there."""
        if self.district_of(postcode) is not None:
            return None
        return self._look_up(postcode, self.travel_area_codes)

    def sector_name(self, code: str) -> str:
        """Give a sector's words; raises KeyError for a code the region does not use."""
        return {sector.code: sector.name for sector in self.sectors}[code]

    def answer_days_for(self, offer_number: int) -> int:
        """Working days to answer the n-th offer (1 for the first); the last figure repeats."""
        return self.answer_days[min(offer_number, len(self.answer_days)) - 1]

    @staticmethod
    def _look_up(postcode: str, codes: Mapping[str, str]) -> str | None:
        normal = normalise_postcode(postcode)
        if normal is None:
            return None
        return codes.get(sector_of(normal)) or codes.get(outward_code(normal))


def load_region(folder: Path) -> Region:
    """Read a region's folder; raises ValueError that names the file and the setting at fault."""
    settings = _read(folder / "settings.toml")
    districts = _read(folder / "districts.toml")
    calendar = _read(folder / "calendar.toml")
    try:
        region = _build(folder, settings, districts, calendar)
    except KeyError as missing:
        raise ValueError(f"{folder.name}: setting {missing} is missing") from None
    _refuse_contradictions(region)
    return region


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ValueError(f"{path.parent.name}: the file {path.name} is missing") from None
    except tomllib.TOMLDecodeError as fault:
        raise ValueError(f"{path.parent.name}: {path.name} cannot be read: {fault}") from None


def _build(
    folder: Path, settings: dict[str, Any], districts: dict[str, Any], calendar: dict[str, Any]
) -> Region:
    return Region(
        code=settings["code"],
        name=settings["name"],
        authority=settings["authority"],
        timezone=settings["timezone"],
        attribution=settings["attribution"],
        districts=tuple(settings["districts"]),
        answer_days=tuple(settings["answer_days"]),
        default_max_minutes=settings["default_max_minutes"],
        max_choices=settings["max_choices"],
        min_age=settings["min_age"],
        max_age=settings["max_age"],
        max_age_with_ehcp=settings["max_age_with_ehcp"],
        accepts_applications=tuple(settings["accepts_applications"]),
        sectors=tuple(Named(**row) for row in settings["sectors"]),
        priority_groups=tuple(Named(**row) for row in settings["priority_groups"]),
        help=Help(**settings["help"]) if "help" in settings else None,
        retention=Retention(**settings.get("retention", {})),
        travel=MappingProxyType(
            {
                mode: _speed(mode, words, settings["travel"][mode])
                for mode, words in settings["modes"].items()
            }
        ),
        calendar=_calendar(calendar),
        postcodes_path=folder / settings["postcodes_file"],
        sectors_path=folder / settings["sectors_file"],
        district_codes=MappingProxyType(
            _by_code(districts["districts"]) | districts.get("sectors", {})
        ),
        travel_area_codes=MappingProxyType(_by_code(districts.get("travel_area", {}))),
    )


def _speed(mode: str, words: str, row: dict[str, Any]) -> TravelSpeed:
    every = (row["first_service"], row["last_service"]) if "first_service" in row else None
    given = {"weekday": every, "saturday": row.get("saturday"), "sunday": row.get("sunday")}
    return TravelSpeed(
        mode=mode,
        name=words,
        speed_kmh=row["speed_kmh"],
        detour=row["detour"],
        fixed_minutes=row["fixed_minutes"],
        quiet_minutes=row.get("quiet_minutes", 0),
        service=MappingProxyType(
            {
                day: (time.fromisoformat(span[0]), time.fromisoformat(span[1]))
                for day, span in given.items()
                if span is not None
            }
        ),
    )


def _calendar(calendar: dict[str, Any]) -> RoundCalendar:
    pattern = calendar["pattern"]
    openings = []
    for row in calendar["rounds"]:
        month, day = row["opens"].split("-")
        openings.append((row["name"], int(month), int(day)))
    return RoundCalendar(
        lock_after_days=pattern["lock_after_days"],
        release_after_lock_days=pattern["release_after_lock_days"],
        settle_for_days=pattern["settle_for_days"],
        lock_time=time.fromisoformat(pattern["lock_time"]),
        release_time=time.fromisoformat(pattern["release_time"]),
        openings=tuple(openings),
    )


def _by_code(groups: dict[str, list[str]]) -> dict[str, str]:
    codes: dict[str, str] = {}
    for name, outward_codes in groups.items():
        for code in outward_codes:
            if code in codes:
                raise ValueError(f"districts.toml: {code} is in both {codes[code]} and {name}")
            codes[code] = name
    return codes


def _refuse_contradictions(region: Region) -> None:
    strangers = set(region.district_codes.values()) - set(region.districts)
    if strangers:
        raise ValueError(f"{region.code}: districts.toml names {sorted(strangers)}, not a district")
    both = set(region.district_codes) & set(region.travel_area_codes)
    if both:
        raise ValueError(f"{region.code}: {sorted(both)} is both in the region and outside it")
    if not region.answer_days or min(region.answer_days) < 1:
        raise ValueError(f"{region.code}: answer_days must be whole days of 1 or more")
    if not region.min_age <= region.max_age <= region.max_age_with_ehcp:
        raise ValueError(f"{region.code}: min_age, max_age and max_age_with_ehcp are out of order")
    # Answers close and messages go by London time; a quiet-hours breach must not hide in config.
    if not time(8) <= region.calendar.release_time <= time(20):
        raise ValueError(f"{region.code}: release_time must be between 08:00 and 20:00")
