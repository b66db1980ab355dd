""" "What are you doing now?" by link and signed in: seven answers and rather not say."""

from datetime import date

import pytest
from web.young_people.conftest import DEADLINE, LATER, NOW

from placements.domain.permissions import SYSTEM
from placements.domain.vocabulary import Kind
from placements.extensions import db
from placements.models.outcomes import Checkpoint, Outcome
from placements.services import outcomes, transitions
from placements.services.outcomes import Answer

SEND = "Continue"


@pytest.fixture
def asked(world):
    """A question that is due, about Jayden."""

    def ask():
        days = {"due_on": NOW.date(), "window_opens_on": NOW.date()}
        closes = {"window_closes_on": date(2026, 6, 29)}
        question = Checkpoint(assignment_id=world.assignment_id, kind="W4", **days, **closes)
        transitions.begin(question, Kind.CHECKPOINT, "schedule", SYSTEM, NOW)
        transitions.move(question, Kind.CHECKPOINT, "fall_due", SYSTEM, NOW)
        return question.id

    return world.do(ask)


@pytest.fixture
def token(world, asked):
    return world.link("checkpoint", asked)


def said(world):
    with world.app.app_context():
        return db.session.query(Outcome).order_by(Outcome.id.desc()).first()


def state(world, asked):
    return world.read(Checkpoint, asked, "state")


def test_question_link_read_by_scanners_still_takes_the_answer(world, visit, asked, token):
    scanner = visit()
    for url in (f"/l/{token}", f"/me/c/by/{token}", f"/me/c/by/{token}/job"):
        for _ in range(10):
            assert scanner.get(url).status == 200
            scanner.client.head(url)
    assert (state(world, asked), world.state_of_link(token)) == ("due", "open")
    person = visit().get(f"/l/{token}").send(SEND, now="job")
    person.send("Send", where="same", hours="30")
    assert (person.status, person.here) == (200, f"/me/c/{asked}/thanks")
    assert "We noted that you have a job" in person.text
    found = said(world)
    assert (found.kind, found.hours_per_week, found.hired, found.source) == (
        *("JOB", 30, True, "self"),
    )
    assert (state(world, asked), world.state_of_link(token)) == ("recorded", "used")


@pytest.mark.parametrize(
    ("now", "more", "kind"),
    [
        ("job", {"where": "self"}, "SELF"),
        ("job", {}, "JOB"),
        ("apprentice", {"where": "other"}, "APP"),
        ("study", {"time": "full", "with_whom": "Invented College"}, "EDU_FT"),
        ("study", {"time": "part"}, "EDU_PT"),
        ("training", {"with_whom": "Invented course"}, "TRAIN"),
        ("volunteer", {"hours": "6"}, "VOL"),
        ("soon", {"starts": ["1", "September", "2026"]}, "START_AGREED"),
        ("looking", {"ready": "yes"}, "NEET_SEEK"),
        ("looking", {"ready": "no"}, "NEET_NOTREADY"),
    ],
)
def test_each_answer_is_recorded_with_at_most_two_more_questions(
    world, jayden, asked, now, more, kind
):
    jayden.get(f"/me/c/{asked}").send(SEND, now=now)
    questions = [n for n in jayden.page.forms[-1].fields if n not in ("csrf_token", "form_key")]
    assert len(questions) <= 2 or now == "soon", questions
    jayden.send("Send", more)
    assert (jayden.here, said(world).kind) == (f"/me/c/{asked}/thanks", kind)


def test_rather_not_say_is_an_answer_in_one_step(world, visit, asked, token):
    person = visit().get(f"/me/c/by/{token}").send(SEND, now="not-say")
    assert person.here == f"/me/c/{asked}/thanks"
    assert (said(world).kind, state(world, asked)) == ("REFUSED", "refused")


def test_no_answer_chosen_says_what_to_do(world, jayden, asked):
    jayden.get(f"/me/c/{asked}").send(SEND)
    assert jayden.status == 422
    assert "Choose what you are doing now" in jayden.text


def test_hours_that_are_no_number_are_422_and_kept(world, jayden, asked):
    jayden.get(f"/me/c/{asked}/job").send("Send", where="other", hours="lots")
    assert jayden.status == 422
    assert 'value="lots"' in jayden.html
    jayden.send("Send", hours="900")
    assert (jayden.status, state(world, asked)) == (422, "due")
    assert "at most 100" in jayden.text


def test_used_link_says_that_it_is_answered(world, visit, asked, token):
    visit().get(f"/me/c/by/{token}").send(SEND, now="not-say")
    later = visit().get(f"/l/{token}")
    assert (later.status, "it is answered" in later.title) == (200, True)


def test_question_answered_by_somebody_else_meanwhile_is_not_asked_again(
    world, visit, asked, token
):
    person = visit().get(f"/me/c/by/{token}")
    with world.app.app_context():
        outcomes.record_outcome(world.provider, asked, Answer(outcomes.OutcomeKind.APP))
    person.send(SEND, now="not-say")
    assert "it is answered" in person.title
    assert (said(world).kind, world.state_of_link(token)) == ("APP", "open")


def test_old_link_is_renewed_by_the_way_it_came(world, visit, asked):
    token = world.link("checkpoint", asked, until=NOW + LATER)
    world.clock_at(DEADLINE)
    person = visit().get(f"/l/{token}")
    assert person.status == 410
    person.send("Send me a new link")
    assert "A new link is on its way" in person.title


def test_pressed_twice_records_once(world, jayden, asked):
    jayden.get(f"/me/c/{asked}")
    page = jayden.page
    jayden.send(SEND, now="not-say")
    jayden.page, jayden.here = page, f"/me/c/{asked}"
    jayden.send(SEND, now="not-say")
    assert (jayden.status, jayden.here) == (200, f"/me/c/{asked}/thanks")
    with world.app.app_context():
        assert db.session.query(Outcome).count() == 1


def test_I36_question_of_somebody_else_reads_like_an_unknown_one(world, sana, asked, visit):
    pages = []
    for url in (f"/me/c/{asked}", "/me/c/987654", f"/me/c/{asked}/job", f"/me/c/{asked}/thanks"):
        sana.get(url)
        pages.append((sana.status, sana.text.split("give this number")[0]))
    assert set(pages) == {pages[0]}
    assert pages[0][0] == 404
    foreign = world.link("checkpoint", asked, account_id=world.other_account_id)
    assert visit().get(f"/me/c/by/{foreign}").status == 404
    assert visit().get("/me/c/by/nothing").status == 404


def test_unknown_answer_has_no_page(world, jayden, asked):
    assert jayden.get(f"/me/c/{asked}/rich").status == 404


def test_next_step_asks_the_question_when_nothing_is_more_urgent(world, jayden, asked):
    jayden.get("/me/offer/no").send("Say no")
    jayden.get("/me")
    assert "One question for you" in jayden.text
    assert f"/me/c/{asked}" in jayden.page.links
