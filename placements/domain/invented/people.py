"""Invented young people: where they live, how they travel, when they are free, what they like."""

from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from placements.domain.eligibility import GUARDIAN_UNDER, age_on
from placements.domain.invented import words
from placements.domain.invented.draw import Draw, marked
from placements.domain.invented.records import Employer, Person, Placement, Provider, Spans
from placements.domain.working_time import school_leaving_date

EARTH_KM = 6371.0088
LIKES_SECTOR_MINUTES = 25.0
FIRST_PERSONA = "AP-00001"


@dataclass(frozen=True)
class _Offered:
    """Every placement as columns, so that one person is held against all at once."""

    placements: tuple[Placement, ...]
    latitudes: NDArray[np.float64]
    longitudes: NDArray[np.float64]


def invent_people(
    draw: Draw,
    n: int,
    providers: tuple[Provider, ...],
    employers: tuple[Employer, ...],
    placements: tuple[Placement, ...],
    today: date,
) -> tuple[Person, ...]:
    """Invent n young people, the demo's own first, who choose among places they could reach."""
    places = {site.key: site.place for employer in employers for site in employer.sites}
    offered = _Offered(
        placements,
        np.array([places[placement.site_key].latitude for placement in placements]),
        np.array([places[placement.site_key].longitude for placement in placements]),
    )
    return tuple(
        _with_choices(draw, _as_persona(draw, at, _person(draw, at, providers, today)), offered)
        for at in range(n)
    )


def _person(draw: Draw, at: int, providers: tuple[Provider, ...], today: date) -> Person:
    key = draw.key("AP", at, 5)
    start_from = draw.day(today, 28, 49)
    first, last = draw.one(words.FIRST_NAMES), draw.one(words.LAST_NAMES)
    born, home = _birth_date(draw, start_from), draw.home(nearby_share=0.05)
    provider = draw.one(providers).key if providers and draw.chance(0.9) else None
    if _is_persona(draw, at):
        first, age, district = words.PERSON_PERSONAS[at][:3]
        born, home = _years_before(today, age, draw.between(150, 280)), draw.home_in(district)
        provider = providers[0].key if providers else None
    age = age_on(born, today)
    free_days, free_from, free_to = draw.weighted(
        [(share, (days, start, end)) for share, days, start, end in words.FREE_TIMES]
    )
    available = tuple((day, free_from, free_to) for day in free_days)
    has_ehcp = draw.chance(0.06)
    guardian = draw.email(f"G-{key}", f"{first} {last}", "guardian")
    return Person(
        key=key,
        provider_key=provider,
        name=draw.personal("name", key, marked(f"{first} {last}")),
        preferred_name=draw.personal("preferred", key, first),
        date_of_birth=born,
        email=draw.email(key, f"{first} {last}", "young"),
        mobile=draw.mobile(),
        home=home,
        guardian_contact=guardian if age < GUARDIAN_UNDER else "",
        has_ehcp=has_ehcp,
        access_needs=_access_needs(draw, key, has_ehcp),
        right_to_work_checked=True,
        consented=True,
        modes=_modes(draw, age),
        max_minutes=draw.weighted(words.MAX_MINUTES),
        availability=available,
        start_from=start_from,
        start_to=start_from + timedelta(days=draw.between(60, 120)),
        sectors=_sectors(draw, draw.between(1, 3)),
        choices=(),
        never_placements=(),
        never_employers=(),
        never_sectors=_sectors(draw, 1) if draw.chance(0.08) else (),
        needs_met=_needs_met(draw, age),
        priority=_priority(draw, has_ehcp),
    )


def _as_persona(draw: Draw, at: int, person: Person) -> Person:
    """Give the demo's people the journeys and free times their story needs."""
    if not _is_persona(draw, at):
        return person
    _, _, _, modes, minutes, row, groups = words.PERSON_PERSONAS[at]
    _, days, start, end = words.FREE_TIMES[row]
    return replace(
        person,
        modes=tuple(mode for mode in modes if mode in draw.region.travel),
        max_minutes=minutes,
        availability=tuple((day, start, end) for day in days),
        never_sectors=(),
        priority=tuple(g.code for g in draw.region.priority_groups if g.code in groups),
    )


def _is_persona(draw: Draw, at: int) -> bool:
    return not draw.past and at < len(words.PERSON_PERSONAS)


def _birth_date(draw: Draw, start_from: date) -> date:
    age = draw.weighted([(3, 16), (4, 17), (4, 18), (3, 19), (2, 20), (2, 21), (1, 22), (1, 23)])
    born = _years_before(start_from, age, draw.between(0, 364))
    # Someone still at school cannot take part: the autumn-born 16 year olds are a year older.
    return born if school_leaving_date(born) < start_from else _years_before(born, 1, 0)


