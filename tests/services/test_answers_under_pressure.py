"""Answers, plans and powers that change at the worst moment: nothing lost, nothing doubled."""

from datetime import date, timedelta

import pytest
from factories.open_offers import (
    offer_elsewhere,
    offers,
    open_world,
    person,
    planned,
    reach_approval,
)
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from placements.domain.errors import GuardRefused, IllegalMove, Invalid, NotAllowed, Refusal
from placements.domain.permissions import SYSTEM, Actor
from placements.domain.vocabulary import Role
from placements.extensions import db
from placements.models.assignments import Assignment, Extension
from placements.models.audit import Event
from placements.models.operations import Occurrence
from placements.models.rounds import NextStep, Plan, Round, Skip
from placements.services import (
    approvals,
    assignments,
    cascading,
    deadlines,
    placement_withdrawals,
    plans,
    publishing,
    rounds,
    skips,
)
from placements.services.exceptions import list_exceptions
from placements.services.transactions import act

LATER = date(2026, 6, 30)


@pytest.fixture
def publish(app, clock_file):
    with open_world(app, clock_file) as publish:
        yield publish


@pytest.fixture
def approve(app, clock_file):
    """A function that takes a world to an approved plan."""
    with open_world(app, clock_file, reach_approval) as approve:
        yield approve


@act
def change(statement, **values):
    db.session.execute(text(statement), values)


def round_of(world):
    return db.session.get_one(Round, world.round_id, populate_existing=True)


def say_no(offer):
    assignments.decline_offer(person(offer), offer.id)


def during(monkeypatch, deed):
    """Let `deed` happen once while the next cascade is being solved."""
    solve, done = cascading.solve_checked, []

    def solve_meanwhile(*given):
        checked = solve(*given)
        if not done:
            done.append(None)
            done[0] = deed()
        return checked

    monkeypatch.setattr(cascading, "solve_checked", solve_meanwhile)
    return done


# A decline while a cascade is planned.
def test_decline_during_a_cascade_keeps_the_round_open_for_the_place(publish, monkeypatch):
    world = publish(4, 2)
    first, second = offers()
    say_no(first)
    during(monkeypatch, lambda: say_no(second))
    assert cascading.cascade_round(SYSTEM, world.round_id) == 1
    assert round_of(world).state == "settling"
    assert cascading.cascade_round(SYSTEM, world.round_id) == 1
    assert [o.state for o in offers()] == ["declined", "declined", "offered", "offered"]


def test_decline_while_nothing_can_be_planned_does_not_end_the_round(publish, monkeypatch):
    world = publish(2, 1, 1, never_other=True)
    (offer,) = offers()
    during(monkeypatch, lambda: say_no(offer))
    assert cascading.cascade_round(SYSTEM, world.round_id) == 0
    assert round_of(world).state == "settling"
    waiting = select(Occurrence).where(Occurrence.schedule == "round.cascade")
    assert db.session.scalars(waiting.where(Occurrence.state == "due")).all()
    assert cascading.cascade_round(SYSTEM, world.round_id) == 1


def test_I05_two_cascades_of_one_round_offer_each_place_once(publish, monkeypatch):
    world = publish(4, 1)
    say_no(offers()[0])
    seen = during(monkeypatch, lambda: cascading.cascade_round(SYSTEM, world.round_id))
    assert cascading.cascade_round(SYSTEM, world.round_id) == 0
    assert seen == [1]
    assert db.session.scalars(select(Skip)).all() == []
    assert [o.state for o in offers()] == ["declined", "offered"]


# The employer takes the placement back while its offers are out.
def test_withdraw_placement_with_offers_out_tells_rescues_and_lists_each(publish):
    world = publish(3, 2, 1)
    lost = offers()
    assignments.accept_offer(person(lost[0]), lost[0].id)
    on_it = [o for o in lost if o.placement_id == world.placement_id]
    n = placement_withdrawals.withdraw_placement(world.employer, world.placement_id, "Invented")
    assert n == len(on_it) == 2
    told = "SELECT subject_id FROM message WHERE template = 'place_ended'"
    assert sorted(db.session.scalars(text(told))) == sorted(o.id for o in on_it)
    listed = [c for c in list_exceptions(world.operator) if c.kind == "lost_place"]
    assert {c.subject_id for c in listed} == {o.application_id for o in on_it}
    assert cascading.cascade_round(SYSTEM, world.round_id) == 0
    for offer in offers():
        if offer.state == "offered":
            say_no(offer)
    cascading.cascade_round(SYSTEM, world.round_id)
    newest = offers()[-1]
    assert newest.state == "offered"
    assert newest.application_id in {o.application_id for o in on_it}
    listed = [c for c in list_exceptions(world.operator) if c.kind == "lost_place"]
    assert len(listed) == 1


