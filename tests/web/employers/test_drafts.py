"""E6 and E7: a placement described page by page, checked, sent."""

import re
from datetime import date

import pytest
from sqlalchemy import func, select

from placements.extensions import db
from placements.models.audit import History
from placements.models.employers import Site
from placements.models.placements import Placement
from placements.services.transactions import act

WHAT = {"title": "Workshop helper", "sector": "engineering", "summary": "Set up a lathe."}
WHEN = {
    "start_from": ["6", "July", "2026"],
    "start_to": ["20", "7", "2026"],
    "duration_weeks": "4",
}
WEEK = {"from_0": "9", "to_0": "5", **{f"same_{n}": "yes" for n in range(1, 5)}}
PLACES = {"capacity_min": "1", "capacity_likely": "2", "capacity_max": "3"}
SUPERVISOR = {"supervisor_name": "Ines Example", "supervisor_role": "Team leader"}


def begin(visitor):
    visitor.get("/employer/placements/new").send("Continue", WHAT)
    return int(re.search(r"(?:placements/|placement=)(\d+)", visitor.here)[1])


def describe(visitor, **changes):
    """Answer all seven questions; return the placement's id."""
    draft_id = begin(visitor)
    visitor.send("Continue", site_id=changes["site_id"])
    visitor.send("Continue", WHEN)
    visitor.send("Continue", changes.get("week", WEEK))
    visitor.send("Continue", PLACES)
    visitor.send("Continue", min_age=changes.get("min_age", "16"))
    visitor.send("Continue", SUPERVISOR)
    assert visitor.here == f"/employer/placements/{draft_id}/new/check"
    return draft_id


def step(visitor, draft_id, name):
    return visitor.get(f"/employer/placements/{draft_id}/new/{name}")


def test_describe_and_send_in_nine_presses(us, world, read):
    draft_id = describe(us, site_id=str(world.site_id))
    assert "Monday to Friday, 9am to 5pm" in us.text
    assert "How a young person sees it" in us.text
    us.send("Send to be checked")
    assert us.here == f"/employer/placements/{draft_id}/new/sent"
    assert read(Placement, draft_id, "reference") in us.text
    assert "West Midlands Combined Authority checks" in us.text
    assert "by Thursday 18 June 2026" in us.text
    assert read(Placement, draft_id, "state") == "submitted"
    assert read(Placement, draft_id, "shifts") == [[day, 540, 1020] for day in range(5)]


def test_each_page_is_kept_at_once_and_back_shows_it(us, world, read):
    draft_id = begin(us)
    assert read(Placement, draft_id, "site_id") is None
    us.send("Continue", site_id=str(world.site_id))
    step(us, draft_id, "what")
    assert "Workshop helper" in us.html
    assert "Set up a lathe." in us.html
    us.get("/employer/placements")
    assert "Not finished" in us.text


def test_hours_not_legal_at_16_name_the_day_and_the_rule_and_offer_adults_only(us, world, read):
    draft_id = begin(us)
    late = {"from_0": "9am", "to_0": "5pm", "from_4": "2pm", "to_4": "11pm"}
    step(us, draft_id, "hours").send("Continue", late)
    assert us.status == 422
    assert us.title.startswith("Error:")
    assert "Friday, 2pm to 11pm: people of 16 and 17 may not work from 10pm to 7am." in us.text
    assert 'href="#from_4"' in us.html
    assert 'value="11pm"' in us.html
    assert "Take people of 18 and over only" in us.text
    us.send("Continue", adults="yes")
    assert us.status == 200
    assert read(Placement, draft_id, "min_age") == 18
    step(us, draft_id, "needs").send("Continue", min_age="16")
    assert us.status == 422
    assert "Choose 18 and over, or change the hours." in us.text


@pytest.mark.parametrize(
    ("name", "sent", "words"),
    [
        ("what", {"title": " "}, "Write what it is called."),
        ("what", {"sector": "alchemy"}, "Not a valid choice"),
        ("when", {**WHEN, "start_to": ["1", "7", "2026"]}, "on or after the first one"),
        ("when", {**WHEN, "start_from": ["31", "6", "2026"]}, "There is no such day"),
        (
            "when",
            {**WHEN, "start_from": ["1", "1", "2026"], "start_to": ["2", "1", "2026"]},
            "pass",
        ),
        ("when", {**WHEN, "duration_weeks": "four"}, "Write a whole number, like 3."),
        ("hours", {}, "Write the hours of at least one day."),
        ("hours", {"from_2": "9"}, "Write when Wednesday ends, like 4:30pm."),
        ("hours", {"same_1": "yes"}, "There is no day with hours above this one."),
        ("hours", {"from_0": "9am", "to_0": "5am"}, "Monday would be 20 hours."),
        ("places", {**PLACES, "capacity_min": "4"}, "You are sure of 4, so likely is 4 or more."),
        ("places", {**PLACES, "capacity_max": "1"}, "The most is at least the likely number, 2."),
        ("places", {**PLACES, "group_min": "9"}, "not more than the most"),
        ("needs", {"needs": "enhanced_dbs"}, "Say why this role allows a DBS check."),
        ("supervisor", {"supervisor_name": ""}, "Write the name of the supervisor."),
    ],
)
def test_what_cannot_be_is_said_at_its_field_and_nothing_is_kept(us, read, name, sent, words):
    draft_id = begin(us)
    before = read(Placement, draft_id, "shifts"), read(Placement, draft_id, "capacity_max")
    step(us, draft_id, name).send("Continue", sent)
    assert us.status == 422
    assert us.text.count(words) >= 2
    assert (
        read(Placement, draft_id, "shifts"),
        read(Placement, draft_id, "capacity_max"),
    ) == before


