"""R3: one question a page, each page kept, a check page, and what stops a registration."""

import pytest
from sqlalchemy import func, select

from placements.extensions import db
from placements.models.audit import Event
from placements.models.candidates import Application, Candidate

NEW = "/provider/people/new"
WHO = {
    "name": "Amara Hillcott (invented)",
    "preferred_name": "Amara",
    "date_of_birth": ["14", "may", "2006"],
    "email": " Amara.Hillcott@young.example ",
    "mobile": "07700 900 123",
    "postcode": "b11ba",
}
TRAVEL = {"modes": ["walk", "bus"], "max_minutes": "45"}
HOURS = {
    "start_from": ["6", "7", "2026"],
    "from_0": "9",
    "to_0": "5",
    "same_1": "yes",
    "same_2": "yes",
}
FACTS = {"right_to_work_checked": "yes", "has_ehcp": "no", "priority": ["care_leaver"]}
AGREED = {"agreed": ["yes"]}


def count(app, table):
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(table))


def go_to_check(us, **who):
    us.get(NEW)
    us.send("Continue", WHO, **who)
    for answers in (TRAVEL, HOURS, FACTS, AGREED):
        assert us.status == 200, us.text
        us.send("Continue", answers)
    return us


def application_id(us):
    return int(us.here.split("/")[3])


def test_five_pages_and_a_check_make_a_ready_person(us, read):
    go_to_check(us)
    assert us.title.startswith("Check what you wrote")
    for words in ("Amara Hillcott", "14 May 2006", "45 minutes", "Care leaver", "9am to 5pm"):
        assert words in us.text
    one = application_id(us)
    us.send("Save")
    assert "Amara Hillcott (invented) is ready" in us.text
    assert read(Application, one, "state") == "ready"
    assert read(Application, one, "availability") == [[day, 540, 1020] for day in range(3)]
    candidate = read(Application, one, "candidate_id")
    assert read(Candidate, candidate, "email") == "amara.hillcott@young.example"
    assert read(Candidate, candidate, "mobile") == "+447700900123"
    assert read(Candidate, candidate, "postcode") == "B1 1BA"


def test_what_they_do_now_is_asked_once_and_read_as_before(us, app):
    us.get(NEW)
    us.send("Continue", WHO)
    for answers in (TRAVEL, HOURS, {**FACTS, "now": "NEET_SEEK"}, AGREED):
        us.send("Continue", answers)
    assert "Before Is looking" in us.text
    one = application_id(us)
    us.send("Save")
    us.get(f"/provider/people/{one}")
    assert "Before Is looking" in us.text and "Before: outcome recorded, by you" in us.text
    us.get(f"/provider/people/{one}/new/facts?to=person").send("Continue", {"now": "VOL"})
    assert "Before Volunteers" in us.text
    for page in ("/provider/outcomes", "/provider/outcomes/table"):
        us.get(page)
        assert us.status == 200 and "Amara" not in us.text


def test_what_they_do_now_may_be_left_out_and_said_on_the_persons_page(us, app):
    go_to_check(us).send("Save")
    one = int(us.here.split("/")[3])
    us.get(f"/provider/people/{one}")
    assert "Before Nothing said" in us.text
    us.get(f"/provider/people/{one}/new/facts?to=person").send("Continue", {"now": "EDU_PT"})
    assert "Before Is studying part time" in us.text


def test_save_and_add_another_opens_an_empty_first_page(us, app):
    go_to_check(us).send("Save and add another")
    assert us.here == NEW
    assert "is ready" in us.text
    assert "Amara" not in us.html
    assert count(app, Application) == 1


def test_each_page_is_kept_and_can_be_gone_back_to(us, read):
    us.get(NEW)
    us.send("Continue", WHO)
    us.send("Continue", TRAVEL)
    one = application_id(us)
    assert read(Application, one, "state") == "draft"
    assert read(Application, one, "consented_at") is None
    us.get(f"/provider/people/{one}/new/travel")
    assert 'value="45"' in us.html
    us.get("/provider/people?show=not_ready")
    assert "Amara Hillcott" in us.text


def test_nothing_is_ticked_for_what_was_never_asked(us):
    us.get(NEW)
    us.send("Continue", WHO)
    us.get(us.here.replace("travel", "facts"))
    assert not {"right_to_work_checked", "has_ehcp"} & set(us.page.forms[-1].fields)


@pytest.mark.parametrize(
    ("who", "words"),
    [
        ({"date_of_birth": ["1", "1", "1995"]}, "The ages here are 16 to 24"),
        ({"postcode": "SW1A 1AA"}, "they can join in the region where they live"),
        ({"postcode": "nowhere"}, "Write a full UK postcode"),
        ({"name": ""}, "Write their full name."),
        ({"email": "", "mobile": ""}, "Write an email address or a mobile number."),
        ({"email": "no address"}, "Write one email address"),
        ({"mobile": "12"}, "Write a mobile number, like 07700 900123."),
        ({"date_of_birth": ["31", "2", "2006"]}, "There is no such day."),
    ],
)
def test_a_rule_that_stops_is_named_and_what_was_typed_stays(us, app, who, words):
    us.get(NEW).send("Continue", WHO, **who)
    assert us.status == 422
    assert words in us.text
    assert us.title.startswith("Error:")
    assert 'value="Amara"' in us.html
    assert count(app, Application) == 0


def test_too_young_on_the_first_day_is_told_to_write_a_later_one(us):
    us.get(NEW)
    us.send("Continue", WHO, date_of_birth=["1", "5", "2010"])
    us.send("Continue", TRAVEL)
    us.send("Continue", HOURS, start_from=["17", "6", "2026"])
    assert us.status == 422
    assert "Of school age until" in us.text
    assert "Write a later first day" in us.text
    us.send("Continue", HOURS, start_from=["1", "9", "2026"])
    assert us.status == 200


