"""Organisations that give placements, their sites, and the people who act for them."""

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from sqlalchemy import select

from placements import clock
from placements.domain.errors import NotFound
from placements.domain.permissions import SYSTEM, Actor
from placements.domain.vocabulary import Kind, Role
from placements.extensions import db
from placements.models.accounts import Account
from placements.models.employers import Employer, EmployerMember, Site
from placements.services import transitions
from placements.services.gazetteer import find_point
from placements.services.transactions import act


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
    """Add a workplace to the actor's own employer; its postcode must be one we can place."""
    return add_site(get_employer(actor, employer_id), folder, facts).id


def add_site(employer: Employer, folder: Path, facts: SiteFacts) -> Site:
    """Add a workplace; part of an act."""
    point = find_point(folder, facts.postcode)
    site = Site(
        employer_id=employer.id,
        name=facts.name.strip(),
        postcode=point.postcode,
        latitude=point.lat,
        longitude=point.lon,
        point_is_approximate=point.approximate,
        district=point.district or "outside the region",
        insurance_expires_on=facts.insurance_expires_on,
        risk_assessed_on=facts.risk_assessed_on,
        arrival_notes=facts.arrival_notes,
        step_free=facts.step_free,
    )
    db.session.add(site)
    db.session.flush()
    return site


def list_sites(actor: Actor, employer_id: int) -> list[Site]:
    """List the workplaces of an employer the actor may see."""
    employer = get_employer(actor, employer_id)
    wanted = select(Site).where(Site.employer_id == employer.id).order_by(Site.name)
    return list(db.session.scalars(wanted))
