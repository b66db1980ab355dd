"""Who is in line for a place: numbered when results go out, asked from the front, seen by staff."""

import pytest
from factories.open_offers import offers, open_world, person
from sqlalchemy import func, select, text

from placements.domain.errors import NotFound
from placements.domain.permissions import SYSTEM, Actor
from placements.domain.vocabulary import Role
from placements.extensions import db
from placements.models.assignments import Assignment, Edge
from placements.models.audit import History
from placements.models.placements import Placement
from placements.models.rounds import Plan, Round, Skip
from placements.services import (
    applications,
    assignments,
    cascading,
    employer_people,
    my_data,
    no_place,
    person_history,
    placement_withdrawals,
    skips,
    solving,
    timeline,
)
from placements.services.funnel import list_funnel
from placements.services.settling import get_settling


@pytest.fixture
def publish(app, clock_file):
    with open_world(app, clock_file) as publish:
        yield publish


OUT_OF_ORDER = """
SELECT ahead.id FROM assignment AS offered JOIN assignment AS ahead
  ON ahead.round_id = offered.round_id AND ahead.placement_id = offered.placement_id
 WHERE offered.offered_at IS NOT NULL AND ahead.state = 'reserve'
   AND ahead.position < offered.position
   AND NOT EXISTS (SELECT 1 FROM skip WHERE skip.round_id = ahead.round_id
     AND skip.application_id = ahead.application_id AND skip.placement_id = ahead.placement_id)
"""


def line():
    rows = select(Assignment).where(Assignment.state == "reserve")
    return list(db.session.scalars(rows.order_by(Assignment.placement_id, Assignment.position)))


def say_no(offer):
    assignments.decline_offer(person(offer), offer.id)


def test_I12_publish_round_writes_the_line_of_the_plan_in_its_order(publish):
    publish(4, 1)
    plan = solving.read_plan(db.session.scalar(select(Plan).where(Plan.chosen)))
    (told,) = plan.reserves.values()
    rows = line()
    assert [row.application.reference for row in rows] == told
    assert [row.position for row in rows] == [1, 2, 3]
    assert [row.offered_at for row in rows] == [None] * 3
    assert db.session.scalar(select(Placement.held)) == 1
    assert all(db.session.get(Edge, (r.application_id, r.placement_id)) for r in rows)
    for row in rows:
        same = (History.kind == "assignment", History.record_id == row.id)
        assert db.session.scalar(select(func.count()).where(*same)) == 1


def test_I12_freed_places_go_out_from_the_front_and_no_number_is_given_twice(publish):
    world = publish(5, 2)
    first, _ = offers()
    before = [row.id for row in line()]
    say_no(first)
    assert cascading.cascade_round(SYSTEM, world.round_id) == 1
    assert offers()[-1].id == before[0]
    assert offers()[-1].position == 1
    assert [row.position for row in line()] == [2, 3]
    say_no(offers()[-1])
    cascading.cascade_round(SYSTEM, world.round_id)
    assert offers()[-1].position == 2
    assert db.session.execute(text(OUT_OF_ORDER)).all() == []


def test_I12_who_is_passed_over_keeps_the_reason_and_a_place_behind(publish):
    world = publish(4, 1)
    front, second, _ = line()
    applications.hold_application(person(front), front.application_id)
    say_no(offers()[0])
    assert cascading.cascade_round(SYSTEM, world.round_id) == 1
    assert offers()[-1].id == second.id
    found = db.session.execute(select(Skip.application_id, Skip.reason)).all()
    assert found == [(front.application_id, skips.NOT_READY)]
    assert [row.id for row in line()][-1] == front.id
    assert db.session.execute(text(OUT_OF_ORDER)).all() == []


def test_I06_offer_from_the_line_is_the_same_row(publish):
    world = publish(3, 1)
    front = line()[0]
    say_no(offers()[0])
    cascading.cascade_round(SYSTEM, world.round_id)
    assert db.session.get_one(Assignment, front.id).state == "offered"
    moves = select(History.from_state, History.to_state).where(
        History.kind == "assignment", History.record_id == front.id
    )
    assert db.session.execute(moves.order_by(History.id)).all() == [
        ("", "reserve"),
        ("reserve", "offered"),
    ]


def test_withdraw_placement_lets_its_line_go_and_tells_nobody_in_it(publish):
    world = publish(3, 1)
    rows = line()
    n = placement_withdrawals.withdraw_placement(world.employer, world.placement_id, "Invented")
    assert n == 1
    assert [db.session.get_one(Assignment, row.id).state for row in rows] == ["released"] * 2
    told = text("SELECT count(*) FROM message WHERE subject_kind = 'assignment'")
    ids = {row.id for row in rows}
    about = text("SELECT subject_id FROM message WHERE subject_kind = 'assignment'")
    assert db.session.scalar(told) is not None
    assert not ids & set(db.session.scalars(about))


def test_round_that_ends_lets_every_line_go(publish):
    world = publish(3, 1)
    offer = offers()[0]
    assignments.accept_offer(person(offer), offer.id)
    cascading.cascade_round(SYSTEM, world.round_id)
    assert db.session.get_one(Round, world.round_id).state == "final"
    assert line() == []


@pytest.mark.parametrize("is_gone", [False, True])
def test_who_is_in_line_is_seen_by_staff_alone(publish, is_gone):
    world = publish(3, 1)
    row = line()[0]
    if is_gone:
        placement_withdrawals.withdraw_placement(world.employer, world.placement_id, "Invented")
        assert db.session.get_one(Assignment, row.id).state == "released"
    states = ("reserve", "released")
    provider = Actor(Role.PROVIDER, organisation_id=row.application.provider_id)
    for other in (person(row), provider, world.employer):
        assert assignments.list_assignments(other, states) == []
        with pytest.raises(NotFound):
            assignments.get_assignment(other, row.id)
    assert row.id in {a.id for a in assignments.list_assignments(world.operator, states)}
    shown = {one.id for one in employer_people.list_people(world.employer)}
    assert row.id not in shown
    assert "assignment" not in my_data.export_my_data(person(row))["kept"]
    said = [entry.words for entry in timeline.list_timeline(person(row))]
    assert not [words for words in said if row.placement.title in words]
    kept = [
        entry.words for entry in person_history.list_person_history(provider, row.application_id)
    ]
    assert not [words for words in kept if row.placement.title in words]
    reasons = no_place.find_no_place(person(row)).reasons
    assert not set(reasons) & set(no_place.LEFT.values())


def test_offer_from_the_line_is_told_as_any_other(publish):
    world = publish(3, 1)
    say_no(offers()[0])
    cascading.cascade_round(SYSTEM, world.round_id)
    newest = offers()[-1]
    said = [entry.words for entry in timeline.list_timeline(person(newest))]
    assert f"An offer: “{newest.placement.title}”" in " ".join(said)
    about = text("SELECT count(*) FROM event WHERE kind = 'assignment' AND action = 'offer'")
    assert db.session.scalar(about) == 2


def test_staff_read_the_line_of_a_freed_place_in_its_order(publish):
    world = publish(4, 1)
    waiting = [row.application.reference for row in line()]
    say_no(offers()[0])
    (freed,) = get_settling(world.operator, world.round_id).freed
    assert list(freed.line) == waiting


def test_I39_who_is_in_line_counts_as_nobody_placed(publish):
    world = publish(4, 1)
    matched = next(s for s in list_funnel(world.operator) if s.name == "matched")
    assert matched.n == 1
    answers = get_settling(world.operator, world.round_id)
    assert (answers.n_offers, answers.n_waiting, answers.n_in_line) == (1, 1, 3)
