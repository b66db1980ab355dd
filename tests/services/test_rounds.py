"""A round from its dates to its answers, with the real engine in a real child process."""

import json
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from factories.by_hand import unguarded
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

from placements.domain.errors import GuardRefused, IllegalMove, Invalid, NotFound
from placements.domain.permissions import SYSTEM, Actor
from placements.domain.vocabulary import Role
from placements.extensions import db
from placements.models.assignments import WAS_OFFERED, Assignment
from placements.models.placements import Placement
from placements.models.rounds import Plan, PlanRow, Round, Skip, SnapshotRecord
from placements.services import assignments, publishing, rounds, solver_process, solving
from placements.services.solver_process import Limits
from placements.services.transactions import act

OPENS, LOCKS, RELEASE = (datetime(2026, 6, day, 9, tzinfo=UTC) for day in (2, 9, 16))
BEFORE_RELEASE = datetime(2026, 6, 16, 8, 59, 59, tzinfo=UTC)
DEADLINE = datetime(2026, 6, 23, 23, 0, tzinfo=UTC)


@act
def make_world(n_people=4, n_places=3):
    region = make_region()
    site, provider = make_site(make_employer(region)), make_provider(region)
    placement = make_placement(site, n_places)
    people = [make_candidate() for _ in range(n_people)]
    choices = [placement.reference]
    applications = [make_application(person, provider, choices=choices) for person in people]
    staff = [make_account().id for _ in range(3)]
    return SimpleNamespace(
        region_id=region.id,
        placement_id=placement.id,
        employer=Actor(Role.EMPLOYER, staff[2], site.employer_id),
        people=[Actor(Role.YOUNG_PERSON, candidate_id=person.id) for person in people],
        application_ids=[application.id for application in applications],
        operator=Actor(Role.OPERATOR, staff[0], region_id=region.id),
        approver=Actor(Role.APPROVER, staff[1], region_id=region.id),
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
        world.clock_at = clock_at
        dates = (OPENS, LOCKS, RELEASE)
        world.round_id = rounds.create_round(world.operator, "Summer", dates, seed=7)
        yield world


def lock(world):
    rounds.open_round(world.operator, world.round_id)
    return rounds.lock_round(world.operator, world.round_id)


def approve(world):
    round_ = rounds.get_round(world.approver, world.round_id)
    hashes = round_.plan_hash, round_.snapshot_hash
    rounds.approve_round(world.approver, world.round_id, *hashes)


def publish(world):
    lock(world)
    solving.solve_round(world.operator, world.round_id)
    approve(world)
    world.clock_at(RELEASE)
    return publishing.publish_round(SYSTEM, world.round_id)


def state(world):
    return db.session.scalar(select(Round.state).where(Round.id == world.round_id))


def offers():
    return db.session.scalars(
        select(Assignment).where(WAS_OFFERED).order_by(Assignment.offered_at, Assignment.id)
    ).all()


def actor_of(world, assignment):
    return next(p for p in world.people if p.candidate_id == assignment.candidate_id)


def test_publish_round_when_approved_offers_each_planned_place(world):
    assert publish(world) == (3, 0)
    assert state(world) == "settling"
    assert {offer.deadline_at for offer in offers()} == {DEADLINE}
    placement = db.session.get_one(Placement, world.placement_id)
    assert (placement.held, placement.state) == (3, "full")


def test_I26_every_person_of_the_snapshot_has_one_row_of_the_plan(world):
    publish(world)
    rows = db.session.scalars(select(PlanRow)).all()
    assert sorted(row.application_id for row in rows) == world.application_ids
    unplaced = [row for row in rows if row.placement_id is None]
    assert len(unplaced) == 1
    assert unplaced[0].reasons


def test_I22_publish_round_before_its_time_sends_nothing(world):
    lock(world)
    solving.solve_round(world.operator, world.round_id)
    approve(world)
    world.clock_at(BEFORE_RELEASE)
    with pytest.raises(GuardRefused, match="Nothing was sent"):
        publishing.publish_round(world.operator, world.round_id)
    assert (state(world), offers()) == ("approved", [])


def test_publish_round_a_second_time_is_refused(world):
    publish(world)
    with pytest.raises(IllegalMove):
        publishing.publish_round(SYSTEM, world.round_id)
    assert len(offers()) == 3


def test_I20_publish_round_when_the_stored_plan_was_edited_sends_nothing(world):
    @act
    def edit():
        plan = db.session.scalar(select(Plan))
        sealed = json.loads(plan.sealed)
        sealed["assignments"][0]["minutes_there"] += 1
        plan.sealed = json.dumps(sealed)

    lock(world)
    solving.solve_round(world.operator, world.round_id)
    approve(world)
    edit()
    world.clock_at(RELEASE)
    with pytest.raises(GuardRefused, match="not the one that was approved"):
        publishing.publish_round(SYSTEM, world.round_id)
    assert (state(world), offers()) == ("approved", [])


def test_I09_publish_round_skips_with_a_reason_who_is_no_longer_ready(world, edited_by_hand):
    @act
    def stop_taking_part():
        row = db.session.scalar(select(PlanRow).where(PlanRow.placement_id.is_not(None)))
        db.session.execute(
            text("UPDATE application SET state = 'on_hold' WHERE id = :id"),
            {"id": row.application_id},
        )

    lock(world)
    solving.solve_round(world.operator, world.round_id)
    approve(world)
    stop_taking_part()
    world.clock_at(RELEASE)
    assert publishing.publish_round(SYSTEM, world.round_id) == (2, 1)
    assert db.session.scalar(select(Skip.reason)) == "the person is no longer ready"


def test_I21_approve_round_by_who_prepared_it_is_refused(world):
    lock(world)
    solving.solve_round(world.operator, world.round_id)
    round_ = rounds.get_round(world.operator, world.round_id)
    now_approver = Actor(Role.APPROVER, world.operator.account_id, region_id=world.region_id)
    with pytest.raises(GuardRefused, match="Another approver"):
        rounds.approve_round(now_approver, world.round_id, round_.plan_hash, round_.snapshot_hash)
    assert state(world) == "proposed"


def test_I19_approve_round_when_a_sealed_record_was_edited_is_refused(world):
    lock(world)
    solving.solve_round(world.operator, world.round_id)

    @act
    def edit():
        record = db.session.scalar(select(SnapshotRecord))
        with unguarded(db.session.connection()):
            record.body = record.body.replace("52.", "53.")
            db.session.flush()

    edit()
    with pytest.raises(GuardRefused, match="sealed records"):
        approve(world)


def test_I25_lock_and_solve_again_gives_the_same_hashes(world):
    first_seal = lock(world)
    solving.solve_round(world.operator, world.round_id)
    first_plan = rounds.get_round(world.operator, world.round_id).plan_hash
    rounds.unlock_round(world.operator, world.round_id, "Invented reason")
    assert rounds.lock_round(world.operator, world.round_id) == first_seal
    rounds_solved = solving.solve_round(world.operator, world.round_id)
    assert rounds_solved is not None
    assert rounds.get_round(world.operator, world.round_id).plan_hash == first_plan


@pytest.mark.parametrize(
    ("greedy", "limits", "words"),
    [
        ("import time; time.sleep(60)", Limits(seconds=0.2), "took longer than 0.2 seconds"),
        ("bytearray(2 * 1024**3)", Limits(bytes=1024**3), "stopped with code"),
    ],
)
def test_solve_round_over_its_limits_fails_and_can_be_tried_again(
    world, greedy, limits, words, monkeypatch
):
    lock(world)
    with monkeypatch.context() as broken:
        broken.setattr(solver_process, "CHILD", greedy)
        assert solving.solve_round(world.operator, world.round_id, limits) is None
    round_ = rounds.get_round(world.operator, world.round_id)
    assert (round_.state, words in round_.reason) == ("failed", True)
    assert db.session.scalar(select(func.count()).select_from(Plan)) == 0
    solving.retry_round(world.operator, world.round_id)
    assert solving.solve_round(world.operator, world.round_id)


@pytest.mark.parametrize(
    "rogue",
    [
        "import sys; sys.exit(3)",
        "import os; os.kill(os.getpid(), 9)",
        "import os; os.kill(os.getppid(), 9)",
        "pass",
        "print('1')",
        "import sys; open(sys.argv[3], 'w').write('{')",
        "import sys; open(sys.argv[3], 'w').write('[]')",
        "import sys; open(sys.argv[3], 'w').write('{\"assignments\": 5}')",
        "import sys; open(sys.argv[3], 'wb').write(bytes(range(256)))",
    ],
)
def test_I24_solve_round_by_a_broken_solver_keeps_no_plan(world, rogue, monkeypatch):
    lock(world)
    with monkeypatch.context() as broken:
        broken.setattr(solver_process, "CHILD", rogue)
        assert solving.solve_round(world.operator, world.round_id) is None
    assert state(world) == "failed"
    assert db.session.scalar(select(func.count()).select_from(Plan)) == 0
    solving.retry_round(world.operator, world.round_id)
    assert solving.solve_round(world.operator, world.round_id)


@pytest.mark.parametrize(
    ("dates", "field"),
    [
        ((LOCKS, OPENS, RELEASE), "locks_at"),
        ((OPENS, LOCKS, RELEASE.replace(hour=20)), "release_at"),
        ((OPENS, LOCKS, RELEASE.replace(hour=5)), "release_at"),
    ],
)
def test_create_round_with_dates_that_cannot_be_names_the_field(world, dates, field):
    with pytest.raises(Invalid) as refusal:
        rounds.create_round(world.operator, "Autumn", dates, seed=1)
    assert refusal.value.field == field


def test_get_round_of_another_region_reads_as_unknown(world):
    with pytest.raises(NotFound):
        rounds.get_round(Actor(Role.OPERATOR, 1, region_id=world.region_id + 1), world.round_id)


def test_accept_offer_before_the_deadline_is_kept(world):
    publish(world)
    offer = offers()[0]
    assignments.accept_offer(actor_of(world, offer), offer.id)
    assert assignments.get_assignment(world.employer, offer.id).state == "accepted"


def test_I18_accept_offer_at_the_deadline_is_refused_and_lapses(world):
    publish(world)
    offer = offers()[0]
    world.clock_at(DEADLINE)
    with pytest.raises(GuardRefused, match="has ended"):
        assignments.accept_offer(actor_of(world, offer), offer.id)
    assert assignments.lapse_due_offers(world.round_id) == 3
    assert db.session.get_one(Placement, world.placement_id).held == 0


def test_I18_lapse_due_offers_a_moment_before_the_deadline_leaves_them(world):
    publish(world)
    world.clock_at(DEADLINE.replace(hour=22, minute=59, second=59))
    assert assignments.lapse_due_offers(world.round_id) == 0


def test_decline_offer_frees_the_place_and_cannot_be_undone(world):
    publish(world)
    offer = offers()[0]
    actor = actor_of(world, offer)
    assignments.decline_offer(actor, offer.id)
    placement = db.session.get_one(Placement, world.placement_id)
    assert (placement.held, placement.state) == (2, "live")
    with pytest.raises(IllegalMove):
        assignments.accept_offer(actor, offer.id)


def test_I36_offer_of_another_person_reads_as_unknown(world):
    publish(world)
    offer = offers()[0]
    other = next(p for p in world.people if p.candidate_id != offer.candidate_id)
    for act_on in (assignments.accept_offer, assignments.decline_offer):
        with pytest.raises(NotFound):
            act_on(other, offer.id)
    assert db.session.get_one(Assignment, offer.id).state == "offered"


def test_cancel_assignment_by_the_employer_needs_a_reason_and_frees_the_place(world):
    publish(world)
    offer = offers()[0]
    with pytest.raises(GuardRefused, match="reason"):
        assignments.cancel_assignment(world.employer, offer.id, " ")
    assignments.cancel_assignment(world.employer, offer.id, "Invented reason")
    assert db.session.get_one(Assignment, offer.id).state == "cancelled_by_employer"
    assert db.session.get_one(Placement, world.placement_id).held == 2


def test_create_round_named_as_another_says_so_also_when_both_come_at_once(world, monkeypatch):
    dates, asked = (OPENS, LOCKS, RELEASE), []
    look = rounds._check_name

    def look_too_early(actor, name):
        asked.append(name)
        if len(asked) > 1:
            look(actor, name)

    monkeypatch.setattr(rounds, "_check_name", look_too_early)
    taken = rounds.get_round(world.operator, world.round_id).name
    with pytest.raises(Invalid, match="There is a round of that name already"):
        rounds.create_round(world.operator, taken, dates, seed=1)
    assert len(asked) == 2