def test_under_18_needs_a_guardian(us):
    us.get(NEW)
    us.send("Continue", WHO, date_of_birth=["14", "5", "2009"])
    for answers in (TRAVEL, HOURS, FACTS):
        us.send("Continue", answers)
    us.send("Continue", AGREED)
    assert us.status == 422
    assert "phone number of a parent or guardian" in us.text
    us.send("Continue", AGREED, guardian_contact="guardian@home.example", copies="yes")
    assert "A copy of offers for them Yes, while under 18" in us.text
    us.send("Save")
    assert "is ready" in us.text


def test_right_to_work_checked_and_not_there_stops(us):
    us.get(NEW)
    for answers in (WHO, TRAVEL, HOURS):
        us.send("Continue", answers)
    us.send("Continue", FACTS, right_to_work_checked="no")
    assert us.status == 422
    assert "Right to work was checked and is not there." in us.text


def test_right_to_work_not_checked_yet_is_sent_and_says_what_is_missing(us, read):
    us.get(NEW)
    for answers in (WHO, TRAVEL, HOURS):
        us.send("Continue", answers)
    us.send("Continue", FACTS, right_to_work_checked="unknown")
    us.send("Continue", AGREED)
    assert "Right to work is not checked yet." in us.text
    one = application_id(us)
    us.send("Save")
    assert "is not ready yet" in us.text
    assert read(Application, one, "state") == "submitted"
    us.get(f"/provider/people/{one}/new/facts?to=person").send("Continue", FACTS)
    us.get(f"/provider/people/{one}/eligibility").send("Ready")
    assert read(Application, one, "state") == "ready"


def test_without_agreement_nothing_goes_on(us):
    us.get(NEW)
    for answers in (WHO, TRAVEL, HOURS, FACTS):
        us.send("Continue", answers)
    us.send("Continue", {"agreed": []})
    assert us.status == 422
    assert "Tick this when they agree." in us.text


def test_a_check_page_sent_without_hours_says_so(us, read):
    us.get(NEW).send("Continue", WHO)
    one = application_id(us)
    us.get(f"/provider/people/{one}/check").send("Save")
    assert us.status == 422
    assert "Say first when they can start" in us.text
    assert read(Application, one, "state") == "draft"


def test_the_same_person_again_leads_to_the_one_there_is(us, app):
    go_to_check(us).send("Save")
    us.get(NEW).send("Continue", WHO)
    assert us.status == 422
    assert "You have this person already, as A-" in us.text
    assert "Open the person you have" in us.text
    assert count(app, Application) == 1


def test_I36_a_person_of_another_provider_is_not_told_whose(us, them, app):
    go_to_check(us).send("Save")
    them.get(NEW).send("Continue", WHO)
    assert them.status == 422
    assert "registered already. Ask them who supports them" in them.text
    assert "Ours of Tipton" not in them.html
    assert count(app, Application) == 1


def test_somebody_alike_is_compared_and_kept_apart_or_dropped(us, read):
    go_to_check(us).send("Save")
    first = application_id(us)
    us.get(NEW).send("Continue", WHO, name="Amara Hilcott (invented)")
    assert us.title.startswith("Is this the same person?")
    second = application_id(us)
    us.send("Yes, the same: drop the new entry")
    assert us.here == f"/provider/people/{first}"
    assert read(Application, second, "state") == "withdrawn"
    us.get(NEW).send("Continue", WHO, name="Bena Hillcott (invented)", email="bena@young.example")
    assert "No, two people: continue" in us.text


def test_pressed_twice_one_person(us, app):
    us.get(NEW)
    first = us.page
    us.send("Continue", WHO)
    there = us.here
    us.page, us.here = first, NEW
    us.send("Continue", WHO)
    assert us.here == there
    assert count(app, Application) == 1


def test_I17_a_page_from_before_the_send_changes_nothing(us, read):
    us = go_to_check(us)
    one = application_id(us)
    us.get(f"/provider/people/{one}/new/travel")
    old = us.page
    us.get(f"/provider/people/{one}/check").send("Save")
    us.page, us.here = old, f"/provider/people/{one}/new/travel"
    us.send("Continue", TRAVEL, max_minutes="20")
    assert us.status == 409
    assert read(Application, one, "max_minutes") == 45


def test_a_ready_person_stays_ready_only_while_every_rule_is_met(us):
    one = application_id(go_to_check(us))
    us.send("Save")
    us.get(f"/provider/people/{one}/new/facts").send("Continue", right_to_work_checked="unknown")
    assert us.status == 422
    us.get(f"/provider/people/{one}/new/travel").send("Continue", max_minutes="30")
    assert us.status == 200


@pytest.mark.parametrize("page", ["new/travel", "check", "compare", "sent", "", "eligibility"])
def test_I36_a_page_of_somebody_elses_person_is_not_there(us, them, page):
    one = application_id(go_to_check(us))
    them.get(f"/provider/people/{one}/{page}".rstrip("/"))
    assert them.status == 404
    them.get(f"/provider/people/987654/{page}".rstrip("/"))
    assert them.status == 404


def test_an_unknown_step_is_not_there(us):
    one = application_id(go_to_check(us))
    assert us.get(f"/provider/people/{one}/new/secrets").status == 404


def test_I29_no_address_and_no_event_holds_a_name(us, app):
    go_to_check(us)
    assert "Amara" not in us.here
    with app.app_context():
        actions = set(db.session.scalars(select(Event.action)))
    assert {"begin", "change", "consent"} <= actions
