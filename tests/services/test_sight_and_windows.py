"""Whose eyes an answer is for; what is said when nobody answered; the same answer said twice."""

from datetime import UTC, date, datetime, timedelta

import pytest
from factories.returned import ENDED, make_world
from sqlalchemy import select

from placements import clock
from placements.domain.permissions import Actor
from placements.domain.vocabulary import OutcomeKind, Role
from placements.extensions import db
from placements.models.assignments import Assignment
from placements.models.audit import Event
from placements.models.outcomes import Checkpoint, Outcome
from placements.services import contact_tries, outcome_list, outcomes, returns, sight
from placements.services.outcomes import Answer
from placements.services.person_history import list_person_history
from placements.settings import ROOT

W4 = date(2026, 7, 28)
CLOSED = date(2026, 8, 26)
FOLDER = ROOT / "config/returns"


@pytest.fixture
def world(app, monkeypatch):
    monkeypatch.setenv("PLACEMENTS_ENV", "test")
    with app.app_context(), held(ENDED):
        world = make_world()
        outcomes.fall_due(W4)
        yield world


def held(day, hour=9):
    return clock.held_at(datetime(day.year, day.month, day.day, hour, tzinfo=UTC))


def question(assignment_id, kind="W4"):
    about = (Checkpoint.assignment_id == assignment_id, Checkpoint.kind == kind)
    return db.session.scalar(select(Checkpoint).where(*about))


def person_of(assignment_id):
    one = db.session.get_one(Assignment, assignment_id)
    return Actor(Role.YOUNG_PERSON, candidate_id=one.candidate_id), one.application_id


def test_close_windows_says_not_reached_only_of_whom_somebody_tried_on_three_days(world):
    tried, twice, silent = question(1), question(2), question(3)
    for checkpoint, days in ((tried, (1, 2, 3)), (twice, (1, 1, 2))):
        for day in days:
            with held(date(2026, 8, day), hour=9 + days.count(day)):
                contact_tries.record_try(world.provider, checkpoint.id, "phone")
    assert contact_tries.close_windows(CLOSED - timedelta(days=1)) == 0
    assert contact_tries.close_windows(CLOSED) == 12
    assert {c.state for c in (tried, twice, silent)} == {"unable_to_contact"}
    kept = [(o.checkpoint_id, o.kind) for o in db.session.scalars(select(Outcome))]
    assert kept == [(tried.id, "UNCONTACTABLE")]
    assert contact_tries.close_windows(CLOSED) == 0


def test_an_answer_after_the_window_still_stands(world):
    contact_tries.close_windows(CLOSED)
    person, _ = person_of(1)
    outcomes.record_outcome(person, question(1).id, Answer(OutcomeKind.JOB))
    assert question(1).state == "recorded"
    assert outcomes.find_standing_outcome(question(1)).kind == "JOB"


def test_record_outcome_said_twice_is_kept_once(world):
    said = Answer(OutcomeKind.JOB, date(2026, 7, 6), hours_per_week=20)
    first = outcomes.record_outcome(world.provider, question(1).id, said)
    events = db.session.query(Event).count()
    assert outcomes.record_outcome(world.provider, question(1).id, said) == first
    assert db.session.query(Outcome).count() == 1
    assert db.session.query(Event).count() == events
    changed = Answer(OutcomeKind.JOB, date(2026, 7, 6), hours_per_week=30)
    assert outcomes.record_outcome(world.provider, question(1).id, changed) != first


def test_hidden_answers_are_not_shown_to_the_provider_and_are_counted(world):
    person, application_id = person_of(1)
    with held(date(2026, 7, 28)):
        outcomes.record_outcome(person, question(1).id, Answer(OutcomeKind.NEET_SEEK))
    with held(date(2026, 7, 29)):
        sight.set_sight(person, hidden=True)
        sight.set_sight(person, hidden=True)
    n_hidden = db.session.query(Event).filter(Event.action == sight.HIDE).count()
    assert n_hidden == 1
    with held(date(2026, 9, 30)):
        outcomes.fall_due(date(2026, 9, 30))
        outcomes.record_outcome(
            person, question(1, "M3").id, Answer(OutcomeKind.JOB, hours_per_week=20)
        )
        m3, w4 = question(1, "M3").id, question(1).id
        seen = outcome_list.get_outcome_line(world.provider, m3)
        assert (seen.stands, seen.told_by) == (None, "")
        assert outcome_list.get_outcome_line(world.provider, w4).stands == OutcomeKind.NEET_SEEK
        assert outcome_list.get_outcome_line(world.operator, m3).stands == OutcomeKind.JOB
        lines = [line.words for line in list_person_history(world.provider, application_id)]
        assert lines.count("Outcome recorded") == 1
        today = date(2026, 9, 30)
        own, all_of_it = (
            {line["code"] for line in made.lines if line["reference"] == "A-job"}
            for made in (
                returns.make_return(actor, FOLDER, "ilr", today)
                for actor in (world.provider, world.operator)
            )
        )
        assert (own, all_of_it) == ({"NPE1"}, {"NPE1", "EMP1"})
        sight.set_sight(person, hidden=False)
        assert outcome_list.get_outcome_line(world.provider, m3).stands == OutcomeKind.JOB
