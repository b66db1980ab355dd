"""The day-one list: who could truly take a place that came free, and who may read it."""

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

from placements.domain.errors import NotFound
from placements.domain.permissions import Actor
from placements.domain.vocabulary import Role
from placements.services.rescues import list_rescue
from placements.services.transactions import act


@act
def make_world():
    """One place that came free: its last person gone, two in line, two who cannot take it."""
    region = make_region()
    employer, provider = make_employer(region), make_provider(region)
    site = make_site(employer)
    placement, other = make_placement(site, 1), make_placement(site, 1, needs=["driving_licence"])
    near = make_application(make_candidate(), provider)
    keen = make_application(make_candidate(), provider, choices=[placement.reference])
    make_application(make_candidate(), provider, never={"placements": [placement.reference]})
    gone = make_application(make_candidate(), provider, choices=[placement.reference])
    make_assignment(gone, placement, ("decline", Role.YOUNG_PERSON), reason="Not for me")
    held = make_application(make_candidate(), provider)
    make_assignment(held, other)
    return SimpleNamespace(
        placement_id=placement.id,
        near=near.reference,
        keen=keen.reference,
        region_id=region.id,
        account_id=make_account().id,
    )


@pytest.fixture
def world(app, clock_file):
    clock_file.write_text("2026-06-02T09:00:00+00:00")
    with app.app_context():
        yield make_world()


def test_rescue_lists_who_is_in_line_and_could_come_the_best_for_everybody_first(world):
    operator = Actor(Role.OPERATOR, world.account_id, region_id=world.region_id)
    found = list_rescue(operator, world.placement_id)
    assert [one.reference for one in found] == [world.keen, world.near]
    assert [one.choice_rank for one in found] == [1, None]
    assert [one.n_placed for one in found] == [1, 1]
    assert all(one.is_only_place and one.minutes > 0 and one.is_estimate for one in found)


@pytest.mark.parametrize("role", [Role.EMPLOYER, Role.PROVIDER, Role.YOUNG_PERSON])
def test_rescue_is_for_the_authority_of_the_region_only(world, role):
    with pytest.raises(NotFound):
        list_rescue(Actor(role, world.account_id, 1, region_id=world.region_id), world.placement_id)
    stranger = Actor(Role.OPERATOR, world.account_id, region_id=world.region_id + 1)
    with pytest.raises(NotFound):
        list_rescue(stranger, world.placement_id)
