"""A young person with an account, an offer, a provider and an employer; and a clock to move."""

from datetime import UTC, datetime, timedelta
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
from placements.models.candidates import Application, ProviderMember
from placements.models.employers import EmployerMember
from placements.outbox.links import add_link
from placements.services import accounts, agreements, starts
from placements.services.transactions import act

NOW = datetime(2026, 6, 1, 9, 0, tzinfo=UTC)
DEADLINE = datetime(2026, 6, 8, 23, 0, tzinfo=UTC)
FIRST_DAY = datetime(2026, 7, 6, 7, 0, tzinfo=UTC)


@pytest.fixture
def clock_at(clock_file):
    """A function that holds the clock at an instant."""

    def move_to(instant):
        clock_file.write_text(instant.isoformat())

    move_to(NOW)
    return move_to


class World:
    """The records by id, and what a test asks of them in a fresh read."""

    def __init__(self, app, clock_at):
        self.app, self.clock_at = app, clock_at
        with app.app_context():
            vars(self).update(vars(_make_records()))

    def read(self, table, record_id, *names):
        """Read fields of a record as they are now."""
        with self.app.app_context():
            record = db.session.get_one(table, record_id)
            values = tuple(getattr(record, name) for name in names)
        return values[0] if len(names) == 1 else values

    @property
    def state(self):
        return self.read(Assignment, self.assignment_id, "state")

    @property
    def entry(self):
        return self.read(Application, self.application_id, "state")

    def do(self, change):
        """Carry out `change` in a transaction of its own."""
        with self.app.app_context():
            return act(change)()

    def change(self, table, record_id, **facts):
        """Set fields of a record."""

        def change():
            for name, value in facts.items():
                setattr(db.session.get_one(table, record_id), name, value)

        self.do(change)

    def link(self, purpose, subject_id, until=DEADLINE, account_id=None):
        """Make a link as a message would carry it."""
        owner = account_id or self.account_id
        return self.do(lambda: add_link(owner, purpose, subject_id, until, "text"))

    def offer(self, application_id=None, placement_id=None):
        """Offer a place and return the id of the offer."""

        def offer():
            application = db.session.get_one(Application, application_id or self.application_id)
            return _offer(application, placement_id or self.placement_id)

        return self.do(offer)

    def confirm(self, signed=("employer", "provider")):
        """Bring the offer to a confirmed first day."""
        with self.app.app_context():
            from placements.services import assignments

            assignments.accept_offer(self.person, self.assignment_id)
            told = {"time": "9am", "place": "Main door", "bring": "A pen", "wear": "Old shoes"}
            day = FIRST_DAY.date()
            starts.confirm_assignment(self.employer, self.assignment_id, "Ines Example", day, told)
            for party in signed:
                agreements.sign_agreement(getattr(self, party), self.assignment_id)

    def state_of_link(self, token):
        with self.app.app_context():
            return accounts.read_link(token).state


def _offer(application, placement_id):
    from placements.models.placements import Placement

    placement = db.session.get_one(Placement, placement_id)
    facts = {"deadline_at": DEADLINE, "original_deadline_at": DEADLINE}
    return make_assignment(application, placement, **facts).id


@act
def _make_records():
    region = make_region(code="west_midlands")
    employer = make_employer(region, name="Invented Lockside")
    provider = make_provider(region, name="Invented Skills")
    site = make_site(employer, name="Lockside Works")
    placements = [make_placement(site, 3, title=f"Workshop {n} (invented)") for n in range(8)]
    account = make_account(name="Jayden Invented", mobile="+447700900111")
    adviser = make_account(name="Marcus Invented", mobile="+447700900222")
    member = make_account(name="Priya Invented")
    db.session.add(ProviderMember(provider_id=provider.id, account_id=adviser.id))
    db.session.add(EmployerMember(employer_id=employer.id, account_id=member.id))
    born = datetime(2007, 3, 1).date()
    candidate = make_candidate(preferred_name="Jayden", date_of_birth=born)
    sibling = make_candidate(preferred_name="Skye", date_of_birth=born)
    candidate.account_id = sibling.account_id = account.id
    other = make_candidate(preferred_name="Sana", date_of_birth=born)
    other.account_id = make_account(name="Sana Invented").id
    applications = [make_application(one, provider) for one in (candidate, sibling, other)]
    db.session.flush()
    return SimpleNamespace(
        region_id=region.id,
        account_id=account.id,
        other_account_id=other.account_id,
        candidate_id=candidate.id,
        sibling_id=sibling.id,
        application_id=applications[0].id,
        sibling_application_id=applications[1].id,
        other_application_id=applications[2].id,
        placement_id=placements[0].id,
        placement_ids=[placement.id for placement in placements],
        references=[placement.reference for placement in placements],
        assignment_id=_offer(applications[0], placements[0].id),
        person=Actor(Role.YOUNG_PERSON, account.id, candidate_id=candidate.id),
        provider=Actor(Role.PROVIDER, adviser.id, provider.id, region_id=region.id),
        employer=Actor(Role.EMPLOYER, member.id, employer.id, region_id=region.id),
        adviser_id=adviser.id,
        hat_key=f"young_person:{candidate.id}",
    )


@pytest.fixture
def world(app, clock_at):
    return World(app, clock_at)


@pytest.fixture
def jayden(world, visit):
    """The young person, signed in."""
    return visit(world.account_id, world.hat_key)


@pytest.fixture
def sana(world, visit):
    """Another young person, who has nothing to do with it."""
    return visit(world.other_account_id)


LATER = timedelta(days=1)
