"""A region with staff of both powers, a neighbour region, and a round that can be walked."""

from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from factories.records import (
    make_account,
    make_application,
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
from placements.models.accounts import AuthorityMember
from placements.models.employers import EmployerMember
from placements.services import publishing, rounds, solving
from placements.services.transactions import act

OPENS, LOCKS, RELEASE = (datetime(2026, 6, day, 9, tzinfo=UTC) for day in (2, 9, 16))


def add_staff(region, power, name):
    account = make_account(name=name)
    member = {"account_id": account.id, "region_id": region.id, "power": power.value}
    db.session.add(AuthorityMember(**member))
    db.session.flush()
    return account.id


@act
def make_world():
    region = make_region(code="west_midlands")
    employer = make_employer(region, name="Invented Lockside")
    site, provider = make_site(employer), make_provider(region, name="Invented Skills")
    db.session.add(EmployerMember(employer_id=employer.id, account_id=make_account().id))
    placement = make_placement(site, 3)
    people = [make_candidate(mobile=f"0770090010{n}") for n in range(5)]
    facts = {"choices": [placement.reference]}
    applications = [make_application(person, provider, **facts) for person in people]
    elsewhere = make_region()
    foreign_employer = make_employer(elsewhere)
    foreign_placement = make_placement(make_site(foreign_employer))
    operator = add_staff(region, Role.OPERATOR, "Dawn Invented")
    approver = add_staff(region, Role.APPROVER, "Tomasz Invented")
    stranger = add_staff(elsewhere, Role.OPERATOR, "Sol Invented")
    return SimpleNamespace(
        region_id=region.id,
        employer_id=employer.id,
        site_id=site.id,
        placement_id=placement.id,
        provider_id=provider.id,
        candidate_ids=[person.id for person in people],
        application_ids=[application.id for application in applications],
        references=[application.reference for application in applications],
        foreign_employer_id=foreign_employer.id,
        foreign_placement_id=foreign_placement.id,
        operator_id=operator,
        approver_id=approver,
        operator=Actor(Role.OPERATOR, operator, region_id=region.id),
        approver=Actor(Role.APPROVER, approver, region_id=region.id),
        stranger=Actor(Role.OPERATOR, stranger, region_id=elsewhere.id),
        stranger_id=stranger,
    )


@pytest.fixture
def clock_at(clock_file):
    def move_to(instant):
        clock_file.write_text(instant.isoformat())

    move_to(OPENS)
    return move_to


@pytest.fixture
def world(app, clock_at):
    with app.app_context():
        world = make_world()
    world.app, world.clock_at = app, clock_at
    return world


@pytest.fixture
def operator(world, visit):
    return visit(world.operator_id)


@pytest.fixture
def approver(world, visit):
    return visit(world.approver_id)


@pytest.fixture
def bring(world):
    """A function that brings a new round to a state by the services, and returns its id."""

    def bring(state, name="Summer"):
        with world.app.app_context():
            return bring_round(world, state, name)

    return bring


def bring_round(world, state, name="Summer"):
    round_id = rounds.create_round(world.operator, name, (OPENS, LOCKS, RELEASE), seed=7)
    steps = {
        "open": lambda: rounds.open_round(world.operator, round_id),
        "locked": lambda: rounds.lock_round(world.operator, round_id),
        "proposed": lambda: solving.solve_round(world.operator, round_id),
        "approved": lambda: approve(world, round_id),
        "settling": lambda: publish(world, round_id),
    }
    for reached, step in steps.items():
        if state == "planned":
            break
        step()
        if reached == state:
            break
    return round_id


def approve(world, round_id):
    round_ = rounds.get_round(world.approver, round_id)
    rounds.approve_round(world.approver, round_id, round_.plan_hash, round_.snapshot_hash)


def publish(world, round_id):
    world.clock_at(RELEASE)
    publishing.publish_round(world.operator, round_id)
