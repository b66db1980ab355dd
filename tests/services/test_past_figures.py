"""Figures of rounds that are over; a round that still runs gives away nothing."""

from datetime import UTC, datetime

import pytest
from factories.records import (
    keep,
    make_application,
    make_assignment,
    make_candidate,
    make_employer,
    make_placement,
    make_provider,
    make_region,
    make_site,
)
from factories.steps import STARTED

from placements.domain.permissions import SYSTEM
from placements.domain.vocabulary import Kind, Role
from placements.models.rounds import Round
from placements.services import transitions
from placements.services.past_figures import count_came_before
from placements.services.transactions import act

DAYS = [datetime(2026, 6, day, 9, tzinfo=UTC) for day in (1, 8, 15)]
TO_SETTLING = ("open", "lock", "solve", "propose")


@act
def make_round(is_over):
    region = make_region()
    opens, locks, release = DAYS
    round_ = Round(region_id=region.id, name="Invented", seed=1)
    round_.opens_at, round_.locks_at, round_.release_at = opens, locks, release
    transitions.begin(round_, Kind.ROUND, "plan", SYSTEM, opens)
    for action in TO_SETTLING:
        transitions.move(round_, Kind.ROUND, action, SYSTEM, opens)
    approver = SYSTEM.__class__(Role.APPROVER)
    transitions.move(round_, Kind.ROUND, "approve", approver, opens)
    for action in ("publish", "settle", *(("finish",) if is_over else ())):
        transitions.move(round_, Kind.ROUND, action, SYSTEM, opens)
    employer = make_employer(region)
    placement = keep(make_placement(make_site(employer), 5))
    for steps in (STARTED, STARTED, ()):
        person = make_application(make_candidate(), make_provider(region))
        make_assignment(person, placement, *steps, round_id=round_.id)
    return region.id, employer.id


@pytest.mark.parametrize("is_over", [True, False])
def test_only_who_came_through_a_round_that_is_over_is_counted(app, is_over):
    with app.app_context():
        region_id, employer_id = make_round(is_over)
        assert count_came_before(region_id) == ({employer_id: 2} if is_over else {})
