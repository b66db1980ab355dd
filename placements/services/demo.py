"""An invented region in the database: real postcodes, invented people, the moves people make."""

import hashlib
from datetime import datetime

from placements import clock
from placements.domain.invented import invent_region, records
from placements.domain.permissions import SYSTEM, Actor
from placements.domain.postcodes import Gazetteer
from placements.domain.region import Region as RegionRules
from placements.domain.vocabulary import Kind, Role
from placements.extensions import db
from placements.models.candidates import Application, Candidate, Provider
from placements.models.employers import Employer, Pledge, Site
from placements.models.placements import Placement
from placements.models.regions import Region
from placements.services import transitions
from placements.services.transactions import act

OPERATOR = Actor(Role.OPERATOR)
SAME_NAME = ("title", "sector", "summary", "start_from", "start_to", "duration_weeks")
SAME_NAME += ("capacity_min", "capacity_likely", "capacity_max", "group_min", "min_age")
SAME_NAME += ("dbs_reason", "adjustments", "travel_support", "pay")
SAME_NAME += ("supervisor_name", "supervisor_role")


@act
def seed_region(
    rules: RegionRules, gazetteer: Gazetteer, seed: int, n_people: int, n_placements: int
) -> int:
    """Write an invented region in one transaction; return the region's id."""
    at = clock.now()
    made = invent_region(seed, n_people, n_placements, rules, gazetteer, clock.today())
    region = Region(code=rules.code, name=rules.name, timezone=str(rules.timezone))
    db.session.add(region)
    db.session.flush()
    sites = {}
    for employer in made.employers:
        sites |= _add_employer(region, employer, at)
    for placement in made.placements:
        _add_placement(sites[placement.site_key], placement, at)
    providers = {provider.key: _add_provider(region, provider) for provider in made.providers}
    names = {employer.key: employer.name for employer in made.employers}
    for person in made.people:
        _add_person(region, providers, names, person, seed, at)
    return region.id


def _add_employer(region: Region, invented: records.Employer, at: datetime) -> dict[str, Site]:
    employer = Employer(region_id=region.id, name=invented.name, sector=invented.sector)
    transitions.begin(employer, Kind.EMPLOYER, "apply", SYSTEM, at)
    transitions.move(employer, Kind.EMPLOYER, "verify", OPERATOR, at)
    pledge = Pledge(employer_id=employer.id, answer="yes", n_places=invented.n_pledged)
    pledge.period, pledge.made_at, pledge.source = f"{at.year}", at, "invented"
    db.session.add(pledge)
    sites = {site.key: _describe_site(employer, invented, site) for site in invented.sites}
    db.session.add_all(sites.values())
    db.session.flush()
    return sites


def _describe_site(employer: Employer, of: records.Employer, site: records.Site) -> Site:
    return Site(
        employer_id=employer.id,
        name=site.name,
        postcode=site.place.postcode,
        latitude=site.place.latitude,
        longitude=site.place.longitude,
        district=site.place.district or "outside the region",
        arrival_notes=site.access_notes,
        step_free=site.step_free,
        insurance_expires_on=of.insurance_expires_on,
        risk_assessed_on=of.risk_assessed_on,
    )


def _add_placement(site: Site, invented: records.Placement, at: datetime) -> None:
    placement = Placement(
        reference=invented.key,
        employer_id=site.employer_id,
        site_id=site.id,
        shifts=[list(shift) for shift in invented.shifts],
        needs=list(invented.needs),
        capacity=invented.capacity_likely,
        checked_at=at,
        **{name: getattr(invented, name) for name in SAME_NAME},
    )
    transitions.begin(placement, Kind.PLACEMENT, "describe", SYSTEM, at)
    transitions.move(placement, Kind.PLACEMENT, "submit", SYSTEM, at)
    transitions.move(placement, Kind.PLACEMENT, "approve", OPERATOR, at)


def _add_provider(region: Region, invented: records.Provider) -> int:
    provider = Provider(region_id=region.id, name=invented.name)
    db.session.add(provider)
    db.session.flush()
    return provider.id


def _add_person(
    region: Region,
    providers: dict[str, int],
    employer_names: dict[str, str],
    person: records.Person,
    seed: int,
    at: datetime,
) -> None:
    candidate = _describe_candidate(person)
    db.session.add(candidate)
    db.session.flush()
    application = Application(
        reference=person.key,
        salt=hashlib.sha256(f"{seed}:{person.key}".encode()).hexdigest()[:32],
        candidate_id=candidate.id,
        provider_id=providers.get(person.provider_key or ""),
        region_id=region.id,
        modes=list(person.modes),
        max_minutes=person.max_minutes,
        availability=[list(span) for span in person.availability],
        start_from=person.start_from,
        start_to=person.start_to,
        needs_met=list(person.needs_met),
        priority=list(person.priority),
        sectors=list(person.sectors),
        choices=list(person.choices),
        never=_never(person, employer_names),
        consented_at=at if person.consented else None,
    )
    transitions.begin(application, Kind.APPLICATION, "begin", SYSTEM, at)
    transitions.move(application, Kind.APPLICATION, "submit", SYSTEM, at)
    if person.consented and person.right_to_work_checked:
        transitions.move(application, Kind.APPLICATION, "accept", SYSTEM, at)


def _never(person: records.Person, employer_names: dict[str, str]) -> dict[str, list[str]]:
    return {
        "placements": list(person.never_placements),
        "employers": [employer_names[key] for key in person.never_employers],
        "sectors": list(person.never_sectors),
    }


def _describe_candidate(person: records.Person) -> Candidate:
    return Candidate(
        name=person.name,
        preferred_name=person.preferred_name,
        date_of_birth=person.date_of_birth,
        email=person.email,
        mobile=person.mobile,
        postcode=person.home.postcode,
        latitude=person.home.latitude,
        longitude=person.home.longitude,
        district=person.home.district,
        guardian_contact=person.guardian_contact or None,
        has_ehcp=person.has_ehcp,
        access_needs=person.access_needs or None,
        right_to_work_checked=person.right_to_work_checked,
    )
