"""Nothing of a round's plan is on any page before its release; then the offer, or the reason."""

from datetime import timedelta

import pytest
from factories.records import make_account
from sqlalchemy import select, update
from web.young_people.conftest import NOW

from placements.domain.permissions import Actor
from placements.domain.vocabulary import Role
from placements.extensions import db
from placements.models.assignments import Assignment
from placements.models.candidates import Application
from placements.models.placements import Placement
from placements.models.rounds import PlanRow
from placements.services import publishing, rounds, solving

PAGES = ("/me", "/me/offer", "/me/offer/yes", "/me/offer/why", "/me/placement", "/me/timeline")
PAGES += ("/me/no-place", "/me/data/download")


@pytest.fixture
def planned(world):
    """A round approved and not out: one place only, wanted by Sana and by Jayden's sibling."""
    for number, placement_id in enumerate(world.placement_ids):
        facts = {"capacity": 1} if number == 1 else {"min_age": 25}
        world.change(Placement, placement_id, **facts)
    for application_id in (world.other_application_id, world.sibling_application_id):
        world.change(Application, application_id, choices=[world.references[1]])
    staff = [world.do(lambda: make_account().id) for _ in range(2)]
    operator = Actor(Role.OPERATOR, staff[0], region_id=world.region_id)
    approver = Actor(Role.APPROVER, staff[1], region_id=world.region_id)
    dates = (NOW - timedelta(hours=1), NOW + timedelta(hours=1), NOW + timedelta(hours=3))
    with world.app.app_context():
        round_id = rounds.create_round(operator, "Summer", dates, 7)
        rounds.open_round(operator, round_id)
        rounds.lock_round(operator, round_id)
        solving.solve_round(operator, round_id)
        found = rounds.get_round(operator, round_id)
        rounds.approve_round(approver, round_id, found.plan_hash, found.snapshot_hash)
    return operator, round_id


def test_I22_no_page_tells_anything_before_release_and_the_truth_after(world, visit, sana, planned):
    operator, round_id = planned
    sibling = visit(world.account_id, f"young_person:{world.sibling_id}")
    for person in (sana, sibling):
        for url in PAGES:
            person.get(url)
            assert person.status in (200, 404), url
            for word in ("offer: “", "You have an offer", "No place", "Yes, I want this"):
                assert word not in person.text, (url, word)
        assert "Choices are closed" in person.get("/me").text
    world.clock_at(NOW + timedelta(hours=3))
    with world.app.app_context():
        assert publishing.publish_round(operator, round_id)[0] == 1
    pages = [person.get("/me").text for person in (sana, sibling)]
    offered = sana if "You have an offer" in pages[0] else sibling
    missed = sibling if offered is sana else sana
    assert "Yes, I want this" in offered.get("/me/offer").html
    assert "Why this place" in offered.get("/me/offer/why").text
    missed.get("/me/no-place")
    assert "No place for you yet" in missed.text
    assert "You are still in line" in missed.text
    with world.app.app_context():
        row_id = db.session.scalar(select(PlanRow.id).where(PlanRow.placement_id.is_(None)))
    untold = {"because": ["It went so."], "changes": [], "untold": "Places hang together."}
    world.change(PlanRow, row_id, reasons=[untold])
    world.do(lambda: db.session.execute(update(Assignment).values(receipt=untold)))
    for person, url in ((missed, "/me/no-place"), (offered, "/me/offer/why")):
        person.get(url)
        assert "What would have changed it Places hang together." in person.text
    missed.send("Keep me in the next round")
    assert "You told us to keep you in on Monday 1 June 2026" in missed.text
    missed.send("Ask for a check")
    assert "You hear by Monday 8 June 2026" in missed.text


def test_no_place_page_without_a_round_leads_home(world, sana):
    assert sana.get("/me/no-place").here == "/me"
    sana.get("/me/places")
    token = {"csrf_token": sana.page.forms[0].fields["csrf_token"]}
    assert sana.client.post("/me/no-place/check", data=token).status_code == 404
