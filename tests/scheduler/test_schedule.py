"""Each due step runs once, in order, whoever is there to run it."""

from datetime import UTC, datetime, timedelta
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
from sqlalchemy import func, select

from placements import scheduler
from placements.domain.permissions import Actor
from placements.domain.vocabulary import Role
from placements.extensions import db
from placements.models.assignments import WAS_OFFERED, Assignment
from placements.models.operations import Occurrence
from placements.models.rounds import Round
from placements.services import occurrences, outcomes, rounds, solving
from placements.services.transactions import act

OPENS, LOCKS, RELEASE = (datetime(2026, 6, day, 9, tzinfo=UTC) for day in (2, 9, 16))
SECOND = timedelta(seconds=1)


@act
def make_staff():
    region = make_region()
    placement = make_placement(make_site(make_employer(region)), 2)
    provider = make_provider(region)
    for _ in range(3):
        make_application(make_candidate(), provider, choices=[placement.reference])
    ids = [make_account().id for _ in range(2)]
    return SimpleNamespace(
        operator=Actor(Role.OPERATOR, ids[0], region_id=region.id),
        approver=Actor(Role.APPROVER, ids[1], region_id=region.id),
    )


@pytest.fixture
def world(app, clock_file):
    with app.app_context():
        world = make_staff()
        world.set_clock = lambda at: clock_file.write_text(at.isoformat())
        world.set_clock(OPENS - SECOND)
        dates = (OPENS, LOCKS, RELEASE)
        world.round_id = rounds.create_round(world.operator, "Summer", dates, seed=7)
        yield world


def run_at(world, at):
    world.set_clock(at)
    return scheduler.run_due("worker-1")


def state(world):
    return db.session.scalar(select(Round.state).where(Round.id == world.round_id))


def approve(world):
    kept = rounds.get_round(world.approver, world.round_id)
    rounds.approve_round(world.approver, world.round_id, kept.plan_hash, kept.snapshot_hash)


def test_run_due_takes_a_round_from_its_dates_to_lapsed_offers(world):
    assert (run_at(world, OPENS - SECOND), state(world)) == (0, "planned")
    assert (run_at(world, OPENS), state(world)) == (1, "open")
    assert (run_at(world, LOCKS), state(world)) == (2, "proposed")
    approve(world)
    assert (run_at(world, RELEASE - SECOND), state(world)) == (0, "approved")
    assert (run_at(world, RELEASE), state(world)) == (1, "settling")
    deadline = db.session.scalar(select(Assignment.deadline_at).where(WAS_OFFERED))
    assert run_at(world, deadline - SECOND) == 0
    assert run_at(world, deadline) == 1
    states = select(Assignment.state).where(WAS_OFFERED).order_by(Assignment.id)
    assert db.session.scalars(states).all() == ["lapsed", "lapsed"]
    assert (run_at(world, deadline + timedelta(hours=8) - SECOND), state(world)) == (0, "settling")
    assert run_at(world, deadline + timedelta(hours=8)) == 1
    assert db.session.scalars(states).all() == ["lapsed", "lapsed", "offered"]
    second_deadline = db.session.scalar(
        select(Assignment.deadline_at).where(Assignment.state == "offered")
    )
    assert run_at(world, second_deadline) == 1
    assert run_at(world, second_deadline + timedelta(hours=8)) == 1
    assert db.session.scalars(states).all() == ["lapsed"] * 3
    assert state(world) == "final"


def test_run_due_after_days_down_catches_up_in_order(world):
    assert (run_at(world, RELEASE - SECOND), state(world)) == (3, "proposed")
    done = db.session.scalars(
        select(Occurrence.schedule).where(Occurrence.state == "done").order_by(Occurrence.id)
    )
    assert done.all() == ["round.open", "round.lock", "round.solve"]


def test_run_due_at_release_without_approval_is_passed_over_with_its_reason(world):
    run_at(world, RELEASE)
    passed = select(Occurrence.reason).where(Occurrence.state == "skipped")
    assert "cannot publish" in db.session.scalar(passed)
    assert state(world) == "proposed"


def test_I33_run_due_a_second_time_does_nothing(world):
    assert run_at(world, LOCKS) == 3
    assert run_at(world, LOCKS) == 0


def test_I33_the_same_step_added_twice_is_one_row(world):
    @act
    def add_again():
        occurrences.add_occurrence("round.open", world.round_id, OPENS)

    add_again()
    rows = select(func.count()).select_from(Occurrence).where(Occurrence.schedule == "round.open")
    assert db.session.scalar(rows) == 1


def test_claim_next_while_another_worker_holds_the_lease_gets_nothing(world):
    world.set_clock(LOCKS)
    assert occurrences.claim_next("worker-1") is not None
    assert occurrences.claim_next("worker-2") is None


def test_I34_finish_under_an_old_lease_writes_nothing(world):
    world.set_clock(OPENS)
    slept = occurrences.claim_next("worker-1")
    world.set_clock(OPENS + timedelta(seconds=61))
    taken_over = occurrences.claim_next("worker-2")
    assert taken_over.occurrence_id == slept.occurrence_id
    assert taken_over.was_begun
    assert occurrences.finish(slept) is False
    assert occurrences.finish(taken_over) is True


def test_renew_lease_keeps_a_long_step_from_being_taken_over(world):
    world.set_clock(OPENS)
    assert occurrences.claim_next("worker-1") is not None
    world.set_clock(OPENS + timedelta(seconds=50))
    occurrences.renew_lease("worker-1")
    world.set_clock(OPENS + timedelta(seconds=100))
    assert occurrences.claim_next("worker-2") is None


def test_run_due_after_a_worker_died_in_the_solve_solves_again(world):
    world.set_clock(LOCKS)
    for _ in range(2):
        scheduler._run(occurrences.claim_next("worker-1"))
    occurrences.claim_next("worker-1")
    solving._begin_solving(world.operator, world.round_id)
    assert state(world) == "simulating"
    world.set_clock(LOCKS + timedelta(seconds=61))
    assert scheduler.run_due("worker-2") == 1
    assert state(world) == "proposed"


@pytest.mark.parametrize(
    ("first", "expected"),
    [
        (datetime(2026, 3, 28, 6, tzinfo=UTC), datetime(2026, 3, 29, 5, tzinfo=UTC)),
        (datetime(2026, 10, 24, 5, tzinfo=UTC), datetime(2026, 10, 25, 6, tzinfo=UTC)),
    ],
)
def test_I35_the_next_morning_is_six_in_london_whatever_the_clocks_do(world, first, expected):
    outcomes.fall_due_on(first)
    rows = select(Occurrence.due_at).where(Occurrence.schedule == "checkpoints.fall_due")
    assert db.session.scalars(rows).all() == [expected]


def test_run_due_past_a_broken_step_runs_the_steps_behind_it(world, monkeypatch):
    def break_down(_claim):
        raise ZeroDivisionError("planted")

    monkeypatch.setitem(scheduler.STEPS, "round.open", break_down)
    world.set_clock(LOCKS)
    outcomes.begin_mornings()
    assert scheduler.run_due("worker-1") == 4
    rows = db.session.execute(select(Occurrence.schedule, Occurrence.reason)).all()
    reasons = dict(row for row in rows if row.reason)
    assert "ZeroDivisionError" in reasons["round.open"]
    assert "planted" not in reasons["round.open"]
