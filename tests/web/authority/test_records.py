"""What staff look up: a person for a purpose, messages, the audit, the rules; and holds."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select
from web.authority.conftest import OPENS

from placements.domain.errors import NotAllowed
from placements.extensions import db
from placements.models.audit import Event
from placements.models.employers import Employer, Pledge
from placements.models.placements import Placement
from placements.services import cascading, suspensions
from placements.services.transactions import act


def readings(world):
    with world.app.app_context():
        wanted = select(Event.action).where(Event.action.startswith("read_person"))
        return list(db.session.scalars(wanted))


def test_a_person_is_found_by_reference_and_each_look_is_written_down(world, operator):
    here = f"/authority/people/{world.application_ids[0]}"
    operator.get(here)
    assert "Invented Person" not in operator.text
    assert readings(world) == []
    operator.get("/authority/people")
    operator.send("Read about this person", reference=world.references[0], purpose="safety")
    assert operator.here == here
    assert "You read this: to keep somebody safe." in operator.text
    operator.get(here)
    assert readings(world) == ["read_person_to_safety"] * 2


def test_a_person_of_another_region_reads_as_unknown(world, visit):
    stranger = visit(world.stranger_id)
    assert stranger.get(f"/authority/people/{world.application_ids[0]}").status == 404
    stranger.get("/authority/people")
    stranger.send("Read about this person", reference=world.references[0], purpose="safety")
    assert "There is no such reference here." in stranger.text


def test_audit_lists_rounds_and_one_record_and_says_that_nothing_was_changed(operator, bring):
    round_id = bring("locked")
    operator.get("/authority/audit")
    assert "Lock" in operator.text
    operator.get(f"/authority/audit?kind=round&id={round_id}&check=1")
    assert "Checked: no line was edited, taken out or put in." in operator.text
    assert "<select" not in operator.html
    assert 'id="kind-round" name="kind" value="round" checked' in operator.html
    for wrong in ("kind=account&id=1", "kind=round&id=99999", "kind=round"):
        assert operator.get(f"/authority/audit?{wrong}").status == 404


def test_audit_of_a_record_elsewhere_reads_as_unknown(world, operator):
    where = f"/authority/audit?kind=placement&id={world.foreign_placement_id}"
    assert operator.get(where).status == 404


def test_messages_page_says_that_all_went_out(operator):
    operator.get("/authority/messages")
    assert "Every message that was due went out." in operator.text


def test_settings_page_shows_the_rules_the_region_runs_by(operator):
    operator.get("/authority/settings")
    assert "Wolverhampton" in operator.text
    assert "5, then 3, then 2" in operator.text


def test_a_cap_is_kept_and_a_wrong_one_refused_at_its_field(world, operator):
    operator.get(f"/authority/employers/{world.employer_id}").send("Save", cap="2")
    assert "Most people in one round 2" in operator.text
    operator.send("Save", cap="some")
    assert operator.status == 422
    operator.get(f"/authority/employers/{world.employer_id}").send("Save", cap="")
    assert "Most people in one round No limit" in operator.text


def test_employers_show_what_they_promised_what_is_open_and_since_when_they_are_silent(
    world, operator
):
    operator.get("/authority/employers")
    assert "Invented Lockside Engineering 0 3 Not yet Verified" in operator.text
    with world.app.app_context():
        act(promise_and_speak)(world)
    operator.get("/authority/employers")
    assert "Invented Lockside Engineering 6 3 Friday 1 May 2026, 32 days ago" in operator.text
    operator.get(f"/authority/employers/{world.employer_id}")
    assert "Places pledged 6 Places that are open or taken 3" in operator.text
    assert "Friday 1 May 2026, 32 days ago" in operator.text


def promise_and_speak(world):
    made = {"period": "2026", "made_at": OPENS, "source": "invented", "answer": "yes"}
    db.session.add(Pledge(employer_id=world.employer_id, n_places=6, **made))
    said_at = datetime(2026, 5, 1, 9, tzinfo=UTC)
    db.session.get_one(Placement, world.placement_id).checked_at = said_at


def test_an_employer_on_hold_gets_no_new_offer_and_opens_again_place_by_place(world, bring, visit):
    round_id = bring("settling")
    operator = visit(world.operator_id)
    operator.get(f"/authority/employers/{world.employer_id}/suspend")
    assert "Who has an offer or a place: 3" in operator.text
    operator.send("Put on hold")
    assert operator.status == 422
    operator.send("Put on hold", reason="Invented report of an accident")
    with world.app.app_context():
        assert db.session.get_one(Employer, world.employer_id).state == "suspended"
        assert db.session.get_one(Placement, world.placement_id).state == "suspended"
        assert cascading.cascade_round(world.operator, round_id) == 0
    check = f"/authority/placements/{world.placement_id}/check"
    operator.get(check).send("Open it again")
    assert "Verify the employer again first." in operator.text
    operator.get(f"/authority/employers/{world.employer_id}").send("Verify this employer")
    operator.get(check).send("Open it again")
    with world.app.app_context():
        assert db.session.get_one(Placement, world.placement_id).state == "full"


def test_one_placement_is_put_on_hold_alone_and_only_by_an_operator(world, operator):
    operator.get(f"/authority/placements/{world.placement_id}/suspend")
    operator.send("Put on hold", reason="Invented reason")
    assert "On hold: Invented reason" in operator.text
    with world.app.app_context():
        assert db.session.get_one(Employer, world.employer_id).state == "verified"
        for deed in (
            lambda: suspensions.suspend_placement(world.approver, world.placement_id, "x"),
            lambda: suspensions.reinstate_placement(world.approver, world.placement_id),
            lambda: suspensions.set_cap(world.approver, world.employer_id, 1),
        ):
            with pytest.raises(NotAllowed):
                deed()