def test_withdraw_placement_after_the_round_gives_a_next_step(publish):
    world = publish(1, 1)
    (offer,) = offers()
    assignments.accept_offer(person(offer), offer.id)
    cascading.cascade_round(SYSTEM, world.round_id)
    assert round_of(world).state == "final"
    assert db.session.scalars(select(NextStep)).all() == []
    placement_withdrawals.withdraw_placement(world.employer, world.placement_id, "Invented")
    steps = db.session.scalars(select(NextStep.application_id)).all()
    assert steps == [offer.application_id]


# A deadline is moved by an extension alone.
def test_I32_extend_deadline_moves_the_lapse_and_stays_on_record(publish):
    world = publish(1, 1)
    (offer,) = offers()
    was = offer.deadline_at
    until = deadlines.extend_deadline(world.operator, offer.id, LATER, "They were ill")
    kept = db.session.scalar(select(Extension))
    assert (kept.from_at, kept.to_at, kept.extended_by) == (was, until, world.operator.account_id)
    assert offers()[0].original_deadline_at == was
    actions = select(Event.action).where(Event.kind == "assignment").order_by(Event.seq)
    assert db.session.scalars(actions).all() == ["offer", "extend"]
    world.set_clock(was)
    assert assignments.lapse_due_offers(world.round_id) == 0
    world.set_clock(until - timedelta(milliseconds=1))
    assert assignments.lapse_due_offers(world.round_id) == 0
    world.set_clock(until)
    assert assignments.lapse_due_offers(world.round_id) == 1
    due = select(Occurrence.due_at).where(Occurrence.schedule == "offers.lapse")
    assert db.session.scalars(due.order_by(Occurrence.due_at)).all() == [was, until]


@pytest.mark.parametrize(
    ("who", "until", "reason", "refusal"),
    [
        ("operator", LATER, " ", GuardRefused),
        ("operator", date(2026, 6, 23), "Invented", Invalid),
        ("approver", LATER, "Invented", NotAllowed),
        ("employer", LATER, "Invented", NotAllowed),
        ("person", LATER, "Invented", NotAllowed),
    ],
)
def test_I32_extend_deadline_refused_changes_nothing(publish, who, until, reason, refusal):
    world = publish(1, 1)
    (offer,) = offers()
    was = offer.deadline_at
    actor = person(offer) if who == "person" else getattr(world, who)
    with pytest.raises(refusal):
        deadlines.extend_deadline(actor, offer.id, until, reason)
    assert db.session.get_one(Assignment, offer.id).deadline_at == was
    assert db.session.scalars(select(Extension)).all() == []


@pytest.mark.parametrize("late", [True, False])
def test_I32_extend_deadline_of_what_was_answered_or_is_over_is_refused(publish, late):
    world = publish(1, 1)
    (offer,) = offers()
    if late:
        world.set_clock(offer.deadline_at)
    else:
        assignments.accept_offer(person(offer), offer.id)
    with pytest.raises(GuardRefused, match="still waits"):
        deadlines.extend_deadline(world.operator, offer.id, LATER, "Invented")


# An approval is of one plan under one policy, by a second person.
@pytest.mark.parametrize(
    "statement",
    [
        'UPDATE round SET policy = \'{"weights": {"choice": 2}}\'',
        'UPDATE round SET policy = \'{"pins": [["A", "P"]]}\'',
        "UPDATE round SET seed = 8",
        "UPDATE round SET plan_hash = 'f'",
        "UPDATE round SET snapshot_hash = NULL",
        "UPDATE plan SET chosen = false",
        "UPDATE plan SET sealed = '{}'",
    ],
)
def test_I21_publish_round_after_a_change_behind_the_approval_sends_nothing(approve, statement):
    world = approve(2, 1)
    with pytest.raises((Refusal, DBAPIError)):
        change(statement)
        publishing.publish_round(SYSTEM, world.round_id)
    assert round_of(world).state == "approved"
    assert db.session.scalars(select(Assignment)).all() == []


