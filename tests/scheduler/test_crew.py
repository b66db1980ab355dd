"""Several workers share the steps of rounds: each is run once, one region's never together."""

import os
from datetime import UTC, datetime, timedelta

import pytest
from factories.shell import run_command
from faults.crew import add_steps, is_right, make_operator, share
from sqlalchemy import select

from placements import scheduler
from placements.extensions import db
from placements.models.operations import Occurrence
from placements.services import occurrences, rounds

NOW = datetime(2026, 6, 2, 11, 0, tzinfo=UTC)
ON_POSTGRESQL = bool(os.environ.get("TEST_POSTGRESQL_URL"))


@pytest.fixture
def steps(app, tmp_path, monkeypatch, clock_file):
    """Two steps of the rounds of two regions, due now; what is done with each is in the list."""
    (tmp_path / "clock").write_text(NOW.isoformat())
    done = []
    monkeypatch.setitem(scheduler.STEPS, "offers.lapse", done.append)
    with app.app_context():
        dates = tuple(NOW + timedelta(days=days, hours=-1) for days in (100, 110, 120))
        operators = [make_operator() for _ in range(2)]
        round_ids = [rounds.create_round(one, "Invented", dates, seed=7) for one in operators]
        add_steps(round_ids, 2, NOW)
        yield done


def states():
    rows = select(Occurrence.state).where(Occurrence.schedule == "offers.lapse")
    return db.session.scalars(rows.order_by(Occurrence.id)).all()


def hand_all_out():
    handed = []
    scheduler.run_due("worker-1", hand_out=lambda *step: handed.append(step))
    return handed


def test_steps_of_rounds_are_handed_out_with_their_region_and_not_run(steps):
    handed = hand_all_out()
    assert len({region_id for _, region_id in handed}) == 2
    assert (steps, states()) == ([], ["claimed", "claimed"])


def test_whoever_takes_a_step_runs_it_and_it_is_done(steps):
    for occurrence_id, _ in hand_all_out():
        scheduler.run_handed_out(occurrence_id, 0, False)
    assert [claim.was_begun for claim in steps] == [False, False]
    assert states() == ["done", "done"]


def test_a_step_that_was_done_is_not_run_again(steps):
    (first, _), _ = hand_all_out()
    scheduler.run_handed_out(first, 0, False)
    scheduler.run_handed_out(first, 0, False)
    assert len(steps) == 1


def test_I34_whoever_took_a_step_before_writes_nothing_once_another_has_it(steps):
    (first, _), _ = hand_all_out()
    slept = occurrences.take_claimed(first, was_begun=False)
    awake = occurrences.take_claimed(first, was_begun=True)
    assert occurrences.finish(slept) is False
    assert occurrences.finish(awake) is True


def test_a_step_that_breaks_is_raised_for_another_try_and_passed_over_at_the_last(
    steps, monkeypatch
):
    def break_down(_claim):
        raise ZeroDivisionError("planted")

    monkeypatch.setitem(scheduler.STEPS, "offers.lapse", break_down)
    (first, _), _ = hand_all_out()
    with pytest.raises(ZeroDivisionError):
        scheduler.run_handed_out(first, 0, False)
    assert states() == ["claimed", "claimed"]
    scheduler.run_handed_out(first, 2, True)
    assert states() == ["skipped", "claimed"]


@pytest.mark.skipif(not ON_POSTGRESQL, reason="workers share steps on PostgreSQL alone")
def test_I33_two_processes_share_steps_and_run_each_once(database_url, tmp_path):
    found = share(database_url, tmp_path, 16, 4, work_seconds=0.05)
    assert is_right(found), found


@pytest.mark.skipif(not ON_POSTGRESQL, reason="workers share steps on PostgreSQL alone")
def test_a_step_that_waits_is_not_handed_out_again(database_url):
    from placements.crew import Crew

    crew = Crew(database_url, lambda *_: None)
    crew.prepare()
    assert [crew.hand_out(7, 1), crew.hand_out(7, 1), crew.hand_out(8, 1)] == [True, False, True]
    crew.close()


def test_workers_do_not_share_on_sqlite(tmp_path):
    url = f"sqlite:///{tmp_path / 'new.db'}"
    here = {"PLACEMENTS_ENV": "test", "DATABASE_URL": url}
    assert run_command(["migrate"], here).returncode == 0
    refused = run_command(["worker", "--share"], here)
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "--share needs PostgreSQL" in refused.stderr
