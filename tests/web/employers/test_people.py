"""E12, E13, E14, E16: who comes, what an employer may know of them, and their days."""

from datetime import UTC, date, datetime

import pytest
from factories.steps import SAID_YES
from sqlalchemy import select
from web.employers.conftest import join, sign_all

from placements.domain.permissions import Actor
from placements.domain.vocabulary import Role
from placements.extensions import db
from placements.models.assignments import Assignment, Signature
from placements.models.employers import Employer
from placements.models.placements import Placement
from placements.services import rounds, starts
from placements.services.transactions import act

ANSWERED = datetime(2026, 6, 12, 9, tzinfo=UTC)
FIRST_DAY, LAST_DAY = date(2026, 7, 13), date(2026, 8, 9)
DAY = {"start_on": ["13", "July", "2026"], "time": "9", "place": "Gate 2", "bring": "Lunch"}
CONTACT = ("07700 900123", "amara@mail.example", "Step-free way in")
AMARA = {"name": "Amara Example", "preferred_name": "Am", "email": "amara@mail.example"}


@pytest.fixture
def placement_id(add_placement):
    return add_placement(title="Workshop helper")


@pytest.fixture
def said_yes(placement_id, add_person):
    """Somebody who said yes, and waits for a first day."""
    return add_person(placement_id, SAID_YES, person=AMARA, answered_at=ANSWERED)


@pytest.fixture
def confirmed(said_yes, app, world):
    with app.app_context():
        first_day = {"time": "9am", "place": "Gate 2", "bring": "", "wear": ""}
        starts.confirm_assignment(world.actor, said_yes, "Ines Example", FIRST_DAY, first_day)
    return said_yes


@pytest.fixture
def started(confirmed, app, world, set_day):
    sign_all(app, world, confirmed)
    set_day(FIRST_DAY)
    with app.app_context():
        starts.start_assignment(world.actor, confirmed)
    return confirmed


def shown(visitor, assignment_id):
    return visitor.get(f"/employer/people/{assignment_id}")


@pytest.mark.parametrize(
    ("steps", "has_name", "has_contact"),
    [
        ((), True, False),
        ((SAID_YES,), True, True),
        ((SAID_YES, ("confirm", Role.EMPLOYER)), True, True),
        ((("decline", Role.YOUNG_PERSON),), False, False),
        ((("lapse", Role.SYSTEM),), False, False),
        ((("withdraw_offer", Role.OPERATOR),), False, False),
        ((SAID_YES, ("cancel_by_candidate", Role.YOUNG_PERSON)), True, False),
        ((SAID_YES, ("confirm", Role.EMPLOYER), ("no_show", Role.EMPLOYER)), True, False),
    ],
)
def test_I37_each_state_shows_what_the_employer_may_know_and_no_more(
    us, placement_id, add_person, steps, has_name, has_contact
):
    facts = {"answered_at": ANSWERED, "start_on": FIRST_DAY, "end_on": LAST_DAY}
    person_id = add_person(placement_id, *steps, person=AMARA, **facts)
    for page in (shown(us, person_id).html, us.get("/employer/people").html):
        assert ("Amara Example" in page) is has_name
    page = shown(us, person_id).html
    assert [words in page for words in CONTACT] == [has_contact] * 3
    for never in ("2006", "B1 1BA", "ehcp", "care_leaver", "A-0"):
        assert never not in page


def test_I36_another_employers_people_are_not_there(us, them, said_yes):
    assert shown(us, said_yes).status == 200
    for tail in ("", "/confirm", "/confirmed", "/agreement", "/end", "/cancel"):
        assert them.get(f"/employer/people/{said_yes}{tail}").status == 404
    assert "Amara" not in them.get("/employer/people").html
    token = them.get("/employer/sites/new").page.forms[-1].fields["csrf_token"]
    for tail in ("came", "did-not-come", "confirm", "agreement", "end", "cancel"):
        url, sent = f"/employer/people/{said_yes}/{tail}", {"csrf_token": token, "reason": "x"}
        assert them.client.post(url, data=sent).status_code == 404