def _years_before(day: date, years: int, more_days: int) -> date:
    earlier = date(day.year - years, day.month, min(day.day, 28))
    return earlier - timedelta(days=more_days)


def _access_needs(draw: Draw, key: str, has_ehcp: bool) -> str:
    if not draw.chance(0.6 if has_ehcp else 0.04):
        return ""
    return draw.personal("access", key, draw.one(words.ACCESS_NEEDS))


def _modes(draw: Draw, age: int) -> tuple[str, ...]:
    drawn = draw.weighted(words.TRAVELS)
    known = tuple(mode for mode in drawn if mode in draw.region.travel)
    return known if age >= 17 else tuple(mode for mode in known if mode != "car")


def _sectors(draw: Draw, n: int) -> tuple[str, ...]:
    codes = [sector.code for sector in draw.region.sectors]
    order = draw.rng.permutation(len(codes))[:n]
    return tuple(codes[int(at)] for at in order)


def _needs_met(draw: Draw, age: int) -> tuple[str, ...]:
    licence = age >= 17 and draw.chance(0.2)
    dbs = age >= 18 and draw.chance(0.25)
    return ("driving_licence",) * licence + ("enhanced_dbs",) * dbs


def _priority(draw: Draw, has_ehcp: bool) -> tuple[str, ...]:
    shares = {"care_leaver": 0.05, "young_carer": 0.06, "long_term_out": 0.15}
    return tuple(
        group.code
        for group in draw.region.priority_groups
        if (has_ehcp if group.code == "ehcp" else draw.chance(shares.get(group.code, 0.05)))
    )


def _with_choices(draw: Draw, person: Person, offered: _Offered) -> Person:
    minutes = _minutes(draw, person, offered)
    fits = np.array(
        [
            near and _fits(person, placement)
            for near, placement in zip(
                minutes <= person.max_minutes, offered.placements, strict=True
            )
        ],
        dtype=bool,
    )
    likes = np.array([p.sector in person.sectors for p in offered.placements], dtype=float)
    noise = draw.rng.normal(0.0, 8.0, len(offered.placements))
    most = draw.region.max_choices
    wanted = draw.between(1, most) if draw.chance(0.9) else 0
    if person.key == FIRST_PERSONA:
        wanted = most
    if not offered.placements:
        return person
    score = minutes - LIKES_SECTOR_MINUTES * likes + noise
    score[~fits] = np.inf
    order = [int(at) for at in np.argsort(score, kind="stable") if np.isfinite(score[at])]
    choices = tuple(offered.placements[at].key for at in order[:wanted])
    refused = draw.weighted(((0.92, ""), (0.05, "placement"), (0.03, "employer")))
    never = offered.placements[order[-1]] if refused and len(order) > wanted else None
    employers = {p.employer_key for p in offered.placements if p.key in choices}
    if never and never.employer_key in employers:
        never = None
    return replace(
        person,
        choices=choices,
        never_placements=(never.key,) if never and refused == "placement" else (),
        never_employers=(never.employer_key,) if never and refused == "employer" else (),
    )


def _minutes(draw: Draw, person: Person, offered: _Offered) -> NDArray[np.float64]:
    lat, lon = np.radians(offered.latitudes), np.radians(offered.longitudes)
    home_lat, home_lon = np.radians(person.home.latitude), np.radians(person.home.longitude)
    half = np.sin((lat - home_lat) / 2) ** 2
    half = half + np.cos(lat) * np.cos(home_lat) * np.sin((lon - home_lon) / 2) ** 2
    km = 2 * EARTH_KM * np.arcsin(np.sqrt(half))
    speeds = [draw.region.travel[mode] for mode in person.modes]
    by_mode = [km * way.detour / way.speed_kmh * 60 + way.fixed_minutes for way in speeds]
    return np.asarray(np.min(by_mode, axis=0), dtype=np.float64)


def _fits(person: Person, placement: Placement) -> bool:
    starts = max(person.start_from, placement.start_from)
    return (
        starts <= min(person.start_to, placement.start_to)
        and placement.min_age <= age_on(person.date_of_birth, starts)
        and set(placement.needs) <= set(person.needs_met)
        and placement.sector not in person.never_sectors
        and _is_free(person.availability, placement.shifts)
    )


def _is_free(availability: Spans, shifts: Spans) -> bool:
    return all(
        any(day == free and since <= start and end <= to for free, since, to in availability)
        for day, start, end in shifts
    )