def test_what_was_typed_is_kept_beside_the_error(us):
    draft_id = begin(us)
    step(us, draft_id, "places").send("Continue", {**PLACES, "capacity_min": "44"})
    assert 'value="44"' in us.html
    step(us, draft_id, "when").send("Continue", {**WHEN, "start_to": ["40", "Juli", "2026"]})
    assert 'value="Juli"' in us.html


@act
def forget_site(site_id):
    db.session.delete(db.session.get_one(Site, site_id))


def test_without_a_site_the_site_is_asked_for_first_and_goes_on(them, world, app, read):
    with app.app_context():
        forget_site(world.other_site_id)
    draft_id = begin(them)
    assert them.here == f"/employer/sites/new?placement={draft_id}"
    site = {
        "name": "Yard",
        "postcode": "ws1 1tp",
        "insurance_expires_on": ["30", "9", "2027"],
        "risk_assessed_on": ["1", "3", "2026"],
    }
    them.send("Save site", site)
    assert them.here == f"/employer/placements/{draft_id}/new/when"
    assert read(Placement, draft_id, "site_id") is not None


def test_change_from_the_check_page_comes_back_to_it(us, world, read):
    draft_id = describe(us, site_id=str(world.site_id))
    url = f"/employer/placements/{draft_id}/new/places?back=check"
    assert url in us.page.links
    us.get(url).send("Continue", capacity_max="5")
    assert us.here == f"/employer/placements/{draft_id}/new/check"
    assert read(Placement, draft_id, "capacity_max") == 5


@act
def expire_insurance(site_id):
    db.session.get_one(Site, site_id).insurance_expires_on = date(2026, 6, 15)


def test_insurance_out_of_date_leads_to_the_site_and_back(us, world, app, read):
    draft_id = describe(us, site_id=str(world.site_id))
    with app.app_context():
        expire_insurance(world.site_id)
    us.send("Send to be checked")
    assert us.status == 422
    assert "Employers' liability insurance of Canal Works is not in date." in us.text
    fix = f"/employer/sites/{world.site_id}?placement={draft_id}"
    assert fix in us.page.links
    us.get(fix).send("Save site", insurance_expires_on=["30", "9", "2027"])
    us.send("Send to be checked")
    assert read(Placement, draft_id, "state") == "submitted"


def test_send_of_an_unfinished_draft_lists_what_is_missing_with_links(us):
    draft_id = begin(us)
    step(us, draft_id, "check").send("Send to be checked")
    assert us.status == 422
    assert "Tell us the working hours." in us.text
    assert f"/employer/placements/{draft_id}/new/hours?back=check" in us.page.links


def test_send_pressed_twice_sends_once(us, world, app, read):
    draft_id = describe(us, site_id=str(world.site_id))
    form, url = us.page.forms[-1], us.here
    for _ in range(2):
        us.client.post(url, data=form.fields)
    with app.app_context():
        n = db.session.scalar(select(func.count(History.id)).where(History.action == "submit"))
    assert (n, read(Placement, draft_id, "state")) == (1, "submitted")


def test_send_of_an_older_version_is_refused_as_stale(us, world, read):
    draft_id = describe(us, site_id=str(world.site_id))
    us.send("Send to be checked", version="7")
    assert (us.status, read(Placement, draft_id, "state")) == (409, "draft")


def test_after_sending_the_questions_lead_to_the_placement_and_keep_nothing(us, world, read):
    draft_id = describe(us, site_id=str(world.site_id))
    step(us, draft_id, "what")
    form, url = us.page.forms[-1], us.here
    step(us, draft_id, "check").send("Send to be checked")
    step(us, draft_id, "what")
    assert us.here == f"/employer/placements/{draft_id}"
    late = us.client.post(url, data={**form.fields, "title": "Another"})
    assert (late.status_code, read(Placement, draft_id, "title")) == (409, "Workshop helper")


def test_I36_another_employers_draft_and_site_are_not_there(us, them, world, read):
    draft_id = begin(us)
    for name in ("what", "where", "hours", "check", "sent"):
        assert step(them, draft_id, name).status == 404
    assert them.get(f"/employer/sites/new?placement={draft_id}").status == 404
    step(us, draft_id, "where").send("Continue", site_id=str(world.other_site_id))
    assert (us.status, read(Placement, draft_id, "site_id")) == (422, None)
    assert step(us, draft_id, "nothing").status == 404


def test_a_description_with_markup_is_shown_as_text(us):
    draft_id = begin(us)
    nasty = "<script>alert(1)</script>"
    step(us, draft_id, "what").send("Continue", title=nasty)
    step(us, draft_id, "check")
    assert nasty not in us.html
    assert "&lt;script&gt;" in us.html


def test_a_form_without_its_days_is_refused_and_not_a_fault(us):
    draft_id = begin(us)
    step(us, draft_id, "when")
    token = us.page.forms[-1].fields["csrf_token"]
    bare = us.client.post(us.here, data={"csrf_token": token, "start_from": "6"})
    assert bare.status_code == 422
