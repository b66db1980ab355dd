"""A published placement that changes: checked again, told to its people, in words."""

from datetime import UTC, date, datetime

import pytest
from factories.records import (
    make_account,
    make_application,
    make_assignment,
    make_candidate,
    make_employer,
    make_placement,
    make_provider,
    make_region,
    make_site,
)
from sqlalchemy import select

from placements import clock
from placements.domain.errors import GuardRefused, Invalid, NotFound, Stale
from placements.domain.permissions import Actor
from placements.domain.vocabulary import Role
from placements.extensions import db
from placements.models.operations import Message
from placements.models.placements import Placement
from placements.outbox.words import write_letter
from placements.services import assignments, placement_changes, placements
from placements.services.transactions import act

END = datetime(2040, 6, 1, tzinfo=UTC)
LATER = {"start_from": date(2030, 7, 8), "start_to": date(2030, 7, 22), "duration_weeks": 4}


@pytest.fixture(autouse=True)
def inside(app):
    with app.app_context():
        yield


@act
def make_world():
    region = make_region()
    employer, provider = make_employer(region), make_provider(region)
    employer.state = "verified"
    site = make_site(employer, insurance_expires_on=date(2031, 1, 1))
    facts = {"start_from": date(2030, 7, 1), "start_to": date(2030, 7, 29)}
    placement = make_placement(site, 2, supervisor_name="Ines Invented", **facts)
    account = make_account()
    candidate = make_candidate(account_id=account.id, date_of_birth=date(2010, 1, 1))
    person = make_application(candidate, provider, start_from=date(2030, 7, 1), start_to=None)
    times = dict.fromkeys(("deadline_at", "original_deadline_at"), END)
    offer = make_assignment(person, placement, **times)
    us = Actor(Role.EMPLOYER, make_account().id, employer.id, region_id=region.id)
    staff = Actor(Role.OPERATOR, make_account().id, region_id=region.id)
    return us, staff, placement.id, offer.id, candidate.id


def read(placement_id):
    return db.session.get_one(Placement, placement_id)


def test_a_change_of_dates_is_checked_again_and_reads_as_new_and_was():
    us, staff, placement_id, _, _ = make_world()
    assert placement_changes.change_placement(us, placement_id, LATER)
    assert read(placement_id).state == "submitted"
    [line] = placement_changes.list_changes(staff, placement_id)
    assert line.name == "First day"
    assert line.new == "Monday 8 July 2030 to Monday 22 July 2030"
    assert line.was == "Monday 1 July 2030 to Monday 29 July 2030"
    placements.approve_placement(staff, placement_id)
    assert read(placement_id).state == "live"
    assert placement_changes.list_changes(staff, placement_id) == []


def test_pay_and_supervisor_need_no_new_check():
    us, _, placement_id, _, _ = make_world()
    version = read(placement_id).version
    facts = {"pay": "£6.40 a day", "supervisor_name": "Omar Invented"}
    assert not placement_changes.change_placement(us, placement_id, facts)
    assert (read(placement_id).state, read(placement_id).version) == ("live", version)
    assert read(placement_id).last_published is None


def test_the_same_answers_again_change_nothing():
    us, _, placement_id, _, _ = make_world()
    same = {"shifts": [[day, 540, 960] for day in range(5)], "min_age": 16}
    assert not placement_changes.change_placement(us, placement_id, same)
    assert read(placement_id).state == "live"


def test_fewer_places_than_are_taken_are_refused_and_exactly_those_make_it_full():
    us, _, placement_id, _, _ = make_world()
    with pytest.raises(Invalid) as refused:
        few = {"capacity_min": 0, "capacity_likely": 1, "capacity_max": 0, "group_min": None}
        placement_changes.change_placement(us, placement_id, few)
    assert refused.value.field == "capacity_max" and read(placement_id).capacity == 2
    one = {"capacity_min": 1, "capacity_likely": 1, "capacity_max": 1, "group_min": None}
    assert not placement_changes.change_placement(us, placement_id, one)
    assert (read(placement_id).state, read(placement_id).capacity) == ("full", 1)


def test_places_that_were_taken_back_stay_so_after_another_check():
    us, staff, placement_id, _, _ = make_world()
    placements.change_capacity(us, placement_id, 1)
    assert placement_changes.change_placement(us, placement_id, LATER)
    placements.approve_placement(staff, placement_id)
    assert (read(placement_id).state, read(placement_id).capacity) == ("full", 1)


def test_stale_foreign_and_closed_changes_are_refused():
    us, staff, placement_id, _, _ = make_world()
    with pytest.raises(Stale):
        placement_changes.change_placement(us, placement_id, LATER, seen_version=99)
    other = Actor(Role.EMPLOYER, us.account_id, us.organisation_id + 1, region_id=us.region_id)
    with pytest.raises(NotFound):
        placement_changes.change_placement(other, placement_id, LATER)
    with pytest.raises(GuardRefused):
        placement_changes.change_placement(staff, placement_id, LATER)
    placement_changes.change_placement(us, placement_id, LATER)
    with pytest.raises(GuardRefused):
        placement_changes.change_placement(us, placement_id, {"duration_weeks": 6})


def test_who_has_an_offer_is_told_what_is_new_first_and_may_still_say_yes():
    us, _, placement_id, offer_id, candidate_id = make_world()
    placement_changes.change_placement(us, placement_id, LATER)
    rows = select(Message).where(Message.template == "place_changed").order_by(Message.channel)
    [email] = db.session.scalars(rows).all()

    @act
    def read_letter():
        return write_letter(email, "https://placements.example", clock.now())

    body = read_letter().body
    assert body.index("new: Monday 8 July 2030") < body.index("was: Monday 1 July 2030")
    assert "/me/offer" in body
    person = Actor(Role.YOUNG_PERSON, email.account_id, candidate_id=candidate_id)

    assignments.accept_offer(person, offer_id)
    assert assignments.get_assignment(person, offer_id).state == "accepted"


def test_what_was_sent_back_still_shows_all_that_differs():
    us, staff, placement_id, _, _ = make_world()
    placement_changes.change_placement(us, placement_id, LATER)
    placements.ask_changes(staff, placement_id, "Say the hours.")
    assert [one.name for one in placement_changes.list_changes(us, placement_id)] == ["First day"]
