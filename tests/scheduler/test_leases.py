"""A worker that slept past its lease writes nothing, whichever step it was at (I-34)."""

import time
from collections import Counter
from datetime import timedelta

import pytest
from factories.every_state import picture
from factories.letters import settings_with
from soak.worlds import LOCKS, OPENS, RELEASE, make_world, reach
from sqlalchemy import select

from placements import clock, failpoints, scheduler
from placements.extensions import db
from placements.models.operations import Occurrence
from placements.models.rounds import Round
from placements.services import occurrences

PAST_LEASE = timedelta(seconds=occurrences.LEASE_SECONDS + 1)
ASLEEP = {
    "round.open": ("planned", OPENS),
    "round.lock": ("planned", LOCKS),
    "round.release": ("approved", RELEASE),
}
IS_RELEASE = Occurrence.schedule == "round.release"
STATES = select(Occurrence.id, Occurrence.state)


def claim(schedule, at):
    """Claim steps as worker-1 does, and run those before the one asked for."""
    with clock.held_at(at):
        while (found := occurrences.claim_next("worker-1")).schedule != schedule:
            scheduler._run(found)
    return found


@pytest.mark.parametrize("schedule", ASLEEP)
def test_I34_a_worker_that_wakes_past_its_lease_writes_nothing(app, schedule):
    stage, at = ASLEEP[schedule]
    with app.app_context():
        reach(make_world(), stage)
        slept = claim(schedule, at)
        with clock.held_at(at + PAST_LEASE):
            other = occurrences.claim_next("worker-2")
        assert other.occurrence_id == slept.occurrence_id
        before = picture()
        with clock.held_at(at):
            scheduler._run(slept)
        assert picture() == before
        with clock.held_at(at + PAST_LEASE):
            scheduler._run(other)
        assert picture() != before
        states = dict(tuple(row) for row in db.session.execute(STATES))
        assert states[slept.occurrence_id] == "done"


@pytest.mark.parametrize(("nth", "ended"), [(1, "done"), (2, "skipped")])
def test_a_step_that_meets_a_full_disk_waits_and_is_run_when_there_is_room(
    app, monkeypatch, nth, ended
):
    """Full in the step, it is run once there is room; full at its end, it was run and stays so."""
    with app.app_context():
        reach(make_world(), "approved")
        slept = claim("round.release", RELEASE)
        monkeypatch.setattr(failpoints, "_passes", Counter())
        monkeypatch.setenv("FAILPOINT", f"tx.before_commit:{nth}=enospc")
        with clock.held_at(RELEASE):
            assert scheduler._run(slept) is False
            assert db.session.scalar(select(Occurrence.reason).where(IS_RELEASE)) is None
            assert scheduler.run_due("worker-1") == 1
        assert db.session.scalar(select(Occurrence.state).where(IS_RELEASE)) == ended
        assert db.session.scalar(select(Round.state)) == "settling"


def test_a_step_that_could_not_be_given_back_is_taken_up_when_the_lease_has_run_out(app):
    with app.app_context():
        reach(make_world(), "planned")
        left = claim("round.open", OPENS)
        with clock.held_at(OPENS + PAST_LEASE):
            again = occurrences.claim_next("worker-1")
            assert (again.occurrence_id, again.was_begun) == (left.occurrence_id, True)
            assert occurrences.finish(left) is False
            assert occurrences.finish(again) is True


def test_a_worker_told_to_stop_at_a_step_finishes_it_and_ends_in_order(
    app, tmp_path, monkeypatch, clock_file
):
    def in_context(work):
        with app.app_context():
            return work()

    def wait_until_at_work():
        while not failpoints._passes["lease.after_claim"]:
            time.sleep(0.01)

    with app.app_context():
        reach(make_world(), "planned")
    (tmp_path / "clock").write_text(OPENS.isoformat())
    monkeypatch.setattr(failpoints, "_passes", Counter())
    monkeypatch.setenv("FAILPOINT", "lease.after_claim=sleep:0.5")
    began = time.monotonic()
    assert scheduler.run_worker(in_context, wait_until_at_work, settings_with()) is True
    assert time.monotonic() - began < scheduler.DRAIN_SECONDS
    with app.app_context():
        assert "claimed" not in dict(tuple(row) for row in db.session.execute(STATES)).values()