@pytest.mark.parametrize("release_at", [datetime(2026, 6, 25, 9, tzinfo=UTC)])
def test_I22_before_release_nobody_is_seen_and_the_day_is_named(
    us, world, app, placement_id, add_person, release_at
):
    dates = datetime(2026, 6, 1, tzinfo=UTC), datetime(2026, 6, 22, 11, tzinfo=UTC), release_at
    operator = Actor(Role.OPERATOR, world.account_id, region_id=world.region_id)
    with app.app_context():
        round_id = rounds.create_round(operator, "Summer", dates, seed=1)
    person_id = add_person(placement_id, person=AMARA, round_id=round_id)
    us.get("/employer/people")
    assert "You will see people on Thursday 25 June 2026, 10am." in us.text
    assert "Amara" not in us.html
    assert shown(us, person_id).status == 404


def test_no_people_and_no_round_says_when_they_come(us):
    us.get("/employer/people")
    assert "You will see people here when the results of a round come out." in us.text


def test_confirm_fills_in_what_was_said_and_keeps_the_first_day(us, said_yes, read):
    us.get("/employer/people").get(f"/employer/people/{said_yes}/confirm")
    assert "Ines Example" in us.html
    assert "Canal Works, B1 1AY" in us.html
    us.send("Confirm", DAY)
    assert us.here == f"/employer/people/{said_yes}/confirmed"
    assert "Amara Example starts on Monday 13 July 2026" in us.text
    assert "We wait for the employer, the young person, the provider." in us.text
    assert read(Assignment, said_yes, "first_day") == {
        "time": "9am",
        "place": "Gate 2",
        "bring": "Lunch",
        "wear": "",
    }


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"start_on": ["21", "7", "2026"]}, "must be within 6 July to 20 July 2026"),
        ({"start_on": ["", "", ""]}, "Write their first day."),
        ({"supervisor": ""}, "Write the name of the person"),
        ({"time": "soon"}, "Write a time, like 9am or 16:30."),
        ({"place": ""}, "Write where they should come to."),
    ],
)
def test_a_first_day_that_cannot_be_is_said_at_its_field(us, said_yes, read, changed, words):
    us.get(f"/employer/people/{said_yes}/confirm").send("Confirm", {**DAY, **changed})
    assert us.status == 422
    assert us.text.count(words) >= 2
    assert 'value="Lunch"' in us.html
    assert read(Assignment, said_yes, "state") == "accepted"


def test_confirm_pressed_twice_confirms_once(us, said_yes, read):
    us.get(f"/employer/people/{said_yes}/confirm")
    form, url = us.page.forms[-1], us.here
    answers = [us.client.post(url, data={**form.fields, **DAY}) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]
    assert read(Assignment, said_yes, "version") == 3


def test_confirm_of_a_person_who_cancelled_meanwhile_is_stale(us, said_yes, app, read):
    us.get(f"/employer/people/{said_yes}/confirm").send("Confirm", DAY, version="1")
    assert (us.status, read(Assignment, said_yes, "state")) == (409, "accepted")


def test_late_to_confirm_says_who_calls(us, said_yes, set_day):
    us.get("/employer")
    assert "Confirm the first day of Amara Example" in us.text
    assert "By 19 June 2026" in us.text
    set_day(date(2026, 6, 22))
    us.sign_in(us_account(us))
    us.get(f"/employer/people/{said_yes}/confirm")
    assert "West Midlands Combined Authority will call you." in us.text


def us_account(visitor):
    """Return whose session it is: after days, people sign in anew."""
    from placements.models.accounts import Session

    with visitor.app.app_context():
        return db.session.query(Session.account_id).first()[0]


def test_the_agreement_says_who_is_waited_for_and_is_signed_once(us, confirmed, app, world):
    us.get(f"/employer/people/{confirmed}/agreement")
    assert "They must not start before all have signed." in us.text
    assert us.text.count("Not signed yet") == 3
    assert "The employer (you)" in us.text
    form, url = us.page.forms[-1], us.here
    us.send("Sign")
    assert "You have signed." in us.text
    assert us.client.post(url, data=form.fields).status_code == 303
    assert us.get(url).text.count("Not signed yet") == 2
    sign_all(app, world, confirmed)
    us.get(url)
    assert "All have signed." in us.text
    assert "must not start" not in us.text


def test_a_guardian_is_named_for_a_person_under_18(us, placement_id, add_person, app, world):
    child = {**AMARA, "date_of_birth": date(2009, 1, 1)}
    person_id = add_person(placement_id, SAID_YES, person=child, answered_at=ANSWERED)
    us.get(f"/employer/people/{person_id}/confirm").send("Confirm", DAY)
    us.get(f"/employer/people/{person_id}/agreement")
    assert "A parent or guardian Not signed yet" in us.text


