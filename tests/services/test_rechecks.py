"""A pair is checked by today's facts before it is offered and before it is taken (I-07, I-09)."""

from datetime import UTC, date, datetime
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
from sqlalchemy import func, select, text

from placements.domain.errors import GuardRefused
from placements.domain.permissions import SYSTEM, Actor
from placements.domain.refusal_words import FOR_STAFF, FOR_THE_PERSON
from placements.domain.vocabulary import Role
from placements.extensions import db
from placements.failpoints import FailpointReached
from placements.models.assignments import Assignment, Edge
from placements.models.candidates import Application
from placements.models.employers import Employer
from placements.models.operations import Occurrence
from placements.models.placements import Placement
from placements.models.rounds import NextStep, Plan, Round, Skip
from placements.services import assignments, cascading, next_steps, publishing, rounds, solving
from placements.services.transactions import act

DATES = tuple(datetime(2026, 6, day, 9, tzinfo=UTC) for day in (2, 9, 16))
FAR = {"latitude": 53.4, "longitude": -2.2}
TWO_DAYS = [[weekday, 480, 1080] for weekday in range(2)]


@act
def make_world():
    """Two people, two places at one placement; a third person who cannot do its hours."""
    region = make_region()
    employer = make_employer(region)
    placement = make_placement(make_site(employer), 2, sector="retail")
    provider = make_provider(region)
    choices = {"choices": [placement.reference]}
    people = [make_application(make_candidate(), provider, **choices) for _ in range(2)]
    make_application(make_candidate(), provider, availability=TWO_DAYS)
    ids = [make_account().id for _ in range(2)]
    return SimpleNamespace(
        employer_id=employer.id,
        placement_id=placement.id,
        ids=[application.id for application in people],
        operator=Actor(Role.OPERATOR, ids[0], region_id=region.id),
        approver=Actor(Role.APPROVER, ids[1], region_id=region.id),
    )


@pytest.fixture
def approved(app, clock_file):
    clock_file.write_text(DATES[0].isoformat())
    with app.app_context():
        world = make_world()
        world.set_clock = lambda at: clock_file.write_text(at.isoformat())
        world.round_id = rounds.create_round(world.operator, "Summer", DATES, 7)
        rounds.open_round(world.operator, world.round_id)
        seal = rounds.lock_round(world.operator, world.round_id)
        solving.solve_round(world.operator, world.round_id)
        plan_hash = rounds.get_round(world.approver, world.round_id).plan_hash
        rounds.approve_round(world.approver, world.round_id, plan_hash, seal)
        world.set_clock(DATES[2])
        yield world


def publish(world):
    return publishing.publish_round(SYSTEM, world.round_id)


@act
def change_person(application_id, **facts):
    application = db.session.get_one(Application, application_id)
    for name, value in facts.items():
        owner = application if hasattr(application, name) else application.candidate
        setattr(owner, name, value)


@act
def change_placement(world, **facts):
    placement = db.session.get_one(Placement, world.placement_id)
    for name, value in facts.items():
        setattr(placement, name, value)


NEW_FACTS = {
    "AGE": {"date_of_birth": date(2011, 1, 1)},
    "HOURS": {"availability": TWO_DAYS},
    "DATES": {"start_from": date(2026, 8, 1)},
    "NEVER": {"never": {"sectors": ["retail"]}},
    "TRAVEL_TOO_LONG": FAR,
    "TRAVEL_UNKNOWN": {"latitude": None, "longitude": None},
}


@pytest.mark.parametrize("rule", NEW_FACTS)
def test_I07_publish_round_skips_a_pair_that_today_s_facts_rule_out(approved, rule):
    change_person(approved.ids[0], **NEW_FACTS[rule])
    assert publish(approved) == (1, 1)
    skip = db.session.scalar(select(Skip))
    assert (skip.application_id, skip.reason) == (approved.ids[0], FOR_STAFF[rule])
    assert db.session.scalars(select(Assignment.application_id)).all() == [approved.ids[1]]
    assert db.session.get_one(Placement, approved.placement_id).held == 1


