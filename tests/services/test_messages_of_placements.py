"""From the yes to the outcome: who hears what, and when."""

from datetime import date, timedelta

import pytest
from factories.letters import kinds_of, link_of
from factories.told_rounds import (
    FIRST_DAY,
    OPENS,
    RELEASE,
    accept,
    confirm,
    deliver,
    key,
    london,
    offers,
    open_round,
    person_of,
    publish,
    start,
)
from sqlalchemy import select

from placements.domain.vocabulary import Kind, OutcomeKind
from placements.extensions import db
from placements.models.outcomes import Checkpoint
from placements.models.placements import Placement
from placements.services import accounts, agreements, outcomes, placements, transitions
from placements.services.outcomes import Answer
from placements.services.transactions import act

HALF, LAST = date(2026, 6, 18), date(2026, 6, 23)


@pytest.fixture
def world(app, tmp_path, clock_file):
    with app.app_context():
        yield open_round(app, tmp_path)


def test_confirm_asks_each_side_to_sign_and_stops_when_it_has(world):
    publish(world)
    assignment_id = accept(world)
    confirm(world, assignment_id)
    agreements.sign_agreement(world.employer, assignment_id)
    told = [m for m in deliver(world, RELEASE) if "agreement" in key(m)]
    assert {key(m).split(":")[0] for m in told} == {"agreement_young_person", "agreement_provider"}
    assert "must not start before all have signed" in told[0].get_content()
    agreements.sign_agreement(world.provider, assignment_id)
    again = [m for m in deliver(world, london(HALF, 9)) if "agreement" in key(m)]
    assert {key(m).split(":")[0] for m in again} == {"agreement_young_person_again"}


def test_the_day_before_the_first_says_where_and_when(world):
    publish(world)
    confirm(world, accept(world))
    deliver(world, london(LAST, 9))
    eve = deliver(world, london(FIRST_DAY - timedelta(days=1), 10))
    text = next(m for m in eve if "start_tomorrow:" in key(m) and m["X-Channel"] == "text")
    assert "9am" in text.get_content() and "Ines" not in text.get_content()
    assert ("person_starts_tomorrow", "email") in kinds_of(eve)


def test_a_question_goes_at_10_with_a_link_that_lasts_its_window(world):
    start(world)
    deliver(world, london(FIRST_DAY, 9))
    outcomes.fall_due_on(london(FIRST_DAY, 6))
    (letter,) = [m for m in deliver(world, london(FIRST_DAY, 10)) if "checkpoint" in key(m)]
    token = link_of(letter).rpartition("/")[2]
    checkpoint = db.session.scalar(select(Checkpoint).where(Checkpoint.kind == "START"))
    link = accounts.read_link(token)
    assert (link.purpose, link.subject_id, link.state) == ("checkpoint", checkpoint.id, "open")
    after_window = checkpoint.window_closes_on + timedelta(days=1)
    world.clock_at(london(after_window, 0) - timedelta(seconds=1))
    assert accounts.read_link(token).state == "open"
    world.clock_at(london(after_window, 0))
    assert accounts.read_link(token).state == "old"


def test_an_outcome_written_by_another_is_told_to_the_person(world):
    start(world)
    outcomes.fall_due_on(london(FIRST_DAY, 6))
    checkpoint = db.session.scalar(select(Checkpoint).where(Checkpoint.kind == "START"))
    outcomes.record_outcome(world.provider, checkpoint.id, Answer(OutcomeKind.JOB))
    told = deliver(world, london(FIRST_DAY, 10))
    assert not [m for m in told if "checkpoint" in key(m).split(":")[0]]
    (letter,) = [m for m in told if "outcome_recorded" in key(m)]
    assert "The people who support you told us that you have a job" in letter.get_content()


def test_an_outcome_that_says_why_somebody_does_not_work_is_not_repeated(world):
    start(world)
    outcomes.fall_due_on(london(FIRST_DAY, 6))
    checkpoint = db.session.scalar(select(Checkpoint).where(Checkpoint.kind == "START"))
    answer = Answer(OutcomeKind.NEET_UNAVAILABLE, reason="illness")
    outcomes.record_outcome(world.provider, checkpoint.id, answer)
    (letter,) = [m for m in deliver(world, london(FIRST_DAY, 10)) if "outcome_recorded" in key(m)]
    assert "told us what you are doing now" in letter.get_content()
    assert "ill" not in letter.get_content()


def test_an_own_outcome_is_not_told_back(world):
    start(world)
    outcomes.fall_due_on(london(FIRST_DAY, 6))
    checkpoint = db.session.scalar(select(Checkpoint).where(Checkpoint.kind == "START"))
    person = person_of(world, offers()[0])
    outcomes.record_outcome(person, checkpoint.id, Answer(OutcomeKind.JOB))
    assert not [m for m in deliver(world, london(FIRST_DAY, 10)) if "outcome" in key(m)]


def test_a_checked_placement_is_told_with_the_reason_in_full(world):
    reason = "Please say what the person will do in the morning, hour by hour."

    @act
    def send_back_to_check():
        found = db.session.get_one(Placement, world.placement_id)
        transitions.move(found, Kind.PLACEMENT, "change", world.employer, OPENS)

    send_back_to_check()
    placements.ask_changes(world.operator, world.placement_id, reason)
    (letter,) = [m for m in deliver(world, OPENS) if "placement_changes" in key(m)]
    assert reason in letter.get_content()
    assert link_of(letter).endswith(f"/employer/placements/{world.placement_id}")
