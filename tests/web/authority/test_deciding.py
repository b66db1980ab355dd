"""What staff can do on a person's page: it goes by where their entry stands."""

from datetime import date

import pytest
from factories.records import AT, make_assignment, make_candidate, walk

from placements.domain.vocabulary import Kind, Role
from placements.extensions import db
from placements.models.candidates import Application, Provider
from placements.models.placements import Placement
from placements.services.transactions import act


def state_of(world, application_id):
    with world.app.app_context():
        found = db.session.get_one(Application, application_id)
        return found.state, found.reason


@act
def make_waiting(provider_id, **facts):
    provider = db.session.get_one(Provider, provider_id)
    own = {"reference": "A-WAIT", "salt": "7" * 32, "modes": ["walk"], **facts}
    own |= {"start_from": date(2026, 7, 1), "candidate_id": make_candidate().id}
    waiting = Application(provider_id=provider.id, region_id=provider.region_id, **own)
    walk(waiting, Kind.APPLICATION, "begin", ("submit", Role.PROVIDER))
    return waiting.id


def read(visitor, application_id):
    visitor.get(f"/authority/people/{application_id}")
    return visitor.send("Read about this person", purpose="check")


@pytest.fixture
def waiting(world):
    """An entry that waits, and misses only the agreement to take part."""
    with world.app.app_context():
        return make_waiting(world.provider_id)


def test_staff_see_what_the_rules_say_and_ask_for_the_one_thing(world, operator, waiting):
    read(operator, waiting)
    assert "What the rules say" in operator.text
    operator.send("Ready")
    assert operator.status == 422
    assert "What the rules say" in operator.text
    assert state_of(world, waiting)[0] == "submitted"
    operator.get(f"/authority/people/{waiting}/because/ask").send("Ask")
    assert operator.status == 422
    operator.send("Ask", reason="Send us their agreement.")
    assert operator.here == f"/authority/people/{waiting}"
    assert state_of(world, waiting) == ("info_requested", "Send us their agreement.")
    operator.get(f"/authority/people/{waiting}/because/refuse")
    assert "They are now: info asked." in operator.text


def test_staff_make_an_entry_ready_that_meets_every_rule(world, operator):
    with world.app.app_context():
        waiting = make_waiting(world.provider_id, consented_at=AT)
    read(operator, waiting).send("Ready")
    assert "They are ready for the next round." in operator.text
    assert state_of(world, waiting)[0] == "ready"


def test_staff_refuse_with_a_reason(world, operator, waiting):
    operator.get(f"/authority/people/{waiting}/because/refuse")
    operator.send("Refuse", reason="They live too far away.")
    assert state_of(world, waiting) == ("ineligible", "They live too far away.")


def test_approvers_read_and_decide_nothing(approver, waiting):
    read(approver, waiting)
    assert "What the rules say" not in approver.text
    assert approver.get(f"/authority/people/{waiting}/because/ask").status == 404


@act
def give(world, n, *steps):
    application = db.session.get_one(Application, world.application_ids[n])
    make_assignment(application, db.session.get_one(Placement, world.placement_id), *steps)


def test_a_person_with_a_place_shows_it_and_one_who_lost_it_the_way_to_another(world, operator):
    with world.app.app_context():
        give(world, 0)
        give(world, 1, ("cancel_by_employer", Role.EMPLOYER))
    read(operator, world.application_ids[0])
    assert "Offered Workshop assistant (invented), Invented Lockside" in operator.text
    assert "Find another place" not in operator.text
    read(operator, world.application_ids[1])
    assert f"/authority/rescue/{world.application_ids[1]}" in operator.page.links