@pytest.mark.parametrize(
    ("facts", "rule"),
    [({"needs": ["first_aid"]}, "NEEDS"), ({"start_to": date(2026, 6, 15)}, "DATES")],
)
def test_I09_publish_round_skips_everyone_when_the_placement_changed(approved, facts, rule):
    change_placement(approved, start_from=date(2026, 6, 8), **facts)
    assert publish(approved) == (0, 2)
    assert set(db.session.scalars(select(Skip.reason))) == {FOR_STAFF[rule]}


def test_I09_publish_round_skips_who_is_beyond_the_employer_s_new_cap(approved):
    @act
    def cut():
        db.session.get_one(Employer, approved.employer_id).cap = 1

    cut()
    assert publish(approved) == (1, 1)
    assert db.session.scalar(select(Skip.reason)) == "the employer now takes fewer people"


def test_publish_round_that_skipped_gives_the_place_on_and_a_next_step(approved):
    change_person(approved.ids[0], **NEW_FACTS["HOURS"])
    publish(approved)
    cascades = select(Occurrence.due_at).where(Occurrence.schedule == "round.cascade")
    assert db.session.scalars(cascades).all() == [datetime(2026, 6, 16, 10, tzinfo=UTC)]
    steps = db.session.scalars(select(NextStep.application_id)).all()
    assert approved.ids[0] in steps


def test_I23_publish_round_stopped_in_the_middle_keeps_nothing_and_can_be_run_again(
    approved, monkeypatch
):
    monkeypatch.setenv("FAILPOINT", "publish.mid=raise")
    with pytest.raises(FailpointReached):
        publish(approved)
    for table in (Assignment, Edge, Skip, NextStep):
        assert db.session.scalar(select(func.count()).select_from(table)) == 0
    placement = db.session.get_one(Placement, approved.placement_id)
    assert (db.session.get_one(Round, approved.round_id).state, placement.held) == ("approved", 0)
    monkeypatch.delenv("FAILPOINT")
    assert publish(approved) == (2, 0)


def test_publish_round_without_a_skip_asks_for_no_cascade(approved):
    assert publish(approved) == (2, 0)
    cascades = select(Occurrence.id).where(Occurrence.schedule == "round.cascade")
    assert db.session.scalars(cascades).all() == []


def test_I08_edge_holds_the_journey_as_checked_at_publish(approved):
    change_person(approved.ids[0], latitude=52.4805, longitude=-1.8961, max_minutes=41)
    publish(approved)
    edge = db.session.scalar(select(Edge).where(Edge.application_id == approved.ids[0]))
    other = db.session.scalar(select(Edge).where(Edge.application_id == approved.ids[1]))
    assert (edge.limit_minutes, edge.checked_at) == (41, DATES[2])
    assert other.travel_minutes < edge.travel_minutes <= 41


@pytest.mark.parametrize("rule", NEW_FACTS)
def test_I09_accept_offer_when_a_fact_newly_fails_is_refused_with_the_reason(approved, rule):
    publish(approved)
    offer = db.session.scalar(
        select(Assignment).where(Assignment.application_id == approved.ids[0])
    )
    person = Actor(Role.YOUNG_PERSON, candidate_id=offer.candidate_id)
    change_person(approved.ids[0], **NEW_FACTS[rule])
    with pytest.raises(GuardRefused) as refusal:
        assignments.accept_offer(person, offer.id)
    assert str(refusal.value).startswith(FOR_THE_PERSON[rule])
    assert db.session.get_one(Assignment, offer.id).state == "offered"
    assignments.decline_offer(person, offer.id)


