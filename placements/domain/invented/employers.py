"""Invented employers, sites and placements: legal shifts and a known number of places."""

from dataclasses import replace
from datetime import date, timedelta

import numpy as np

from placements.domain.invented import words
from placements.domain.invented.draw import Draw, marked
from placements.domain.invented.records import Employer, Placement, Provider, Site, Spans
from placements.domain.working_time import check_working_time

MOST_PLACES = 10


def invent_providers(draw: Draw, n: int) -> tuple[Provider, ...]:
    """Invent n training providers, the demo's own first, two members each."""
    providers = []
    for at in range(n):
        key = f"PR-{at + 1:03d}"
        name = f"{words.FIRM_NAMES[at % len(words.FIRM_NAMES)]} Training {at + 1}"
        lead, host = draw.person_name(), f"provider{at + 1}"
        place = draw.home()
        if at == 0:
            name, outward, lead, host = words.PROVIDER_PERSONA
            place = draw.home_in(outward)
        members = (
            draw.contact(f"{key}-1", lead, "Team manager", host),
            draw.contact(f"{key}-2", draw.person_name(), "Key worker", host),
        )
        providers.append(Provider(key, marked(name), members, place))
    return tuple(providers)


def invent_employers(draw: Draw, n: int, today: date) -> tuple[Employer, ...]:
    """Invent n employers, the demo's own first, one or two sites each, nothing pledged yet."""
    return tuple(_employer(draw, at, today) for at in range(n))


def _employer(draw: Draw, at: int, today: date) -> Employer:
    key, host = f"EM-{at + 1:03d}", f"employer{at + 1}"
    sector = draw.one(draw.region.sectors).code
    endings, _, _ = words.SECTORS.get(sector, words.ANY_SECTOR)
    turn = at // len(words.FIRM_NAMES)
    name = f"{words.FIRM_NAMES[at % len(words.FIRM_NAMES)]} {draw.one(endings)}"
    name += f" {turn + 1}" if turn else ""
    lead, place = draw.person_name(), draw.home()
    if at == 0:
        name, outward, persona_sector, lead, host = words.EMPLOYER_PERSONA
        place = draw.home_in(outward)
        if persona_sector in words.SECTORS and _has_sector(draw, persona_sector):
            sector = persona_sector
    places = (place, draw.home()) if draw.chance(0.25) else (place,)
    sites = tuple(
        Site(
            f"{key}-S{number}",
            words.SITE_NAMES[(at + number) % len(words.SITE_NAMES)],
            where,
            draw.personal("access", f"{key}-S{number}", "Ring the bell and ask for the supervisor"),
            draw.chance(0.7),
        )
        for number, where in enumerate(places, start=1)
    )
    return Employer(
        key=key,
        name=marked(name),
        sector=sector,
        members=(draw.contact(f"{key}-1", lead, "Placement lead", host),),
        sites=sites,
        insurance_expires_on=draw.day(today, 60, 360),
        risk_assessed_on=draw.day(today, -300, -10),
        n_pledged=0,
    )


def _has_sector(draw: Draw, code: str) -> bool:
    return any(sector.code == code for sector in draw.region.sectors)


def invent_placements(
    draw: Draw, employers: tuple[Employer, ...], n: int, n_places: int, today: date
) -> tuple[tuple[Placement, ...], tuple[Employer, ...]]:
    """Invent n placements of exactly n_places likely places, and the pledges."""
    likely = _shares(draw, n, n_places)
    owners = [employers[at % len(employers)] for at in range(n)]
    placements = tuple(
        _placement(draw, at, owner, likely[at], today) for at, owner in enumerate(owners)
    )
    described = dict.fromkeys((employer.key for employer in employers), 0)
    for placement in placements:
        described[placement.employer_key] += placement.capacity_likely
    pledged = tuple(
        replace(employer, n_pledged=described[employer.key] + draw.between(0, 2))
        for employer in employers
    )
    return placements, pledged


def _shares(draw: Draw, n: int, total: int) -> list[int]:
    if n == total == 0:
        return []
    if not n <= total <= n * MOST_PLACES:
        raise ValueError(f"{total} places cannot be shared by {n} placements of 1 to {MOST_PLACES}")
    shares = np.clip(draw.rng.geometric(min(1.0, n / total), n), 1, MOST_PLACES)
    while shares.sum() != total:
        step = 1 if shares.sum() < total else -1
        open_ones = np.flatnonzero(shares < MOST_PLACES if step > 0 else shares > 1)
        shares[draw.one(open_ones.tolist())] += step
    return [int(share) for share in shares]


def _placement(draw: Draw, at: int, employer: Employer, likely: int, today: date) -> Placement:
    _, jobs, weeks = words.SECTORS.get(employer.sector, words.ANY_SECTOR)
    title, summary = draw.one(jobs)
    shifts = week_of(draw.one(weeks))
    start_from = draw.monday(today, 35, 70)
    key = draw.key("PL", at, 4)
    needs_dbs = employer.sector in ("health", "childcare") and draw.chance(0.2)
    needs_licence = not needs_dbs and draw.chance(0.04)
    legal_for_all = not any(breach.stops for breach in check_working_time(shifts, 16))
    grown_up = needs_dbs or needs_licence or not legal_for_all or draw.chance(0.08)
    return Placement(
        key=key,
        employer_key=employer.key,
        site_key=draw.one(employer.sites).key,
        title=title,
        sector=employer.sector,
        summary=summary,
        start_from=start_from,
        start_to=start_from + timedelta(days=7 * draw.between(2, 6)),
        duration_weeks=draw.between(2, 10),
        shifts=shifts,
        capacity_min=draw.between(0, likely),
        capacity_likely=likely,
        capacity_max=likely + draw.between(0, 2),
        group_min=2 if likely > 2 and draw.chance(0.05) else None,
        min_age=18 if grown_up else 16,
        needs=("enhanced_dbs",) * needs_dbs + ("driving_licence",) * needs_licence,
        dbs_reason="Works alone with people in our care" if needs_dbs else "",
        adjustments="Start or end can move by 30 minutes" if draw.chance(0.4) else "",
        travel_support="Bus fares paid back" if draw.chance(0.3) else "",
        pay="£6.40 a day for lunch" if draw.chance(0.5) else "",
        supervisor_name=draw.personal("supervisor", key, marked(draw.person_name())),
        supervisor_role=draw.one(words.SUPERVISOR_ROLES),
    )


def week_of(name: str) -> Spans:
    """Give a named working week as shifts."""
    days, start, end = words.WEEKS[name]
    return tuple((day, start, end) for day in days)
