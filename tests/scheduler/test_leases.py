"""A worker that slept past its lease writes nothing, whichever step it was at (I-34)."""

from datetime import timedelta

import pytest
from factories.every_state import picture
from soak.worlds import LOCKS, OPENS, RELEASE, make_world, reach
from sqlalchemy import select

from placements import clock, scheduler
from placements.extensions import db
from placements.models.operations import Occurrence
from placements.services import occurrences

PAST_LEASE = timedelta(seconds=occurrences.LEASE_SECONDS + 1)
ASLEEP = {
    "round.open": ("planned", OPENS),
    "round.lock": ("planned", LOCKS),
    "round.release": ("approved", RELEASE),
}
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
