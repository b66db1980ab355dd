"""The link of an offer: reading changes nothing, the answer uses it up, each end has its page."""

import pytest
from sqlalchemy import func, select
from web.young_people.conftest import DEADLINE, LATER, NOW

from placements.domain.permissions import Actor
from placements.domain.vocabulary import Kind, Role
from placements.extensions import db
from placements.models.assignments import Assignment, Extension
from placements.models.audit import Event
from placements.services import transitions

YES, NO = "Yes, I want this", "No, not this one"


@pytest.fixture
def token(world):
    return world.link("offer", world.assignment_id)


def withdraw(world):
    def withdraw():
        assignment = db.session.get_one(Assignment, world.assignment_id)
        operator = Actor(Role.OPERATOR, region_id=world.region_id)
        transitions.move(assignment, Kind.ASSIGNMENT, "withdraw_offer", operator, NOW, reason="x")

    world.do(withdraw)


def count(world, action):
    with world.app.app_context():
        same = (Event.kind == "assignment", Event.action == action)
        return db.session.scalar(select(func.count()).select_from(Event).where(*same))


def test_offer_link_read_ten_times_by_scanners_still_says_yes_with_one_press(world, visit, token):
    scanner, person = visit(), visit()
    for url in (f"/l/{token}", f"/me/offer/{token}", f"/me/offer/{token}/no"):
        for _ in range(10):
            assert scanner.get(url).status == 200
            assert scanner.client.head(url).status_code in (200, 302)
    assert (world.state, world.state_of_link(token)) == ("offered", "open")
    person.get(f"/l/{token}")
    assert "Answer by Monday 8 June 2026, 11:59pm" in person.text
    person.send(YES)
    assert (person.status, person.here) == (200, "/me/offer/yes")
    assert "Monday 8 June 2026" in person.text, "five working days, as a date"
    assert (world.state, world.state_of_link(token)) == ("accepted", "used")
    assert "Jayden" in person.get("/me").text


def test_offer_link_shows_everything_needed_to_decide(world, visit, token):
    text = visit().get(f"/me/offer/{token}").text
    for words in (
        *("Workshop 0 (invented)", "Invented Lockside", "Lockside Works", "B1 1AY"),
        *("about 20 minutes each way", "Monday to Friday, 9am to 4pm", "4 weeks"),
        *("Monday 6 July 2026", "None is promised", YES, NO, "Why this place?"),
    ):
        assert words in text, words


def test_offer_link_pressed_twice_says_yes_once(world, visit, token):
    person, again = visit(), visit()
    person.get(f"/me/offer/{token}")
    with person.client.session_transaction() as held, again.client.session_transaction() as copy:
        copy.update(held)
    again.page, again.here = person.page, person.here
    person.send(YES)
    again.send(YES)
    assert (person.here, world.state) == ("/me/offer/yes", "accepted")
    assert (again.status, count(world, "accept")) == (200, 1)


def test_offer_link_that_was_used_shows_the_answer_and_no_button(world, visit, token):
    visit().get(f"/me/offer/{token}").send(YES)
    later = visit().get(f"/l/{token}")
    assert later.status == 200
    assert "You said yes" in later.text
    assert YES not in later.text
    assert "B1 1AY" not in later.text, "a used link tells nothing new"


def test_offer_link_says_no_with_two_presses_and_a_reason_if_they_like(world, visit, token):
    person = visit().get(f"/me/offer/{token}")
    person.get(f"/me/offer/{token}/no")
    assert "This cannot be undone" in person.text
    assert world.state == "offered"
    person.send("Say no", reason="Too far for me")
    assert (person.status, person.here) == (200, "/me/offer/no")
    assert "You said no" in person.text
    assert world.read(Assignment, world.assignment_id, "state", "reason") == (
        "declined",
        "Too far for me",
    )
    assert world.state_of_link(token) == "used"