def test_I21_cascade_under_another_policy_than_the_approved_offers_nothing(publish):
    world = publish(3, 1)
    say_no(offers()[0])
    with pytest.raises((GuardRefused, DBAPIError), match=r"rules of the round changed|I-21"):
        change("UPDATE round SET seed = 8")
        cascading.cascade_round(SYSTEM, world.round_id)
    assert len(offers()) == 1


def test_I21_who_prepared_a_round_does_not_approve_it_in_another_role(approve):
    world = approve(2, 1)
    approvals.send_back(world.approver, world.round_id, "Invented reason")
    found = round_of(world)
    assert (found.approved_by, found.approved_plan_hash) == (None, None)
    turned = Actor(Role.APPROVER, world.operator.account_id, region_id=world.operator.region_id)
    with pytest.raises(GuardRefused, match="Another approver"):
        rounds.approve_round(turned, world.round_id, found.plan_hash, found.snapshot_hash)


def test_I21_who_approved_and_then_chooses_as_operator_may_not_approve_again(approve):
    world = approve(2, 1)
    approvals.send_back(world.approver, world.round_id, "Invented reason")
    turned = Actor(Role.OPERATOR, world.approver.account_id, region_id=world.approver.region_id)
    plan_id = db.session.scalar(select(Plan.id).where(Plan.chosen))
    plans.choose_plan(turned, world.round_id, plan_id)
    found = round_of(world)
    with pytest.raises(GuardRefused, match="Another approver"):
        rounds.approve_round(world.approver, world.round_id, found.plan_hash, found.snapshot_hash)


def test_I21_plan_chosen_between_reading_and_approving_is_not_approved(approve):
    world = approve(2, 1)
    approvals.send_back(world.approver, world.round_id, "Invented reason")
    read = round_of(world).plan_hash
    other = plans.solve_again(world.operator, world.round_id, "nearest")
    plans.choose_plan(world.operator, world.round_id, other)
    found = round_of(world)
    assert found.plan_hash != read
    with pytest.raises(GuardRefused, match="changed since you read it"):
        rounds.approve_round(world.approver, world.round_id, read, found.snapshot_hash)


def test_I21_plans_are_not_made_or_chosen_behind_an_approval(approve):
    world = approve(2, 1)
    plan_id = db.session.scalar(select(Plan.id).where(Plan.chosen))
    for deed in (
        lambda: plans.choose_plan(world.operator, world.round_id, plan_id),
        lambda: plans.solve_again(world.operator, world.round_id, "nearest"),
    ):
        with pytest.raises(GuardRefused):
            deed()
    assert round_of(world).state == "approved"


# A person who got a place from an earlier round meanwhile.
def test_I05_publish_round_passes_over_who_got_a_place_meanwhile(approve):
    world = approve(2, 2, 1)
    first = planned()[0]
    hand = offer_elsewhere(world, first.application_id)
    assert publishing.publish_round(SYSTEM, world.round_id) == (1, 1)
    skip = db.session.scalar(select(Skip))
    assert (skip.application_id, skip.reason) == (first.application_id, skips.HOLDS_ANOTHER)
    assert db.session.get_one(Assignment, hand).state == "offered"


def test_I18_accept_and_lapse_at_the_deadline_are_never_both(publish):
    world = publish(2, 2)
    first, second = offers()
    world.set_clock(first.deadline_at - timedelta(milliseconds=1))
    assignments.accept_offer(person(first), first.id)
    world.set_clock(first.deadline_at)
    with pytest.raises(GuardRefused, match="time to answer has ended"):
        assignments.accept_offer(person(second), second.id)
    assert assignments.lapse_due_offers(world.round_id) == 1
    assert [o.state for o in offers()] == ["accepted", "lapsed"]
    with pytest.raises(IllegalMove):
        say_no(second)
