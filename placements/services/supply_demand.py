"""Where places are short: likely places against ready people who would take that work there."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import func, select

from placements import clock
from placements.domain.errors import NotFound
from placements.domain.permissions import Actor
from placements.domain.vocabulary import Role
from placements.extensions import db
from placements.models.candidates import Application
from placements.models.employers import Employer, Pledge, Site
from placements.models.placements import Placement
from placements.services.reach import find_who_comes_to
from placements.services.ready_people import ReadyPeople, read_ready

STAFF = (Role.OPERATOR, Role.APPROVER)
DESCRIBED = ("draft", "submitted", "changes_requested", "live", "full", "paused")
OPEN = ("live", "full", "paused")
Square = tuple[str, str]


@dataclass(frozen=True)
class Cell:
    """One kind of work in one district.

    `people` are those without a place who could come to the middle of the district for an
    ordinary day and would take this work; one person counts in every cell they would take.
    """

    sector: str
    district: str
    places: int
    people: int
    n_undescribed: int

    @property
    def gap(self) -> int:
        """Places less people: under nothing is short of places."""
        return self.places - self.people


@dataclass(frozen=True)
class ToCall:
    """An employer that could help in a cell, and how many promised places it has not described."""

    employer_id: int
    name: str
    n_undescribed: int
    n_open: int


def list_cells(actor: Actor, districts: Iterable[str], sectors: Iterable[str]) -> list[Cell]:
    """Count places and people of every kind of work in every district; staff only."""
    region_id, names = _region_of(actor), list(districts)
    places, undescribed = _count_places(region_id), _count_undescribed(region_id)
    waiting = _find_waiting(region_id, names)
    return [
        Cell(
            sector,
            district,
            places[sector, district],
            len(waiting.get((sector, district), ())),
            undescribed[sector, district],
        )
        for sector in sectors
        for district in names
    ]


def list_to_call(actor: Actor, sector: str, district: str) -> list[ToCall]:
    """List the employers of a kind of work with a site in a district, most promised first."""
    region_id = _region_of(actor)
    rows = select(Employer).join(Site, Site.employer_id == Employer.id).distinct()
    here = (Employer.region_id == region_id, Employer.sector == sector, Site.district == district)
    found = list(db.session.scalars(rows.where(*here).order_by(Employer.id)))
    left = _list_undescribed(region_id)
    opened = _count_open([employer.id for employer in found])
    lines = [ToCall(e.id, e.name, left.get(e.id, 0), opened.get(e.id, 0)) for e in found]
    return sorted(lines, key=lambda one: (-one.n_undescribed, one.name))


def find_squares(region_id: int) -> tuple[dict[Square, frozenset[int]], Counter[Square]]:
    """Return whom `Cell.people` counts, by kind of work and district, and the likely places."""
    rows = select(Site.district).join(Employer, Site.employer_id == Employer.id).distinct()
    names = db.session.scalars(rows.where(Employer.region_id == region_id).order_by(Site.district))
    waiting = _find_waiting(region_id, [name for name in names if name])
    of = select(Application.reference, Application.candidate_id)
    of = of.where(Application.region_id == region_id)
    person = dict(tuple(row) for row in db.session.execute(of))
    people = {square: frozenset(person[one] for one in who) for square, who in waiting.items()}
    return people, _count_places(region_id)


def _region_of(actor: Actor) -> int:
    if actor.role not in STAFF or actor.region_id is None:
        raise NotFound("There is no such page, or it is not yours.")
    return actor.region_id


def _count_places(region_id: int) -> Counter[Square]:
    free = func.sum(Placement.capacity - Placement.held)
    rows = (
        select(Placement.sector, Site.district, free)
        .join(Employer, Placement.employer_id == Employer.id)
        .join(Site, Placement.site_id == Site.id)
        .where(Employer.region_id == region_id, Placement.state == "live")
        .group_by(Placement.sector, Site.district)
    )
    found = db.session.execute(rows)
    return Counter({(sector or "", district): int(n) for sector, district, n in found})


def _find_waiting(region_id: int, districts: list[str]) -> dict[Square, list[str]]:
    """Return people by what they named; who named no work is in no square: any would do."""
    people = read_ready(region_id, clock.today())
    comes = find_who_comes_to(region_id, people, _middles(region_id, people, districts))
    found: dict[Square, list[str]] = defaultdict(list)
    told = zip(people.columns["id"], people.sectors, people.never_sectors, strict=True)
    for at, (reference, named, never) in enumerate(told):
        for district, who in comes.items():
            if who[at]:
                for sector in set(named) - set(never):
                    found[sector, district].append(reference)
    return found


def _middles(
    region_id: int, people: ReadyPeople, districts: list[str]
) -> Mapping[str, tuple[float, float]]:
    """Return the middle of each district: of its sites, or of the homes there without any."""
    points: dict[str, list[tuple[float, float]]] = defaultdict(list)
    sites = select(Site.district, Site.latitude, Site.longitude)
    sites = sites.join(Employer, Site.employer_id == Employer.id)
    for district, lat, lon in db.session.execute(sites.where(Employer.region_id == region_id)):
        points[district].append((lat, lon))
    homes: dict[str, list[tuple[float, float]]] = defaultdict(list)
    at = zip(people.districts, people.columns["lat"], people.columns["lon"], strict=True)
    for district, lat, lon in at:
        if district and lat is not None and lon is not None:
            homes[district].append((lat, lon))
    known = {name: points.get(name) or homes.get(name) for name in districts}
    return {name: _mean(found) for name, found in known.items() if found}


def _mean(points: list[tuple[float, float]]) -> tuple[float, float]:
    return sum(p[0] for p in points) / len(points), sum(p[1] for p in points) / len(points)


def _count_undescribed(region_id: int) -> Counter[Square]:
    """Promised places not described yet, at the district of the employer's first site."""
    left, counts = _list_undescribed(region_id), Counter[Square]()
    rows = select(Employer.id, Employer.sector, func.min(Site.id)).join(
        Site, Site.employer_id == Employer.id
    )
    rows = rows.where(Employer.region_id == region_id).group_by(Employer.id, Employer.sector)
    first = {employer: (sector, site) for employer, sector, site in db.session.execute(rows)}
    districts = dict(tuple(row) for row in db.session.execute(select(Site.id, Site.district)))
    for employer, n in left.items():
        if employer in first:
            sector, site = first[employer]
            counts[sector, districts[site]] += n
    return counts


def _list_undescribed(region_id: int) -> dict[int, int]:
    pledged = (
        select(Pledge.employer_id, func.sum(Pledge.n_places))
        .join(Employer, Pledge.employer_id == Employer.id)
        .where(Employer.region_id == region_id, Pledge.answer == "yes")
        .group_by(Pledge.employer_id)
    )
    likely = func.coalesce(Placement.capacity_likely, Placement.capacity)
    described = (
        select(Placement.employer_id, func.sum(likely))
        .where(Placement.state.in_(DESCRIBED))
        .group_by(Placement.employer_id)
    )
    told = dict(tuple(row) for row in db.session.execute(described))
    found = {e: int(n) - int(told.get(e) or 0) for e, n in db.session.execute(pledged)}
    return {employer: n for employer, n in found.items() if n > 0}


def _count_open(employers: list[int]) -> dict[int, int]:
    rows = select(Placement.employer_id, func.count()).where(
        Placement.employer_id.in_(employers), Placement.state.in_(OPEN)
    )
    return dict(tuple(row) for row in db.session.execute(rows.group_by(Placement.employer_id)))