def test_offer_link_no_without_a_reason_is_fine(world, visit, token):
    visit().get(f"/me/offer/{token}/no").send("Say no")
    assert world.state == "declined"


@pytest.mark.parametrize("answer", ["yes", "no"])
def test_offer_link_after_the_deadline_says_what_now_and_changes_nothing(
    world, visit, token, answer
):
    person = visit().get(f"/me/offer/{token}" + ("/no" if answer == "no" else ""))
    world.clock_at(DEADLINE)
    person.send(YES if answer == "yes" else "Say no")
    assert "The time to answer ended" in person.text
    assert "What you can do now" in person.text
    assert (world.state, YES in person.text) == ("offered", False)


def test_old_link_of_an_offer_that_is_still_open_is_renewed(world, visit):
    token = world.link("offer", world.assignment_id, until=DEADLINE - LATER)
    world.clock_at(DEADLINE - LATER / 2)
    person = visit().get(f"/l/{token}")
    assert person.status == 410
    person.send("Send me a new link")
    assert (person.status, person.title.split(" - ")[0]) == (200, "A new link is on its way")
    assert world.state == "offered"


def test_offer_link_of_an_offer_taken_back_meanwhile_is_409_with_what_is_there_now(
    world, visit, token
):
    person = visit().get(f"/me/offer/{token}")
    withdraw(world)
    person.send(YES)
    assert person.status == 409
    assert "This changed while you were reading" in person.text
    assert "This place is no longer there. It is not because of you" in person.text
    assert (world.state, world.state_of_link(token)) == ("offer_withdrawn", "open")


def test_offer_link_leads_to_the_person_it_is_about_not_to_their_sibling(world, visit):
    offer_id = world.offer(world.sibling_application_id, world.placement_ids[1])
    token = world.link("offer", offer_id)
    person = visit().get(f"/me/offer/{token}")
    assert "Workshop 1 (invented)" in person.text
    person.send(YES)
    assert "Workshop 1 (invented)" in person.text
    assert (world.state, world.read(Assignment, offer_id, "state")) == ("offered", "accepted")
    assert "Skye" in person.get("/me").text
    assert "Workshop 0" not in person.get("/me/timeline").text


def test_I36_link_of_an_account_that_is_not_theirs_reads_like_an_unknown_one(world, visit):
    foreign = world.link("offer", world.assignment_id, account_id=world.other_account_id)
    wrong_purpose = world.link("sign_in", world.assignment_id)
    visitor = visit()
    pages = []
    for token in (foreign, "nothing-of-the-kind"):
        for tail in ("", "/no", "/why"):
            visitor.get(f"/me/offer/{token}{tail}")
            pages.append((visitor.status, visitor.text.split("give this number")[0]))
    assert visitor.client.get(f"/me/offer/{wrong_purpose}").status_code == 404
    assert set(pages) == {pages[0]}
    assert pages[0][0] == 404


def test_offer_link_moved_by_an_extension_is_not_over(world, visit):
    token = world.link("offer", world.assignment_id, until=DEADLINE + LATER)

    def extend():
        assignment = db.session.get_one(Assignment, world.assignment_id)
        moved = {"from_at": DEADLINE, "to_at": DEADLINE + LATER, "reason": "Storm (invented)"}
        by = {"extended_by": world.adviser_id, "assignment_id": assignment.id}
        db.session.add(Extension(**moved, **by))
        db.session.flush()
        assignment.deadline_at = DEADLINE + LATER

    world.do(extend)
    world.clock_at(DEADLINE + LATER / 2)
    person = visit().get(f"/me/offer/{token}")
    assert "Answer by Tuesday 9 June 2026, 11:59pm" in person.text
    assert person.send(YES).here == "/me/offer/yes"


def test_offer_link_shows_why_without_signing_in(world, visit, token):
    person = visit().get(f"/me/offer/{token}/why")
    assert person.status == 200
    assert "Staff chose this place for you" in person.text
    assert "Sign in" in person.text
    assert world.state_of_link(token) == "open"
