"""Invented records written down: organisations with their people, then placements and applications.

Each function is an act. Records of a kind take their moves together, in one write a move.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from placements import clock
from placements.domain.addresses import normal_email, normal_mobile
from placements.domain.invented import InventedPast, InventedRegion, records
from placements.domain.permissions import SYSTEM, Actor
from placements.domain.region import Region as Rules
from placements.domain.vocabulary import Kind, Role
from placements.extensions import db
from placements.models.accounts import AuthorityMember
from placements.models.candidates import Application, Candidate, Provider, ProviderMember
from placements.models.employers import Employer, EmployerMember, Pledge, Site
from placements.models.placements import Placement
from placements.models.regions import Region
from placements.services import transitions
from placements.services.account_book import ensure_account, give_accounts
from placements.services.applications import identity_key
from placements.services.demo.outcomes import say_before
from placements.services.demo.people import give_key_workers
from placements.services.transactions import act

OPERATOR = Actor(Role.OPERATOR)
SAME_NAME = ("title", "sector", "summary", "start_from", "start_to", "duration_weeks")
SAME_NAME += ("capacity_min", "capacity_likely", "capacity_max", "group_min", "min_age")
SAME_NAME += ("dbs_reason", "adjustments", "travel_support", "pay")
SAME_NAME += ("supervisor_name", "supervisor_role")
YEAR = timedelta(days=365)
# One person in so many is not ready yet: nobody has checked their right to work.
UNCHECKED_EVERY = 25


@dataclass
class Here:
    """The ids of what is written, by the keys of what was invented."""

    region_id: int
    staff: dict[str, Actor] = field(default_factory=dict)
    sites: dict[str, Site] = field(default_factory=dict)
    employers: dict[str, Employer] = field(default_factory=dict)
    providers: dict[str, int] = field(default_factory=dict)


@act
def write_organisations(rules: Rules, made: InventedRegion, past: InventedPast) -> Here:
    """Write the region, its staff, employers with sites and pledges, and providers."""
    region = Region(code=rules.code, name=rules.name, timezone=str(rules.timezone))
    db.session.add(region)
    db.session.flush()
    here = Here(region.id)
    _write_staff(here, made.staff)
    _write_employers(here, made.employers)
    _pledge(here, past.employers)
    _write_providers(here, made.providers)
    return here


def _write_staff(here: Here, staff: Sequence[records.Contact]) -> None:
    for contact in staff:
        account = ensure_account(contact.email, contact.mobile, contact.name)
        member = AuthorityMember(account_id=account.id, region_id=here.region_id)
        member.power = contact.role
        db.session.add(member)
        here.staff[contact.role] = Actor(Role(contact.role), account.id, region_id=here.region_id)


def _write_employers(here: Here, invented: Sequence[records.Employer]) -> None:
    at = clock.now()
    employers = [
        Employer(region_id=here.region_id, name=employer.name, sector=employer.sector)
        for employer in invented
    ]
    transitions.begin_all(employers, Kind.EMPLOYER, "apply", SYSTEM, at)
    transitions.move_all(employers, Kind.EMPLOYER, "verify", OPERATOR, at)
    for of, employer in zip(invented, employers, strict=True):
        here.employers[of.key] = employer
        here.sites |= {site.key: _describe_site(employer, of, site, at.date()) for site in of.sites}
        for member in of.members:
            account = ensure_account(member.email, member.mobile, member.name)
            db.session.add(EmployerMember(employer_id=employer.id, account_id=account.id))
    db.session.add_all(here.sites.values())
    db.session.flush()


def _describe_site(
    employer: Employer, of: records.Employer, site: records.Site, today: date
) -> Site:
    return Site(
        employer_id=employer.id,
        name=site.name,
        postcode=site.place.postcode,
        latitude=site.place.latitude,
        longitude=site.place.longitude,
        district=site.place.district or "outside the region",
        arrival_notes=site.access_notes,
        step_free=site.step_free,
        insurance_expires_on=of.insurance_expires_on - YEAR,
        risk_assessed_on=min(of.risk_assessed_on - 2 * YEAR, today),
    )


def _pledge(here: Here, invented: Iterable[records.Employer]) -> None:
    at = clock.now()
    for of in (of for of in invented if of.n_pledged):
        pledge = Pledge(employer_id=here.employers[of.key].id, answer="yes")
        pledge.n_places, pledge.period = of.n_pledged, f"{at.year}"
        pledge.made_at, pledge.source = at, "invented"
        db.session.add(pledge)


def _write_providers(here: Here, invented: Sequence[records.Provider]) -> None:
    for of in invented:
        provider = Provider(region_id=here.region_id, name=of.name)
        db.session.add(provider)
        db.session.flush()
        here.providers[of.key] = provider.id
        for member in of.members:
            account = ensure_account(member.email, member.mobile, member.name)
            db.session.add(ProviderMember(provider_id=provider.id, account_id=account.id))


@act
def renew_papers(here: Here, made: InventedRegion) -> None:
    """Renew insurance and risk assessments, and pledge for the rounds to come."""
    today = clock.today()
    for of in made.employers:
        for site in of.sites:
            here.sites[site.key].insurance_expires_on = of.insurance_expires_on
            here.sites[site.key].risk_assessed_on = min(of.risk_assessed_on, today)
    db.session.add_all(here.sites.values())
    _pledge(here, made.employers)


@act
def write_round_takers(
    here: Here,
    placements: Sequence[records.Placement],
    people: Sequence[records.Person],
    seed: int,
    unchecked_every: int | None = UNCHECKED_EVERY,
) -> None:
    """Write placements up to live, and young people up to ready where they may be."""
    _write_placements(here, placements)
    _write_people(here, people, seed, unchecked_every)


def _write_placements(here: Here, invented: Sequence[records.Placement]) -> None:
    at = clock.now()
    placements = [_describe_placement(here.sites[of.site_key], of, at) for of in invented]
    transitions.begin_all(placements, Kind.PLACEMENT, "describe", SYSTEM, at)
    transitions.move_all(placements, Kind.PLACEMENT, "submit", SYSTEM, at)
    transitions.move_all(placements, Kind.PLACEMENT, "approve", OPERATOR, at)


def _describe_placement(site: Site, of: records.Placement, at: datetime) -> Placement:
    return Placement(
        reference=of.key,
        employer_id=site.employer_id,
        site_id=site.id,
        shifts=[list(shift) for shift in of.shifts],
        needs=list(of.needs),
        capacity=of.capacity_likely,
        checked_at=at,
        **{name: getattr(of, name) for name in SAME_NAME},
    )


def _write_people(
    here: Here, people: Sequence[records.Person], seed: int, unchecked_every: int | None
) -> None:
    at, names = clock.now(), {key: e.name for key, e in here.employers.items()}
    applications = [_describe_application(here, names, person, seed, at) for person in people]
    give_accounts([application.candidate for application in applications])
    if unchecked_every:
        for application in applications[unchecked_every - 1 :: unchecked_every]:
            application.candidate.right_to_work_checked = None
    transitions.begin_all(applications, Kind.APPLICATION, "begin", SYSTEM, at)
    transitions.move_all(applications, Kind.APPLICATION, "submit", SYSTEM, at)
    ready = [a for a in applications if a.consented_at and a.candidate.right_to_work_checked]
    transitions.move_all(ready, Kind.APPLICATION, "accept", SYSTEM, at)
    give_key_workers(applications, at)
    say_before(applications)


def _describe_application(
    here: Here,
    employer_names: dict[str, str],
    person: records.Person,
    seed: int,
    at: datetime,
) -> Application:
    return Application(
        reference=person.key,
        salt=hashlib.sha256(f"{seed}:{person.key}".encode()).hexdigest()[:32],
        candidate=_describe_candidate(person),
        provider_id=here.providers.get(person.provider_key or ""),
        region_id=here.region_id,
        modes=list(person.modes),
        max_minutes=person.max_minutes,
        availability=[list(span) for span in person.availability],
        start_from=person.start_from,
        start_to=person.start_to,
        needs_met=list(person.needs_met),
        priority=list(person.priority),
        sectors=list(person.sectors),
        choices=list(person.choices),
        never={
            "placements": list(person.never_placements),
            "employers": [employer_names[key] for key in person.never_employers],
            "sectors": list(person.never_sectors),
        },
        consented_at=at if person.consented else None,
    )


def _describe_candidate(person: records.Person) -> Candidate:
    return Candidate(
        identity_key=identity_key(person.name, person.date_of_birth, person.home.postcode),
        name=person.name,
        preferred_name=person.preferred_name,
        date_of_birth=person.date_of_birth,
        email=normal_email(person.email),
        mobile=normal_mobile(person.mobile),
        postcode=person.home.postcode,
        latitude=person.home.latitude,
        longitude=person.home.longitude,
        district=person.home.district,
        guardian_contact=person.guardian_contact or None,
        has_ehcp=person.has_ehcp,
        access_needs=person.access_needs or None,
        right_to_work_checked=person.right_to_work_checked,
    )
