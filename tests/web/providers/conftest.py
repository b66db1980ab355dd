"""A provider with people, another provider, an employer, and the clock in June 2026."""

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
from placements.domain.vocabulary import Kind, Role
from placements.extensions import db
from placements.models.candidates import Application, Provider, ProviderMember
from placements.models.employers import Site
from placements.models.outcomes import Checkpoint
from placements.models.placements import Placement
from placements.services import transitions
from placements.services.transactions import act


@pytest.fixture
def set_day(clock_file):
    """A function that holds the clock still at noon of a day in June or July 2026."""

    def hold(day, month=6):
        clock_file.write_text(datetime(2026, month, day, 11, tzinfo=UTC).isoformat())

    hold(16)
    return hold


def join(provider):
    account = make_account()
    db.session.add(ProviderMember(provider_id=provider.id, account_id=account.id))
    return account


@act
def make_world():
    region = make_region(code="west_midlands")
    ours, theirs = make_provider(region, name="Ours of Tipton (invented)"), make_provider(region)
    us, them = join(ours), join(theirs)
    employer = make_employer(region, name="Invented Foundry")
    return SimpleNamespace(
        region_id=region.id,
        provider_id=ours.id,
        other_provider_id=theirs.id,
        employer_id=employer.id,
        account_id=us.id,
        site_id=make_site(employer, name="Canal Works").id,
        other_account_id=them.id,
        actor=Actor(Role.PROVIDER, us.id, ours.id, region_id=region.id),
        other=Actor(Role.PROVIDER, them.id, theirs.id, region_id=region.id),
        employer=Actor(Role.EMPLOYER, None, employer.id, region_id=region.id),
    )


@pytest.fixture
def world(app, set_day):
    with app.app_context():
        return make_world()


@pytest.fixture
def come_back(world, set_day, us):
    """A function that lets days pass; our session is over by then, so we sign in again."""

    def later(day, month=6):
        set_day(day, month)
        return us.sign_in(world.account_id)

    return later


@pytest.fixture
def add_person(app, world):
    """A function that adds a ready person, of ours unless said otherwise."""

    @act
    def add(provider_id, person, facts):
        candidate = make_candidate(**{"date_of_birth": date(2006, 1, 1), **person})
        return make_application(candidate, db.session.get_one(Provider, provider_id), **facts).id

    def make(provider_id=None, person=None, **facts):
        with app.app_context():
            return add(provider_id or world.provider_id, person or {}, facts)

    return make


@pytest.fixture
def add_placement(app, world):
    """A function that adds a live placement, an easy walk from where people live."""

    @act
    def add(facts):
        return make_placement(db.session.get_one(Site, world.site_id), **facts).id

    def make(**facts):
        with app.app_context():
            return add(facts)

    return make


@pytest.fixture
def add_offer(app, add_placement):
    """A function that gives a person an offer and takes it some steps on."""

    @act
    def add(application_id, placement_id, steps, facts):
        application = db.session.get_one(Application, application_id)
        deadline = datetime(2026, 6, 19, 23, tzinfo=UTC)
        dates = {"deadline_at": deadline, "original_deadline_at": deadline}
        placement = db.session.get_one(Placement, placement_id)
        return make_assignment(application, placement, *steps, **{**dates, **facts}).id

    def make(application_id, *steps, placement_id=None, **facts):
        placement_id = placement_id or add_placement()
        with app.app_context():
            return add(application_id, placement_id, steps, facts)

    return make


@pytest.fixture
def ask(app):
    """A function that asks a dated question about an assignment, due on a day of June."""

    @act
    def add(assignment_id, day, kind):
        due = date(2026, 6, day)
        question = Checkpoint(assignment_id=assignment_id, kind=kind, due_on=due)
        question.window_opens_on, question.window_closes_on = due, date(2026, 7, 14)
        at = datetime(2026, 6, 1, 9, tzinfo=UTC)
        system = Actor(Role.SYSTEM)
        transitions.begin(question, Kind.CHECKPOINT, "schedule", system, at)
        transitions.move(question, Kind.CHECKPOINT, "fall_due", system, at)
        return question.id

    def make(assignment_id, day=10, kind="W4"):
        with app.app_context():
            return add(assignment_id, day, kind)

    return make
