"""A plan under which a group is placed clearly less often needs a written reason to be approved."""

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

from placements.domain.errors import Invalid
from placements.domain.permissions import Actor
from placements.domain.vocabulary import Role
from placements.extensions import db
from placements.models.candidates import EqualityAnswer
from placements.services import approvals, rounds, solving
from placements.services.transactions import act

DATES = tuple(datetime(2026, 6, day, 9, tzinfo=UTC) for day in (2, 9, 16))


@act
def make_world(n_north, n_south):
    """People of the invented north say never to the only placement; those of the south rank it."""
    region = make_region()
    site, provider = make_site(make_employer(region)), make_provider(region)
    place = make_placement(site, n_south)
    for at in range(n_north + n_south):
        person, is_north = make_candidate(), at < n_north
        never = {"placements": [place.reference]} if is_north else {}
        make_application(
            person, provider, never=never, choices=[] if is_north else [place.reference]
        )
        answer = "north" if is_north else "south"
        db.session.add(EqualityAnswer(candidate_id=person.id, question="home", answer=answer))
    operator, approver = (make_account().id for _ in range(2))
    return SimpleNamespace(
        operator=Actor(Role.OPERATOR, operator, region_id=region.id),
        approver=Actor(Role.APPROVER, approver, region_id=region.id),
    )


@pytest.fixture
def propose(app, clock_file):
    """A function that makes a world and brings its round to a proposed plan."""
    clock_file.write_text(DATES[0].isoformat())

    def propose(n_north, n_south, policy=None):
        world = make_world(n_north, n_south)
        round_id = rounds.create_round(world.operator, "Summer", DATES, 7, policy)
        rounds.open_round(world.operator, round_id)
        rounds.lock_round(world.operator, round_id)
        solving.solve_round(world.operator, round_id)
        world.round_id, round_ = round_id, rounds.get_round(world.approver, round_id)
        world.hashes = round_.plan_hash, round_.snapshot_hash
        return world

    with app.app_context():
        yield propose


def test_a_group_that_falls_short_stops_the_approval_until_a_reason_is_written(propose):
    world = propose(40, 45)
    gate = approvals.find_gate(world.approver, world.round_id)
    assert [(one.group, one.placed, one.n_short) for one in gate.short] == [("north", None, 0)]
    with pytest.raises(Invalid, match="falls short") as refused:
        approvals.approve_plan(world.approver, world.round_id, *world.hashes, "  ")
    assert refused.value.field == "override"
    assert rounds.get_round(world.approver, world.round_id).state == "proposed"
    approvals.approve_plan(world.approver, world.round_id, *world.hashes, "They asked to wait.")
    round_ = rounds.get_round(world.approver, world.round_id)
    assert (round_.state, round_.reason) == ("approved", "They asked to wait.")


def test_a_group_of_fewer_than_thirty_stops_nothing(propose):
    world = propose(12, 45)
    approvals.approve_plan(world.approver, world.round_id, *world.hashes)
    assert rounds.get_round(world.approver, world.round_id).state == "approved"


def test_a_gate_of_the_rounds_own_is_the_one_that_is_held_and_the_engine_never_reads_it(propose):
    world = propose(40, 45, {"fairness_gate": 0})
    assert approvals.find_gate(world.approver, world.round_id).passes
    approvals.approve_plan(world.approver, world.round_id, *world.hashes, "kept only if needed")
    assert rounds.get_round(world.approver, world.round_id).reason is None
