"""Answering signed in: yes, no, why, the first day as a calendar file."""

import pytest
from icalendar import Calendar
from sqlalchemy import func, select
from web.young_people.conftest import DEADLINE, LATER

from placements.extensions import db
from placements.models.audit import Event
from placements.services import asks

YES = "Yes, I want this"


def count(world, action):
    with world.app.app_context():
        rows = select(func.count()).select_from(Event)
        rows = rows.where(Event.action == action, Event.kind == "assignment")
        return db.session.scalar(rows)


def test_next_step_leads_to_the_offer_and_one_press_says_yes(world, jayden):
    jayden.get("/me")
    assert "Answer by Monday 8 June 2026, 11:59pm" in jayden.text
    assert "/me/offer" in jayden.page.links
    jayden.get("/me/offer").send(YES)
    assert (jayden.here, world.state) == ("/me/offer/yes", "accepted")
    assert "Invented Lockside tells us your first day by" in jayden.text
    assert "You said yes" in jayden.get("/me").text


def test_yes_pressed_twice_has_one_effect(world, jayden):
    jayden.get("/me/offer")
    offer = jayden.page
    jayden.send(YES)
    jayden.page, jayden.here = offer, "/me/offer"
    jayden.send(YES)
    assert (jayden.status, jayden.here, count(world, "accept")) == (200, "/me/offer/yes", 1)


def test_yes_to_somebody_elses_offer_is_404_and_changes_nothing(world, jayden, sana):
    other = world.offer(world.other_application_id, world.placement_ids[2])
    sana.get("/me/offer").send(YES, assignment_id=world.assignment_id)
    assert (sana.status, world.state) == (404, "offered")
    jayden.get("/me/offer").send(YES, assignment_id=other)
    assert (jayden.status, world.state) == (404, "offered")


def test_yes_after_the_deadline_is_refused_in_words(world, visit):
    world.clock_at(DEADLINE - LATER / 4)
    jayden = visit(world.account_id, world.hat_key).get("/me/offer")
    world.clock_at(DEADLINE)
    jayden.send(YES)
    assert (jayden.status, world.state) == (409, "offered")
    assert "The time to answer has ended" in jayden.text


def test_no_goes_by_one_page_that_says_it_cannot_be_undone(world, jayden):
    jayden.get("/me/offer/no")
    assert "This cannot be undone" in jayden.text
    jayden.send("Say no")
    assert (jayden.here, world.state) == ("/me/offer/no", "declined")
    assert "Marcus Invented" in jayden.text
    jayden.get("/me/offer")
    assert "You said no" in jayden.text


def test_without_an_offer_each_page_says_so(world, sana):
    assert "You have no offer now" in sana.get("/me/offer").text
    for url in ("/me/offer/yes", "/me/offer/no", "/me/offer/why"):
        assert sana.get(url).here == "/me/offer"
    assert sana.get("/me/offer/first-day.ics").here == "/me/offer"


def test_asking_for_a_check_twice_asks_once_and_staff_see_it(world, jayden):
    jayden.get("/me/offer/why")
    assert "You hear within 5 working days" in jayden.text
    form = jayden.page
    jayden.send("Ask for a check")
    assert "You hear by Monday 8 June 2026" in jayden.text
    jayden.page, jayden.here = form, "/me/offer/why"
    jayden.send("Ask for a check", form_key="another")
    assert count(world, asks.CHECK) == 1
    with world.app.app_context():
        from placements.domain.permissions import Actor
        from placements.domain.vocabulary import Role

        staff = Actor(Role.OPERATOR, 99, region_id=world.region_id)
        stranger = Actor(Role.OPERATOR, 99, region_id=world.region_id + 1)
        seen = [(one.action, one.record_id) for one in asks.list_asked(staff)]
        assert seen == [(asks.CHECK, world.assignment_id)]
        assert asks.list_asked(stranger) == []


def test_first_day_file_keeps_its_uid_and_counts_up(world, jayden):
    assert jayden.get("/me/offer/first-day.ics").here == "/me/offer"
    world.confirm()
    first = read_event(jayden)
    assert first["SUMMARY"] == "First day: Workshop 0 (invented), Invented Lockside"
    assert first["LOCATION"] == "Main door, Lockside Works, B1 1AY"
    assert f"{first.start:%Y-%m-%d %H:%M %Z}" == "2026-07-06 09:00 BST"
    assert f"{first.end:%H:%M}" == "16:00"
    assert "Ask for Ines Example" in first["DESCRIPTION"]
    world.change(_assignment(), world.assignment_id, version=9)
    second = read_event(jayden)
    assert second["UID"] == first["UID"] == f"first-day-{world.assignment_id}@127.0.0.1"
    assert second["SEQUENCE"] > first["SEQUENCE"]


def _assignment():
    from placements.models.assignments import Assignment

    return Assignment


def read_event(visitor):
    reply = visitor.client.get("/me/offer/first-day.ics")
    assert reply.mimetype == "text/calendar"
    return Calendar.from_ical(reply.data).walk("VEVENT")[0]


def test_first_day_card_replaces_what_happens_next_once_it_is_set(world, jayden):
    world.confirm()
    jayden.get("/me/offer/yes")
    for words in ("You start on Monday 6 July 2026", "Main door", "Ines Example", "A pen"):
        assert words in jayden.text
    assert "/me/offer/first-day.ics" in jayden.page.links


@pytest.mark.parametrize("url", ["/me/offer", "/me/offer/yes", "/me/offer/no", "/me/offer/why"])
def test_offer_pages_of_another_role_are_404(world, visit, url):
    assert visit(world.adviser_id).get(url).status == 404
