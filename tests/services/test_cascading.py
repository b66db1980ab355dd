"""A freed place goes to somebody still in line; nobody who holds one is moved."""

from datetime import UTC, datetime

import pytest
from factories.open_offers import offers, open_world, person
from sqlalchemy import select

from placements.domain.errors import GuardRefused
from placements.domain.permissions import SYSTEM
from placements.extensions import db
from placements.models.assignments import Assignment
from placements.models.operations import Occurrence
from placements.models.placements import Placement
from placements.models.rounds import Plan, Round
from placements.services import assignments, cascading


@pytest.fixture
def publish(app, clock_file):
    with open_world(app, clock_file) as publish:
        yield publish


def state(world):
    return db.session.scalar(select(Round.state).where(Round.id == world.round_id))


def test_I12_cascade_round_after_a_no_offers_the_place_to_who_is_in_line(publish):
    world = publish(3, 2)
    first, kept = offers()
    assignments.accept_offer(person(kept), kept.id)
    assignments.decline_offer(person(first), first.id)
    assert cascading.cascade_round(SYSTEM, world.round_id) == 1
    newest = offers()[-1]
    assert newest.candidate_id not in (first.candidate_id, kept.candidate_id)
    assert db.session.get_one(Assignment, kept.id).state == "accepted"
    assert db.session.get_one(Placement, world.placement_id).held == 2


def test_cascade_round_gives_fewer_days_to_answer(publish):
    world = publish(3, 1)
    for _ in range(3):
        offer = offers()[-1]
        assignments.decline_offer(person(offer), offer.id)
        cascading.cascade_round(SYSTEM, world.round_id)
    deadlines = [offer.deadline_at for offer in offers()]
    assert [deadline.day for deadline in deadlines] == [23, 19, 18]
    assert state(world) == "final"


def test_cascade_round_never_asks_twice_who_said_no(publish):
    world = publish(1, 1, 1)
    offer = offers()[0]
    assignments.decline_offer(person(offer), offer.id)
    assert cascading.cascade_round(SYSTEM, world.round_id) == 0
    assert len(offers()) == 1


def test_cascade_round_for_who_lost_a_place_offers_another_but_not_that_one(publish):
    world = publish(1, 1, 1)
    offer = offers()[0]
    assignments.cancel_assignment(world.employer, offer.id, "Invented reason")
    assert cascading.cascade_round(SYSTEM, world.round_id) == 1
    again = offers()[-1]
    assert again.candidate_id == offer.candidate_id
    assert again.placement_id != offer.placement_id


def test_cascade_round_with_an_offer_still_open_does_not_end_the_round(publish):
    world = publish(1, 1)
    assert cascading.cascade_round(SYSTEM, world.round_id) == 0
    assert state(world) == "settling"


def test_cascade_round_when_everyone_said_yes_ends_the_round(publish):
    world = publish(1, 1)
    assignments.accept_offer(person(offers()[0]), offers()[0].id)
    assert cascading.cascade_round(SYSTEM, world.round_id) == 0
    assert state(world) == "final"
    with pytest.raises(GuardRefused, match="settling"):
        cascading.cascade_round(SYSTEM, world.round_id)


def test_cascade_plan_is_stored_checked_and_not_the_chosen_one(publish):
    world = publish(2, 1)
    assignments.decline_offer(person(offers()[0]), offers()[0].id)
    cascading.cascade_round(SYSTEM, world.round_id)
    kept = db.session.execute(select(Plan.is_cascade, Plan.chosen).order_by(Plan.id)).all()
    assert kept == [(False, True), (True, False)]


@pytest.mark.parametrize(
    ("freed_at", "due_at"),
    [
        ((2026, 6, 17, 9, 20), (2026, 6, 17, 10)),
        ((2026, 6, 17, 19, 5), (2026, 6, 18, 7)),
        ((2026, 6, 17, 23, 0), (2026, 6, 18, 7)),
        ((2026, 6, 18, 2, 0), (2026, 6, 18, 7)),
    ],
)
def test_freed_place_is_offered_in_the_next_daytime_hour(publish, freed_at, due_at):
    world = publish(2, 1)
    world.set_clock(datetime(*freed_at, tzinfo=UTC))
    assignments.decline_offer(person(offers()[0]), offers()[0].id)
    cascades = select(Occurrence.due_at).where(Occurrence.schedule == "round.cascade")
    assert db.session.scalars(cascades).all() == [datetime(*due_at, tzinfo=UTC)]
