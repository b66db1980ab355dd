"""What the schedule makes of a clock that jumps, of nights with an hour too few or too many, and
of days in which nobody ran it.
"""

from collections import Counter
from datetime import UTC, date, datetime, time, timedelta

import pytest
from factories.letters import read_letters, settings_with
from soak.worlds import DAY, HOUR, OPENS, RELEASE, make_world, reach
from sqlalchemy import func, select

from placements import clock, scheduler
from placements.domain.round_dates import at_london
from placements.extensions import db
from placements.models.assignments import WAS_OFFERED, Assignment
from placements.models.audit import History
from placements.models.operations import Occurrence
from placements.services import messages
from placements.services.invariants import verifying


def run_at(at):
    with clock.held_at(at):
        return scheduler.run_due("worker-1")


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2026, 3, 29), datetime(2026, 3, 29, 1, 0, tzinfo=UTC)),
        (date(2026, 10, 25), datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),
        (date(2026, 6, 1), datetime(2026, 6, 1, 0, 30, tzinfo=UTC)),
        (date(2026, 1, 5), datetime(2026, 1, 5, 1, 30, tzinfo=UTC)),
    ],
)
def test_I35_half_past_one_is_the_first_instant_after_a_leap_and_the_first_of_two(day, expected):
    assert at_london(day, time(1, 30)) == expected


@pytest.mark.parametrize("jump", [-HOUR, HOUR, -DAY, DAY])
def test_a_clock_that_jumps_repeats_nothing_and_moves_no_deadline(app, jump):
    with app.app_context():
        reach(make_world(), "approved")
        run_at(RELEASE)
        offers = select(Assignment.id, Assignment.deadline_at).where(WAS_OFFERED)
        offered = db.session.execute(offers.order_by(Assignment.id)).all()
        assert len(offered) > 2
        run_at(RELEASE + jump)
        run_at(RELEASE)
        again = db.session.execute(offers.order_by(Assignment.id)).all()
        assert again == offered
        moves = select(History.kind, History.record_id, History.action).where(
            History.action.in_(("open", "lock", "publish", "offer"))
        )
        assert max(Counter(db.session.execute(moves).all()).values()) == 1
        report = verifying.verify_invariants()
        assert (report.violations, report.unchecked) == ((), ())


def test_three_days_down_are_caught_up_in_order_and_nobody_gets_a_pile_of_old_news(app, tmp_path):
    settings = settings_with(tmp_path / "mail")
    with app.app_context():
        reach(make_world(), "approved")
        up_again = RELEASE + 3 * DAY
        with clock.held_at(up_again):
            n_steps, _ = scheduler.run_and_deliver(settings)
        assert n_steps >= 4
        done = select(Occurrence.due_at).where(
            Occurrence.state == "done", Occurrence.due_at > OPENS
        )
        dues = db.session.scalars(done.order_by(Occurrence.done_at, Occurrence.id)).all()
        assert len(dues) == db.session.scalar(select(func.count()).select_from(done.subquery()))
        with clock.held_at(up_again):
            messages.deliver_due(settings)
        per_person = Counter(m["To"] for m in read_letters(tmp_path / "mail"))
        assert per_person
        assert max(per_person.values()) <= 3, per_person
        with clock.held_at(up_again):
            assert scheduler.run_and_deliver(settings) == (0, 0)


def test_steps_that_waited_run_in_the_order_in_which_they_fell_due(app, monkeypatch):
    ran = []
    for name, step in list(scheduler.STEPS.items()):
        monkeypatch.setitem(
            scheduler.STEPS, name, lambda claim, step=step: (ran.append(claim.due_at), step(claim))
        )
    with app.app_context():
        reach(make_world(), "planned")
        run_at(RELEASE - timedelta(minutes=1) + 3 * DAY)
    assert len(ran) > 5
    assert ran == sorted(ran)
