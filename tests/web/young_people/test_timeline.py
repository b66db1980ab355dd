"""What was noted and who said it, "That's not right", my data, a break, and stopping."""

import json

import pytest
from web.young_people.conftest import NOW

from placements.domain.permissions import SYSTEM
from placements.domain.vocabulary import Kind, OutcomeKind
from placements.models.candidates import Application
from placements.models.outcomes import Checkpoint
from placements.services import assignments, outcomes, transitions
from placements.services.outcomes import Answer


@pytest.fixture
def recorded(world):
    """An answer about Jayden that the provider recorded."""

    def ask():
        days = {"due_on": NOW.date(), "window_opens_on": NOW.date()}
        closes = {"window_closes_on": NOW.date()}
        question = Checkpoint(assignment_id=world.assignment_id, kind="W4", **days, **closes)
        transitions.begin(question, Kind.CHECKPOINT, "schedule", SYSTEM, NOW)
        transitions.move(question, Kind.CHECKPOINT, "fall_due", SYSTEM, NOW)
        return question.id

    checkpoint_id = world.do(ask)
    with world.app.app_context():
        answer = Answer(OutcomeKind.JOB, with_whom="Invented Bakery", hours_per_week=20)
        outcomes.record_outcome(world.provider, checkpoint_id, answer)
    return checkpoint_id


def test_timeline_says_what_was_noted_and_by_whom(world, jayden, recorded):
    text = jayden.get("/me/timeline").text
    assert "An offer: “Workshop 0 (invented)” with Invented Lockside." in text
    assert "We noted that you have a job: Invented Bakery, 20 hours a week." in text
    assert "Monday 1 June 2026, 10am. Invented Skills." in text


def test_timeline_says_you_for_what_the_person_did(world, jayden):
    with world.app.app_context():
        assignments.accept_offer(world.person, world.assignment_id)
    text = jayden.get("/me/timeline").text
    assert "Yes to “Workshop 0 (invented)” with Invented Lockside. Monday 1 June 2026" in text
    assert "10am. You." in text


def test_timeline_shows_nothing_of_a_sibling_or_of_anybody_else(world, visit, sana, recorded):
    sibling = visit(world.account_id, f"young_person:{world.sibling_id}")
    for other in (sibling, sana):
        assert "Workshop 0" not in other.get("/me/timeline").text
        assert "Invented Bakery" not in other.get("/me/data/download").reply.get_data(as_text=True)


def test_not_right_disputes_the_answer_and_says_what_is(world, jayden, recorded):
    jayden.get("/me/timeline")
    url = f"/me/timeline/{recorded}/wrong"
    assert url in jayden.page.links
    jayden.get(url)
    assert "It says now that you have a job" in jayden.text
    jayden.send("Send")
    assert (jayden.status, world.read(Checkpoint, recorded, "state")) == (422, "recorded")
    jayden.send("Send", now="apprentice")
    assert (jayden.here, world.read(Checkpoint, recorded, "state")) == ("/me/timeline", "disputed")
    assert "You said that this is not right" in jayden.text
    assert url not in jayden.page.links
    with world.app.app_context():
        found = outcomes.list_right_answers([recorded])[recorded]
        assert found is OutcomeKind.APP


def test_not_right_on_an_answer_that_changed_meanwhile_is_409(world, jayden, recorded):
    jayden.get(f"/me/timeline/{recorded}/wrong")
    with world.app.app_context():
        outcomes.record_outcome(world.provider, recorded, Answer(OutcomeKind.VOL))
    jayden.send("Send", now="apprentice")
    assert (jayden.status, world.read(Checkpoint, recorded, "state")) == (409, "recorded")


def test_I36_not_right_on_somebody_elses_answer_is_404(world, sana, recorded):
    assert sana.get(f"/me/timeline/{recorded}/wrong").status == 404
    assert sana.get("/me/timeline/987654/wrong").status == 404


def test_my_data_tells_who_sees_what_and_can_be_taken_away(world, jayden, recorded):
    jayden.get("/me/data")
    assert "Only after you say yes to them" in jayden.text
    reply = jayden.client.get("/me/data/download")
    assert reply.mimetype == "application/json"
    assert "attachment" in reply.headers["Content-Disposition"]
    data = json.loads(reply.data)
    kept = data["kept"]
    assert kept["candidate"][0]["preferred_name"] == "Jayden"
    assert kept["assignment"][0]["employer"] == "Invented Lockside"
    assert kept["outcome"][0]["with_whom"] == "Invented Bakery"
    assert {"application", "checkpoint", "message", "session"} <= set(kept) and data["timeline"]
    assert "salt" not in reply.get_data(as_text=True)


def test_stopping_takes_one_page_and_gives_the_offer_back(world, jayden):
    jayden.get("/me/data/stop")
    assert "You lose “Workshop 0 (invented)” with Invented Lockside" in jayden.text
    jayden.send("Stop taking part", reason="I found a job")
    assert (jayden.here, world.entry, world.state) == (
        *("/me", "withdrawn", "cancelled_by_candidate"),
    )
    assert "You stopped taking part" in jayden.text
    assert "There is nothing to stop" in jayden.get("/me/data/stop").text


def test_stopping_on_an_old_page_is_409_and_changes_nothing(world, jayden):
    jayden.get("/me/data/stop")
    version = world.read(Application, world.application_id, "version")
    jayden.send("Stop taking part", version=version - 1)
    assert (jayden.status, world.entry, world.state) == (409, "ready", "offered")


def test_break_begins_and_ends_with_one_press_each(world, sana):
    sana.get("/me/data").send("Take a break")
    assert "You are taking a break" in sana.text
    assert world.read(Application, world.other_application_id, "state") == "on_hold"
    sana.send("Keep me in the next round")
    assert world.read(Application, world.other_application_id, "state") == "ready"


def test_no_break_while_an_offer_waits(world, jayden):
    assert "Take a break" not in [
        b[2] for f in jayden.get("/me/data").page.forms for b in f.buttons
    ]
