"""The checklist before a placement opens."""

from datetime import date
from types import SimpleNamespace

import pytest
from factories.records import (
    ACTORS,
    AT,
    make_account,
    make_employer,
    make_placement,
    make_region,
    make_site,
)

from placements.domain.errors import NotFound
from placements.domain.permissions import Actor
from placements.domain.vocabulary import Kind, Role
from placements.services import employer_checks, placement_checks, transitions
from placements.services.transactions import act


@act
def make_world(site=None, **facts):
    region = make_region()
    employer = make_employer(region)
    placement = make_placement(make_site(employer, **(site or {})), **facts)
    transitions.move(placement, Kind.PLACEMENT, "change", ACTORS[Role.EMPLOYER], AT)
    operator = Actor(Role.OPERATOR, make_account().id, region_id=region.id)
    return SimpleNamespace(operator=operator, placement_id=placement.id, employer_id=employer.id)


@pytest.fixture
def failing(app, clock_file):
    """A function that returns the names of the lines that do not hold."""
    clock_file.write_text(AT.isoformat())

    def failing(**facts):
        with app.app_context():
            world = make_world(**facts)
            checks = placement_checks.list_checks(world.operator, world.placement_id)
            return [check.name for check in checks if not check.holds]

    return failing


def test_list_checks_of_a_good_placement_all_hold(failing):
    assert failing() == []


@pytest.mark.parametrize(
    ("facts", "name"),
    [
        ({"shifts": [[0, 480, 1080]]}, "Hours, rule YW1"),
        ({"shifts": [[0, 1260, 1380]]}, "Hours, rule YW6"),
        ({"site": {"insurance_expires_on": date(2026, 5, 1)}}, "Employers' liability insurance"),
        ({"site": {"insurance_expires_on": date(2026, 6, 20)}}, "Employers' liability insurance"),
        ({"site": {"insurance_expires_on": None}}, "Employers' liability insurance"),
        ({"site": {"risk_assessed_on": None}}, "Risk assessment for young people"),
        ({"needs": ["dbs_enhanced"]}, "Criminal record check"),
        ({"summary": "You will operationalise synergies."}, "Plain words"),
        ({"summary": "word " * 21}, "Plain words"),
    ],
)
def test_list_checks_names_what_does_not_hold(failing, facts, name):
    assert failing(**facts) == [name]


def test_list_checks_leaves_adults_out_of_the_hours_law(failing):
    assert failing(shifts=[[0, 1260, 1380]], min_age=18) == []


def test_I36_checks_belong_to_the_region(app):
    with app.app_context():
        world = make_world()
        stranger = Actor(Role.OPERATOR, 1, region_id=999)
        for read in (placement_checks.list_checks, placement_checks.was_open_before):
            with pytest.raises(NotFound):
                read(stranger, world.placement_id)
        for read in (employer_checks.list_members, employer_checks.get_standing):
            with pytest.raises(NotFound):
                read(stranger, world.employer_id)
        assert placement_checks.list_to_check(stranger) == []
        assert employer_checks.list_employers(stranger) == []
        assert len(placement_checks.list_to_check(world.operator)) == 1
