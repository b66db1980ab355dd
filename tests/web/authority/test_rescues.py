"""Somebody lost a place: staff see it first, find another in two presses, and it is an offer."""

import pytest
from factories.records import make_account, make_placement
from sqlalchemy import select

from placements.domain.errors import NotAllowed
from placements.domain.permissions import Actor
from placements.domain.vocabulary import Role
from placements.extensions import db
from placements.models.assignments import Assignment
from placements.models.candidates import Candidate
from placements.models.employers import Site
from placements.models.operations import Message
from placements.models.rounds import Skip
from placements.services import assignments, hand_offers
from placements.services.invariants import verifying
from placements.services.transactions import act


@act
def open_another(site_id, **facts):
    return make_placement(db.session.get_one(Site, site_id), 1, **facts).id


@act
def give_account(candidate_id):
    account = make_account(email="jayden@invented.example")
    db.session.get_one(Candidate, candidate_id).account_id = account.id


def list_broken():
    db.session.remove()
    with verifying.one_picture():
        return list(verifying.run_checks(verifying.ALL).violations)


@pytest.fixture
def lost(world, bring):
    """The employer cancelled with one of three people; another placement is free meanwhile."""
    world.round_id = bring("settling")
    with world.app.app_context():
        offer = assignments.list_assignments(world.operator, ("offered",))[0]
        world.gone_id, world.person_id = offer.id, offer.application_id
        employer = Actor(Role.EMPLOYER, 1, world.employer_id)
        assignments.cancel_assignment(employer, offer.id, "Invented reason")
        give_account(offer.candidate_id)
        world.other_id = open_another(world.site_id, title="Invented kitchen work")
    return world


def test_a_lost_place_is_two_presses_from_a_new_offer(lost, operator):
    operator.get("/authority")
    assert f"/authority/rescue/{lost.person_id}" in operator.html
    operator.get(f"/authority/rescue/{lost.person_id}")
    assert "Invented kitchen work" in operator.text
    assert "Nobody else goes without by it" in operator.text
    operator.send("Offer this")
    assert "The offer is out. They have 2 working days to answer." in operator.text
    assert "the place is gone" not in operator.text
    with lost.app.app_context():
        rows = select(Assignment).where(Assignment.application_id == lost.person_id)
        new = db.session.scalars(rows.where(Assignment.placement_id == lost.other_id)).one()
        assert (new.state, new.round_id) == ("offered", lost.round_id)
        told = select(Message).where(Message.template == "offer", Message.subject_id == new.id)
        assert db.session.scalar(told) is not None
        assert list_broken() == []


def test_the_same_offer_again_or_of_the_place_that_is_gone_is_not_found(lost, operator):
    with lost.app.app_context():
        gone = db.session.get_one(Assignment, lost.gone_id).placement_id
    operator.get(f"/authority/rescue/{lost.person_id}")
    form = next(f for f in operator.page.forms if f.buttons[0][2].startswith("Offer this"))
    again = form.action.replace(str(lost.other_id), str(gone))
    assert operator.client.post(again, data=form.fields).status_code == 404
    assert operator.client.post(form.action, data=form.fields).status_code == 303
    assert operator.get(f"/authority/rescue/{lost.person_id}").status == 404


def test_approver_reads_and_offers_nothing(lost, approver):
    approver.get(f"/authority/rescue/{lost.person_id}")
    assert "Offer this" not in approver.text
    with lost.app.app_context(), pytest.raises(NotAllowed):
        hand_offers.offer_by_hand(lost.approver, lost.person_id, lost.other_id)


def test_list_of_a_round_names_references_and_says_when_nobody_waits(lost, operator):
    operator.get(f"/authority/rounds/{lost.round_id}/rescue")
    assert "Waiting for another place: 1" in operator.text
    assert "Invented Person" not in operator.text
    operator.get(f"/authority/rescue/{lost.person_id}").send("Offer this")
    operator.get(f"/authority/rounds/{lost.round_id}/rescue")
    assert "Nobody waits" in operator.text


def test_I12_who_is_in_line_for_the_place_is_passed_over_with_a_reason(world, bring):
    with world.app.app_context():
        second = open_another(world.site_id, title="Invented kitchen work")
    bring("settling")
    with world.app.app_context():
        offers = assignments.list_assignments(world.operator, ("offered",))
        lost = next(one for one in offers if one.placement_id == world.placement_id)
        freed = next(one for one in offers if one.placement_id == second)
        person = Actor(Role.YOUNG_PERSON, candidate_id=freed.candidate_id)
        employer = Actor(Role.EMPLOYER, 1, world.employer_id)
        assignments.cancel_assignment(employer, lost.id, "Invented reason")
        assignments.decline_offer(person, freed.id)
        waiting = select(Assignment.application_id).where(
            Assignment.state == "reserve", Assignment.placement_id == second
        )
        in_line = set(db.session.scalars(waiting)) - {lost.application_id}
        hand_offers.offer_by_hand(world.operator, lost.application_id, second)
        kept = select(Skip.application_id).where(Skip.placement_id == second)
        assert in_line
        assert set(db.session.scalars(kept)) == in_line
        assert list_broken() == []
