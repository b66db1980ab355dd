"""Who takes a break while results go out: either they are passed over, or they may not rest."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from factories.told_rounds import RELEASE, open_round, propose
from sqlalchemy import select

from placements.domain.errors import GuardRefused
from placements.domain.permissions import SYSTEM
from placements.extensions import db
from placements.models.assignments import WAS_OFFERED, Assignment
from placements.models.candidates import Application
from placements.services import applications, publishing
from placements.services.invariants import places


@pytest.fixture
def world(app, tmp_path, clock_file):
    with app.app_context():
        world = open_round(app, tmp_path)
        propose(world)
        world.clock_at(RELEASE)
        yield world


def test_I10_a_break_beside_the_release_leaves_nobody_away_with_a_place(app, world):
    people = db.session.execute(select(Application.id, Application.candidate_id)).all()
    by_candidate = {person.candidate_id: person for person in world.people}

    def publish():
        with app.app_context():
            publishing.publish_round(SYSTEM, world.round_id)

    def rest(application_id, candidate_id):
        with app.app_context():
            try:
                applications.hold_application(by_candidate[candidate_id], application_id)
            except GuardRefused:
                return "refused"
            return "rests"

    db.session.rollback()
    with ThreadPoolExecutor(4) as threads:
        sent = threads.submit(publish)
        ends = [threads.submit(rest, *one) for one in people]
        assert {end.result() for end in ends} <= {"rests", "refused"}
        sent.result()
    assert list(places.held_by_who_left()) == []
    states = set(db.session.scalars(select(Assignment.state).where(WAS_OFFERED)))
    assert states <= {"offered"}
