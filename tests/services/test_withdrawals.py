"""A young person stops taking part."""

from datetime import date

import pytest
from factories.records import (
    make_application,
    make_assignment,
    make_candidate,
    make_employer,
    make_placement,
    make_provider,
    make_region,
    make_site,
)
from factories.steps import SAID_YES, STARTED

from placements.domain.errors import NotFound, Stale
from placements.domain.permissions import Actor
from placements.domain.vocabulary import Role
from placements.extensions import db
from placements.models.assignments import Assignment
from placements.models.candidates import Application
from placements.models.placements import Placement
from placements.services.transactions import act
from placements.services.withdrawals import withdraw_application


@act
def make_world(*steps):
    region = make_region()
    placement = make_placement(make_site(make_employer(region)))
    application = make_application(make_candidate(), make_provider(region))
    days = {"start_on": date(2026, 6, 1), "end_on": date(2026, 6, 28)}
    assignment = make_assignment(application, placement, *steps, **days)
    person = Actor(Role.YOUNG_PERSON, candidate_id=application.candidate_id)
    return person, application.id, assignment.id, placement.id


@pytest.fixture(autouse=True)
def inside(app):
    with app.app_context():
        yield


@pytest.mark.parametrize(
    ("steps", "state"),
    [
        ((), "cancelled_by_candidate"),
        ((SAID_YES,), "cancelled_by_candidate"),
    ],
)
def test_withdraw_application_gives_the_place_back(steps, state):
    person, application_id, assignment_id, placement_id = make_world(*steps)
    withdraw_application(person, application_id)
    assert db.session.get_one(Application, application_id).state == "withdrawn"
    assert db.session.get_one(Assignment, assignment_id).state == state
    assert db.session.get_one(Placement, placement_id).held == 0


@pytest.mark.parametrize("by_provider", [False, True], ids=["person", "provider"])
def test_withdraw_application_of_somebody_who_started_ends_it_today(by_provider):
    person, application_id, assignment_id, placement_id = make_world(*STARTED)
    provider_id = db.session.get_one(Application, application_id).provider_id
    provider = Actor(Role.PROVIDER, organisation_id=provider_id)
    withdraw_application(provider if by_provider else person, application_id)
    assert db.session.get_one(Assignment, assignment_id).state == "left_early"
    assert db.session.get_one(Application, application_id).state == "withdrawn"
    assert db.session.get_one(Placement, placement_id).held == 0


def test_withdraw_application_of_an_older_version_changes_nothing():
    person, application_id, assignment_id, placement_id = make_world(SAID_YES)
    with pytest.raises(Stale):
        withdraw_application(person, application_id, "Moving away", 1)
    assert db.session.get_one(Assignment, assignment_id).state == "accepted"
    assert db.session.get_one(Placement, placement_id).held == 1


def test_I36_withdraw_application_of_another_person_finds_nothing():
    _, application_id, *_ = make_world()
    stranger, *_ = make_world()
    with pytest.raises(NotFound):
        withdraw_application(stranger, application_id)
