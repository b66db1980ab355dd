"""An employer with one of everything, another employer, and the clock in June 2026."""

from datetime import UTC, date, datetime
from types import SimpleNamespace

import pytest
from factories.records import (
    make_account,
    make_application,
    make_assignment,
    make_candidate,
    make_employer,
    make_placement,
    make_provider,
    make_region,
    make_site,
)

from placements.domain.permissions import Actor
from placements.domain.vocabulary import Role
from placements.extensions import db
from placements.models.assignments import Assignment
from placements.models.candidates import Application, Provider
from placements.models.employers import EmployerMember, Site
from placements.models.placements import Placement
from placements.services import agreements
from placements.services.transactions import act

NOON = datetime(2026, 6, 16, 11, 0, tzinfo=UTC)


@pytest.fixture
def set_day(clock_file):
    """A function that holds the clock still at 9am UTC of a day."""
    clock_file.write_text(NOON.isoformat())
    return lambda day: clock_file.write_text(
        datetime(day.year, day.month, day.day, 9, tzinfo=UTC).isoformat()
    )


def join(employer):
    account = make_account()
    db.session.add(EmployerMember(employer_id=employer.id, account_id=account.id))
    return account


@act
def make_world():
    region = make_region(code="west_midlands")
    ours, theirs = make_employer(region), make_employer(region)
    us, them, provider = join(ours), join(theirs), make_provider(region)
    return SimpleNamespace(
        region_id=region.id,
        employer_id=ours.id,
        provider_id=provider.id,
        account_id=us.id,
        other_account_id=them.id,
        actor=Actor(Role.EMPLOYER, us.id, ours.id, region_id=region.id),
        other=Actor(Role.EMPLOYER, them.id, theirs.id, region_id=region.id),
        site_id=make_site(ours, name="Canal Works").id,
        other_site_id=make_site(theirs).id,
    )


@pytest.fixture
def world(app, set_day):
    with app.app_context():
        return make_world()


@pytest.fixture
def add_placement(app, world):
    """A function that adds a live placement of ours."""

    @act
    def add(**facts):
        site = db.session.get_one(Site, world.site_id)
        named = {"supervisor_name": "Ines Example", "supervisor_role": "Team leader"}
        return make_placement(site, **{**named, **facts}).id

    def make(**facts):
        with app.app_context():
            return add(**facts)

    return make


@pytest.fixture
def add_person(app, world):
    """A function that puts a young person on a placement and takes them some steps on."""

    @act
    def add(placement_id, steps, person, facts):
        provider = db.session.get_one(Provider, world.provider_id)
        born = {"date_of_birth": date(2006, 1, 1), "mobile": "07700 900123"}
        candidate = make_candidate(**{**born, "access_needs": "Step-free way in", **person})
        placement = db.session.get_one(Placement, placement_id)
        return make_assignment(make_application(candidate, provider), placement, *steps, **facts).id

    def make(placement_id, *steps, person=None, **facts):
        with app.app_context():
            return add(placement_id, steps, person or {}, facts)

    return make


@act
def find_parties(assignment_id):
    application = db.session.get_one(
        Application, db.session.get_one(Assignment, assignment_id).application_id
    )
    young = Actor(Role.YOUNG_PERSON, candidate_id=application.candidate_id)
    return young, Actor(Role.PROVIDER, organisation_id=application.provider_id)


def sign_all(app, world, assignment_id):
    with app.app_context():
        for actor in (world.actor, *find_parties(assignment_id)):
            agreements.sign_agreement(actor, assignment_id)
