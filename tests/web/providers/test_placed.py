"""R11 to R13: offers that wait, answers for somebody, signatures, first and last days."""

from datetime import date

import pytest
from factories.steps import SAID_YES, STARTED
from sqlalchemy import select

from placements.extensions import db
from placements.models.assignments import Assignment, Signature
from placements.models.audit import Event
from placements.services import assignments, starts


@pytest.fixture
def offer(add_person, add_offer):
    return add_offer(add_person(person={"name": "Dana (invented)"}))


def first_day(app, world, assignment_id, start_on=date(2026, 7, 6)):
    """Confirm as the employer does, so that there is an agreement."""
    with app.app_context():
        starts.confirm_assignment(world.employer, assignment_id, "Ines Example", start_on, {})


@pytest.fixture
def confirmed(app, world, add_person, add_offer):
    def make(**person):
        held = add_offer(add_person(person=person), SAID_YES)
        first_day(app, world, held)
        return held

    return make


def test_offers_wait_with_their_dates(us, offer):
    us.get("/provider/answers")
    assert "1 offer waits for an answer" in us.title
    assert "Friday 19 June 2026, 11:59pm" in us.text
    assert "3 working days" in us.text


def test_no_offers_says_so(us):
    assert "All have answered" in us.get("/provider/answers").title
    assert "0 people" in us.get("/provider/placed").title


@pytest.mark.parametrize(("said", "state"), [("yes", "accepted"), ("no", "declined")])
def test_an_answer_is_recorded_as_told_to_the_provider(us, app, offer, read, said, state):
    us.get(f"/provider/placed/{offer}/answer").send("Record", answer=said, how="phone")
    assert us.status == 200
    assert read(Assignment, offer, "state") == state
    with app.app_context():
        events = db.session.scalars(select(Event).where(Event.record_id == offer)).all()
        told = [e for e in events if e.action == "told_by_phone"]
        answered = [e for e in events if e.to_state == state]
        assert [e.role for e in told + answered] == ["provider", "provider"]


def test_an_answer_needs_how_it_was_told(us, offer, read):
    us.get(f"/provider/placed/{offer}/answer").send("Record", answer="yes")
    assert us.status == 422
    assert "Choose how they told you." in us.text
    assert read(Assignment, offer, "state") == "offered"


def test_I18_after_the_deadline_yes_is_refused(us, offer, read, come_back):
    come_back(20)
    us.get(f"/provider/placed/{offer}/answer").send("Record", answer="yes", how="phone")
    assert us.status == 422
    assert "The time to answer has ended." in us.text
    assert read(Assignment, offer, "state") == "offered"


def test_an_answered_offer_has_no_form(us, offer):
    us.get(f"/provider/placed/{offer}/answer").send("Record", answer="no", how="text")
    us.get(f"/provider/placed/{offer}/answer")
    assert "This is answered already: said no." in us.text


def test_the_provider_signs_once_and_records_a_guardian(us, app, confirmed):
    held = confirmed(date_of_birth=date(2009, 1, 1), guardian_contact="guardian@home.example")
    us.get(f"/provider/placed/{held}/agreement")
    assert "They must not start before all have signed." in us.text
    us.send("Sign")
    assert "You have signed." in us.text
    us.send("Record their signature", how="")
    assert us.status == 422
    us.send("Record their signature", how="on paper on 16 June")
    assert us.status == 200
    with app.app_context():
        signed = {s.party: s.how for s in db.session.scalars(select(Signature))}
        assert signed == {"provider": "on this page", "guardian": "on paper on 16 June"}
    assert "Record their signature" not in us.html


def test_nobody_starts_before_all_have_signed(us, confirmed, read, come_back):
    held = confirmed()
    us.get(f"/provider/placed/{held}")
    assert "They came" not in us.html
    come_back(6, 7)
    us.get(f"/provider/placed/{held}").send("They came")
    assert "Still missing" in us.text
    assert read(Assignment, held, "state") == "confirmed"


def test_who_did_not_come_gives_the_place_back(us, confirmed, read, come_back):
    held = confirmed()
    come_back(6, 7)
    us.get(f"/provider/placed/{held}").send("They did not come")
    assert read(Assignment, held, "state") == "did_not_start"


@pytest.fixture
def running(add_person, add_offer):
    dates = {"start_on": date(2026, 6, 1), "end_on": date(2026, 6, 28)}
    return add_offer(add_person(), *STARTED, **dates)


def test_an_early_end_needs_a_reason(us, running, read):
    us.get(f"/provider/placed/{running}/end").send("Save", how="left")
    assert us.status == 422
    us.send("Save", how="left", reason="Found a job")
    assert read(Assignment, running, "state") == "left_early"
    assert "Found a job" in us.text


def test_finished_opens_the_day_before_the_last(us, running, read, come_back):
    us.get(f"/provider/placed/{running}/end").send("Save", how="finished")
    assert us.status == 422
    assert "The last day is Sunday 28 June 2026." in us.text
    come_back(27)
    us.get(f"/provider/placed/{running}/end").send("Save", how="finished")
    assert read(Assignment, running, "state") == "completed"


def test_who_cannot_come_is_cancelled_with_a_reason(us, confirmed, read):
    held = confirmed()
    us.get(f"/provider/placed/{held}/cancel").send("Cancel the placement", reason="Moved away")
    assert read(Assignment, held, "state") == "cancelled_by_candidate"


def test_everybody_with_a_place_is_listed(us, confirmed, running):
    confirmed()
    us.get("/provider/placed")
    assert "2 people with a place" in us.title
    assert "Missing: the employer, the young person, the provider" in us.text


PAGES = ["", "/answer", "/agreement", "/end", "/cancel"]


@pytest.mark.parametrize("page", PAGES)
def test_I36_what_belongs_to_another_provider_is_not_there(them, confirmed, page):
    held = confirmed()
    assert them.get(f"/provider/placed/{held}{page}").status == 404


def test_I36_a_provider_never_sees_who_is_in_line(app, us, world, add_person, add_offer):
    held = add_offer(add_person())
    with app.app_context():
        assert [
            a.id for a in assignments.list_assignments(world.actor, ("offered", "reserve"))
        ] == [held]
