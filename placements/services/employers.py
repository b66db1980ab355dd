"""Organisations that give placements, their sites, and the people who act for them."""

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from sqlalchemy import exists, select

from placements import clock
from placements.domain.errors import Invalid, NotFound
from placements.domain.permissions import SYSTEM, Actor
from placements.domain.postcodes import normalise_postcode
from placements.domain.vocabulary import Kind, Role
from placements.extensions import db
from placements.models.accounts import Account
from placements.models.employers import Employer, EmployerMember, Site
from placements.models.placements import Placement
from placements.services import transitions
from placements.services.gazetteer import find_point, get_rules
from placements.services.transactions import act

CHECKED_STATES = ("submitted", "live", "full", "paused", "suspended")


@dataclass(frozen=True)
class SiteFacts:
    """What an employer tells about a workplace."""

    name: str
    postcode: str
    insurance_expires_on: date | None = None
    risk_assessed_on: date | None = None
    arrival_notes: str | None = None
    step_free: bool | None = None


def get_employer(actor: Actor, employer_id: int) -> Employer:
    """Return the actor's own employer, or for staff one of their region; else `NotFound`."""
    wanted = select(Employer).where(Employer.id == employer_id)
    if actor.role is Role.EMPLOYER:
        wanted = wanted.where(Employer.id == actor.organisation_id)
    elif actor.role is not Role.SYSTEM:
        wanted = wanted.where(Employer.region_id == actor.region_id)
    found = db.session.scalar(wanted)
    if found is None:
        raise NotFound("There is no such employer, or it is not yours.")
    return found


@act
def register_employer(region_id: int, name: str, sector: str, email: str, contact: str) -> int:
    """Take in an employer who applies, with the first person who acts for it."""
    employer = add_employer(region_id, name, sector, clock.now())
    add_employer_member(employer, email, contact)
    return employer.id


def add_employer(region_id: int, name: str, sector: str, at: datetime) -> Employer:
    """Add an employer in state `applied`; part of an act."""
    employer = Employer(region_id=region_id, name=name.strip(), sector=sector)
    transitions.begin(employer, Kind.EMPLOYER, "apply", SYSTEM, at)
    return employer


def add_employer_member(employer: Employer, email: str, name: str | None) -> Account:
    """Let the person at `email` act for the employer; part of an act."""
    address = email.strip().lower()
    account = db.session.scalar(select(Account).where(Account.email == address))
    if account is None:
        account = Account(email=address, name=name)
        db.session.add(account)
        db.session.flush()
    member = (
        EmployerMember.employer_id == employer.id,
        EmployerMember.account_id == account.id,
    )
    if db.session.scalar(select(EmployerMember.id).where(*member)) is None:
        db.session.add(EmployerMember(employer_id=employer.id, account_id=account.id))
        db.session.flush()
    return account


@act
def verify_employer(actor: Actor, employer_id: int) -> None:
    """Say that an employer is who it says it is; an operator may."""
    employer = get_employer(actor, employer_id)
    transitions.move(employer, Kind.EMPLOYER, "verify", actor, clock.now())


@act
def create_site(actor: Actor, employer_id: int, folder: Path, facts: SiteFacts) -> int:
    """Add a workplace to the actor's own employer; in the region, insured and assessed."""
    _check_facts(folder, facts)
    return add_site(get_employer(actor, employer_id), folder, facts).id


@act
def change_site(actor: Actor, site_id: int, folder: Path, facts: SiteFacts) -> None:
    """Write over what the actor's employer told about a workplace.

    It moves elsewhere only while no checked placement is there: people planned their journeys.
    """
    site = get_site(actor, site_id)
    _check_facts(folder, facts)
    moved = normalise_postcode(facts.postcode) != site.postcode
    if moved and _has_checked_placement(site):
        words = f"{site.name} has placements that were checked. Add the new address as a new site."
        raise Invalid("postcode", words)
    _check_name(site.employer_id, facts.name, site.id)
    _describe(site, folder, facts)


def _check_facts(folder: Path, facts: SiteFacts) -> None:
    rules, today = get_rules(folder), clock.today()
    if rules.district_of(find_point(folder, facts.postcode).postcode) is None:
        words = f"This postcode is not in {rules.name}. Check it, or talk to {rules.authority}."
        raise Invalid("postcode", words)
    if facts.insurance_expires_on is not None and facts.insurance_expires_on < today:
        words = "This day has passed. Renew the insurance first, then write the new day."
        raise Invalid("insurance_expires_on", words)
    if facts.risk_assessed_on is not None and facts.risk_assessed_on > today:
        raise Invalid("risk_assessed_on", "This day is still to come. Write when it was done.")


def _has_checked_placement(site: Site) -> bool:
    here = (Placement.site_id == site.id, Placement.state.in_(CHECKED_STATES))
    return bool(db.session.scalar(select(exists().where(*here))))


def add_site(employer: Employer, folder: Path, facts: SiteFacts) -> Site:
    """Add a workplace; part of an act."""
    _check_name(employer.id, facts.name)
    site = Site(employer_id=employer.id)
    _describe(site, folder, facts)
    db.session.add(site)
    db.session.flush()
    return site


def _check_name(employer_id: int, name: str, own_id: int | None = None) -> None:
    named = (Site.employer_id == employer_id, Site.name == name.strip())
    known = db.session.scalar(select(Site.id).where(*named))
    if known is not None and known != own_id:
        raise Invalid("name", "You have a site of this name. Give this one another name.")


def _describe(site: Site, folder: Path, facts: SiteFacts) -> None:
    point = find_point(folder, facts.postcode)
    site.name, site.postcode = facts.name.strip(), point.postcode
    site.latitude, site.longitude = point.lat, point.lon
    site.point_is_approximate = point.approximate
    site.district = point.district or "outside the region"
    site.insurance_expires_on = facts.insurance_expires_on
    site.risk_assessed_on = facts.risk_assessed_on
    site.arrival_notes, site.step_free = facts.arrival_notes, facts.step_free


def get_site(actor: Actor, site_id: int) -> Site:
    """Return a workplace of the actor's own employer, or raise `NotFound`."""
    own = (Site.id == site_id, Site.employer_id == actor.organisation_id)
    found = db.session.scalar(select(Site).where(*own))
    if actor.role is not Role.EMPLOYER or found is None:
        raise NotFound("There is no such site, or it is not yours.")
    return found


def list_sites(actor: Actor, employer_id: int) -> list[Site]:
    """List the workplaces of an employer the actor may see."""
    employer = get_employer(actor, employer_id)
    wanted = select(Site).where(Site.employer_id == employer.id).order_by(Site.name)
    return list(db.session.scalars(wanted))