def test_a_second_member_may_sign_beside_the_first_and_nobody_has_to(
    us, confirmed, app, world, visit
):
    us.get(f"/employer/people/{confirmed}/agreement").send("Sign")
    assert "Sign as the second person" not in us.html

    @act
    def add_colleague():
        return join(db.session.get_one(Employer, world.employer_id)).id

    with app.app_context():
        colleague = visit(add_colleague())
    colleague.get(f"/employer/people/{confirmed}/agreement")
    colleague.send("Sign as the second person")
    assert "A second person of the employer (you)" not in colleague.text
    assert "A second person of the employer" in colleague.text
    assert "Sign as the second person" not in colleague.html
    with app.app_context():
        parties = [s.party for s in db.session.scalars(select(Signature).order_by(Signature.id))]
    assert parties == ["employer", "second_signatory"]


def test_no_agreement_before_it_is_confirmed(us, said_yes):
    assert us.get(f"/employer/people/{said_yes}/agreement").status == 404


def test_they_came_is_refused_until_all_have_signed(us, confirmed, app, world, set_day, read):
    set_day(FIRST_DAY)
    us.sign_in(world.account_id)
    shown(us, confirmed).send("They came")
    assert us.status == 422
    assert "Still missing: the employer, the young person, the provider." in us.text
    assert read(Assignment, confirmed, "state") == "confirmed"
    sign_all(app, world, confirmed)
    shown(us, confirmed).send("They came")
    assert us.status == 200
    assert "Noted: they came." in us.text
    assert read(Assignment, confirmed, "state") == "started"


def test_before_the_first_day_nobody_is_asked_if_they_came(us, confirmed):
    assert "Did they come?" not in shown(us, confirmed).text


def test_they_did_not_come_opens_the_place_again(us, confirmed, world, set_day, read):
    set_day(FIRST_DAY)
    us.sign_in(world.account_id)
    shown(us, confirmed).send("They did not come")
    assert read(Assignment, confirmed, "state") == "did_not_start"
    assert "07700" not in us.html


@pytest.mark.parametrize(
    ("how", "reason", "day", "state"),
    [
        ("finished", "", date(2026, 8, 8), "completed"),
        ("left", "Found a job", date(2026, 7, 20), "left_early"),
        ("ended", "The line closed", date(2026, 7, 20), "ended_by_employer"),
    ],
)
def test_say_how_it_ended(us, started, world, set_day, read, how, reason, day, state):
    set_day(day)
    us.sign_in(world.account_id)
    us.get(f"/employer/people/{started}/end").send("Send", how=how, reason=reason)
    assert us.here == f"/employer/people/{started}"
    assert read(Assignment, started, "state") == state
    assert not reason or read(Assignment, started, "reason") == reason


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"how": "finished"}, "The last day is Sunday 9 August 2026."),
        ({"how": "left"}, "Write why it ended early."),
        ({}, "Choose how it ended."),
    ],
)
def test_an_end_that_cannot_be_says_why(us, started, world, read, sent, words):
    us.sign_in(world.account_id)
    us.get(f"/employer/people/{started}/end").send("Send", sent)
    assert us.status == 422
    assert words in us.text
    assert read(Assignment, started, "state") == "started"


@pytest.mark.parametrize("tail", ["confirm", "end", "cancel"])
def test_a_page_that_is_not_due_leads_to_the_person(us, placement_id, add_person, tail):
    person_id = add_person(placement_id, ("decline", Role.YOUNG_PERSON))
    us.get(f"/employer/people/{person_id}/{tail}")
    assert us.here == f"/employer/people/{person_id}"


def test_cancel_needs_a_reason_and_gives_the_place_back(us, said_yes, placement_id, read):
    us.get(f"/employer/people/{said_yes}/cancel").send("Cancel their place")
    assert (us.status, read(Placement, placement_id, "held")) == (422, 1)
    us.send("Cancel their place", reason="The workshop moved")
    assert us.here == "/employer/people"
    assert read(Assignment, said_yes, "state") == "cancelled_by_employer"
    assert read(Placement, placement_id, "held") == 0