@pytest.fixture
def settling(app, clock_file):
    """One place, three people; the place is free again and two are in line."""
    clock_file.write_text(DATES[0].isoformat())

    @act
    def make():
        region = make_region()
        placement = make_placement(make_site(make_employer(region)), 1)
        provider = make_provider(region)
        choices = {"choices": [placement.reference]}
        ids = [make_application(make_candidate(), provider, **choices).id for _ in range(3)]
        staff = [make_account().id for _ in range(2)]
        return SimpleNamespace(
            ids=ids,
            operator=Actor(Role.OPERATOR, staff[0], region_id=region.id),
            approver=Actor(Role.APPROVER, staff[1], region_id=region.id),
        )

    with app.app_context():
        world = make()
        world.round_id = rounds.create_round(world.operator, "Summer", DATES, 7)
        rounds.open_round(world.operator, world.round_id)
        seal = rounds.lock_round(world.operator, world.round_id)
        solving.solve_round(world.operator, world.round_id)
        plan_hash = rounds.get_round(world.approver, world.round_id).plan_hash
        rounds.approve_round(world.approver, world.round_id, plan_hash, seal)
        clock_file.write_text(DATES[2].isoformat())
        publishing.publish_round(SYSTEM, world.round_id)
        offer = db.session.scalar(select(Assignment))
        person = Actor(Role.YOUNG_PERSON, candidate_id=offer.candidate_id)
        assignments.decline_offer(person, offer.id)
        world.waiting = [one for one in world.ids if one != offer.application_id]
        yield world


def next_in_line(world):
    """Whom the freed place would be offered to first, by the plan that was approved."""
    plan = db.session.scalar(select(Plan).where(Plan.chosen))
    sealed = solving.read_plan(plan)
    (line,) = sealed.reserves.values()
    found = select(Application.id).where(Application.reference == line[0])
    return db.session.scalar(found)


@pytest.mark.parametrize("rule", ["HOURS", "TRAVEL_TOO_LONG"])
def test_I12_cascade_round_passes_over_who_cannot_come_and_asks_the_next_at_once(settling, rule):
    first = next_in_line(settling)
    change_person(first, **NEW_FACTS[rule])
    assert cascading.cascade_round(SYSTEM, settling.round_id) == 1
    skip = db.session.scalar(select(Skip))
    assert (skip.application_id, skip.reason) == (first, FOR_STAFF[rule])
    newest = db.session.scalar(select(Assignment).where(Assignment.state == "offered"))
    assert newest.application_id == next(one for one in settling.waiting if one != first)
    assert newest.deadline_at == datetime(2026, 6, 19, 23, tzinfo=UTC)


def test_cascade_round_when_nobody_in_line_can_come_ends_the_round(settling):
    for one in settling.waiting:
        change_person(one, **NEW_FACTS["HOURS"])
    assert cascading.cascade_round(SYSTEM, settling.round_id) == 0
    assert db.session.get_one(Round, settling.round_id).state == "final"
    assert len(db.session.scalars(select(Skip)).all()) == 2
    assert set(db.session.scalars(select(NextStep.application_id))) == set(settling.ids)


def test_cascade_round_keeps_the_employer_s_cap(settling):
    @act
    def cut():
        db.session.scalar(select(Employer)).cap = 0

    cut()
    assert cascading.cascade_round(SYSTEM, settling.round_id) == 0
    assert db.session.scalars(select(Skip)).all() == []


def test_finish_writes_a_step_that_is_missing_before_it_ends_the_round(settling):
    @act
    def lose_steps():
        db.session.execute(text("DELETE FROM next_step"))

    lose_steps()
    lost = next_steps.list_without_next_step(settling.round_id)
    assert [line[0] for line in lost] == settling.ids
    for one in settling.waiting:
        change_person(one, **NEW_FACTS["HOURS"])
    cascading.cascade_round(SYSTEM, settling.round_id)
    assert db.session.get_one(Round, settling.round_id).state == "final"
    assert next_steps.list_without_next_step(settling.round_id) == []
