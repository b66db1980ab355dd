"""Placements being described: begun, kept page by page, and what is pledged beside them."""

from datetime import date

import pytest
from factories.records import make_account, make_employer, make_region, make_site
from sqlalchemy import select

from placements.domain.errors import GuardRefused, Invalid, NotFound
from placements.domain.permissions import SYSTEM, Actor
from placements.domain.vocabulary import Kind, Role
from placements.extensions import db
from placements.models.placements import Placement
from placements.services import drafts, placements, transitions
from placements.services.transactions import act

WHOLE = {
    "title": "Workshop helper",
    "sector": "engineering",
    "summary": "Set up a lathe.",
    "start_from": date(2030, 7, 1),
    "start_to": date(2030, 7, 29),
    "duration_weeks": 4,
    "shifts": [[0, 540, 1020]],
    "capacity_min": 1,
    "capacity_likely": 2,
    "capacity_max": 3,
    "supervisor_name": "Ines Example",
}


@act
def make_world(n_pledged=None):
    employer = make_employer(make_region())
    site = make_site(employer, insurance_expires_on=date(2031, 1, 1))
    if n_pledged:
        row = Placement(reference="P-PLEDGE", employer_id=employer.id, n_pledged=n_pledged)
        transitions.begin(row, Kind.PLACEMENT, "pledge", SYSTEM, placements.clock.now())
    return Actor(
        Role.EMPLOYER, make_account().id, employer.id, region_id=employer.region_id
    ), site.id


def pledged():
    rows = select(Placement.state, Placement.n_pledged).order_by(Placement.id)
    return [tuple(row) for row in db.session.execute(rows)]


@pytest.fixture(autouse=True)
def inside(app):
    with app.app_context():
        yield


def test_begin_draft_needs_no_site_and_save_draft_keeps_a_page_at_a_time():
    actor, site_id = make_world()
    draft_id = drafts.begin_draft(actor, {"title": "Helper"})
    drafts.save_draft(actor, draft_id, {"site_id": site_id})
    draft = drafts.get_draft(actor, draft_id)
    assert (draft.state, draft.title, draft.site_id) == ("draft", "Helper", site_id)


def test_describing_fewer_places_than_pledged_leaves_the_rest_pledged():
    actor, site_id = make_world(n_pledged=5)
    draft_id = drafts.begin_draft(actor, {**WHOLE, "site_id": site_id})
    assert pledged() == [("draft", 5)]
    placements.submit_placement(actor, draft_id)
    assert pledged() == [("submitted", 2), ("pledged", 3)]


def test_describing_all_places_pledged_leaves_none_pledged():
    actor, site_id = make_world(n_pledged=2)
    draft_id = drafts.begin_draft(actor, {**WHOLE, "site_id": site_id})
    placements.submit_placement(actor, draft_id)
    assert pledged() == [("submitted", 2)]


def test_save_draft_with_what_does_not_fit_keeps_nothing_of_the_page():
    actor, _ = make_world()
    draft_id = drafts.begin_draft(actor, WHOLE)
    with pytest.raises(Invalid) as refusal:
        drafts.save_draft(actor, draft_id, {"capacity_likely": 9, "capacity_max": 1})
    assert refusal.value.field == "capacity_max"
    assert drafts.get_draft(actor, draft_id).capacity_likely == 2


def test_save_draft_takes_only_facts_of_a_placement():
    actor, _ = make_world()
    draft_id = drafts.begin_draft(actor, WHOLE)
    for name in ("state", "employer_id", "capacity", "held", "version"):
        with pytest.raises(ValueError, match="no fact"):
            drafts.save_draft(actor, draft_id, {name: 1})


def test_save_draft_of_a_sent_placement_is_refused():
    actor, site_id = make_world()
    draft_id = drafts.begin_draft(actor, {**WHOLE, "site_id": site_id})
    placements.submit_placement(actor, draft_id)
    with pytest.raises(GuardRefused):
        drafts.save_draft(actor, draft_id, {"title": "Another"})


def test_submit_placement_without_a_site_names_it():
    actor, _ = make_world()
    draft_id = drafts.begin_draft(actor, WHOLE)
    with pytest.raises(Invalid) as refusal:
        placements.submit_placement(actor, draft_id)
    assert refusal.value.field == "site_id"
    assert [p.field for p in drafts.list_draft_problems(actor, draft_id)] == ["site_id"]


def test_I36_draft_acts_of_another_employer_find_nothing():
    actor, _ = make_world()
    other, other_site = make_world()
    draft_id = drafts.begin_draft(actor, WHOLE)
    for refused in (
        lambda: drafts.save_draft(other, draft_id, {"title": "Mine now"}),
        lambda: drafts.copy_placement(other, draft_id),
        lambda: drafts.get_draft(other, draft_id),
        lambda: drafts.begin_draft(Actor(Role.PROVIDER, 1, 1), WHOLE),
    ):
        with pytest.raises(NotFound):
            refused()
    with pytest.raises(Invalid):
        drafts.save_draft(actor, draft_id, {"site_id": other_site})
