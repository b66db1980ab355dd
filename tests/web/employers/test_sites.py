"""E4: sites, added and changed."""

import pytest

from placements.models.employers import Site

SITE = {
    "name": "Yard",
    "postcode": "ws1 1tp",
    "step_free": "no",
    "insurance_expires_on": ["30", "September", "2027"],
    "risk_assessed_on": ["1", "3", "2026"],
}


def test_add_a_site_shows_its_district(us):
    us.get("/employer/sites/new").send("Save site", SITE)
    assert us.here == "/employer/sites"
    assert "Yard is saved. It is in Walsall." in us.text
    assert "Thursday 30 September 2027" in us.text


@pytest.mark.parametrize(
    ("field", "typed", "words"),
    [
        ("postcode", "nowhere", "Write a full UK postcode"),
        ("postcode", "SW1A 1AA", "not in West Midlands"),
        ("insurance_expires_on", ["1", "6", "2026"], "This day has passed."),
        ("insurance_expires_on", ["", "", ""], "Write the day on the certificate."),
        ("risk_assessed_on", ["1", "1", "2027"], "still to come"),
        ("name", "Canal Works", "You have a site of this name."),
        ("name", "", "Write what you call this site."),
    ],
)
def test_a_site_that_cannot_be_says_why_and_keeps_what_was_typed(us, field, typed, words):
    us.get("/employer/sites/new").send("Save site", {**SITE, field: typed})
    assert us.status == 422
    assert us.text.count(words) >= 2
    assert 'value="September"' in us.html or field == "insurance_expires_on"


def test_change_a_site_shows_what_was_said_and_keeps_the_change(us, world, read):
    us.get(f"/employer/sites/{world.site_id}")
    us.send("Save site", arrival_notes="Ring the bell", step_free="yes")
    assert us.status == 200
    assert read(Site, world.site_id, "arrival_notes") == "Ring the bell"
    assert read(Site, world.site_id, "step_free") is True


def test_a_site_with_a_checked_placement_stays_where_it_is(us, world, add_placement, read):
    add_placement()
    us.get(f"/employer/sites/{world.site_id}").send("Save site", postcode="WS1 1TP")
    assert us.status == 422
    assert "Add the new address as a new site." in us.text
    assert read(Site, world.site_id, "postcode") == "B1 1AY"


def test_I36_another_employers_site_is_not_there(them, world, read):
    assert them.get(f"/employer/sites/{world.site_id}").status == 404
    foreign = them.client.post(f"/employer/sites/{world.site_id}", data=SITE)
    assert foreign.status_code in (400, 404)
    assert read(Site, world.site_id, "name") == "Canal Works"
