"""What is late comes first, or nothing is late."""

from datetime import UTC, datetime

from factories.by_hand import unguarded
from factories.records import ACTORS, make_assignment, make_placement
from sqlalchemy import text

from placements import scheduler
from placements.domain.permissions import Actor
from placements.domain.vocabulary import Kind, Role
from placements.extensions import db
from placements.models.candidates import Application
from placements.models.employers import Site
from placements.models.placements import Placement
from placements.services import nights, transitions
from placements.services.events import record_event
from placements.services.transactions import act

MONTH_LATER = datetime(2026, 7, 3, 9, tzinfo=UTC)


@act
def accept_one(world):
    application = db.session.get_one(Application, world.application_ids[0])
    placement = db.session.get_one(Placement, world.placement_id)
    assignment = make_assignment(application, placement, ("accept", Role.YOUNG_PERSON))
    assignment.answered_at = datetime(2026, 6, 2, 9, tzinfo=UTC)
    return application.reference


def test_nothing_late_says_so(operator):
    text = operator.get("/authority").text
    assert "Nothing is late." in text
    assert "No round is planned." in text


def test_an_employer_who_has_not_confirmed_comes_first(world, visit):
    with world.app.app_context():
        reference = accept_one(world)
    world.clock_at(MONTH_LATER)
    visitor = visit(world.operator_id).get("/authority")
    assert "Employers who have not confirmed: 1" in visitor.text
    assert f"{reference} at Invented Lockside" in visitor.text
    assert "Due Tuesday 9 June 2026, 11:59pm" in visitor.text
    assert f"/authority/employers/{world.employer_id}" in visitor.page.links
    assert "Nothing is late." not in visitor.text


@act
def break_a_rule(world):
    with unguarded(db.session.connection()):
        forget = text("DELETE FROM history WHERE kind = 'employer' AND record_id = :id")
        db.session.execute(forget, {"id": world.employer_id})


def test_a_rule_that_the_night_found_broken_comes_first(world, visit):
    with world.app.app_context():
        nights.begin_nights()
        break_a_rule(world)
        world.clock_at(MONTH_LATER)
        scheduler.run_due("worker-1")
    seen = visit(world.operator_id).get("/authority").text
    assert "Records that break a rule: 1" in seen
    assert "Rules broken: I-15 in 1, I-17 in 1, I-27 in 2." in seen


@act
def ask_for_a_check(world):
    application = db.session.get_one(Application, world.application_ids[0])
    person = Actor(Role.YOUNG_PERSON, candidate_id=application.candidate_id)
    ask = ("ask_for_check", Kind.APPLICATION, application.id, ("ready", "ready"), MONTH_LATER)
    record_event(person, *ask)
    return application.reference


def test_what_a_young_person_asked_stays_until_staff_have_spoken_with_them(world, operator, visit):
    with world.app.app_context():
        reference = ask_for_a_check(world)
    assert f"{reference}: asks for a check" in operator.get("/authority").text
    assert "asks for a check" not in visit(world.stranger_id).get("/authority").text
    operator.send("We have spoken")
    assert "Nothing is late." in operator.text


def test_what_is_late_elsewhere_is_not_shown(world, visit):
    with world.app.app_context():
        accept_one(world)
    world.clock_at(MONTH_LATER)
    assert "Nothing is late." in visit(world.stranger_id).get("/authority").text


def test_placements_to_check_are_counted_and_linked(world, operator):
    @act
    def send_one():
        placement = make_placement(db.session.get_one(Site, world.site_id))
        employer = ACTORS[Role.EMPLOYER]
        transitions.move(placement, Kind.PLACEMENT, "change", employer, MONTH_LATER)

    with world.app.app_context():
        send_one()
    operator.get("/authority")
    assert "Placements to check: 1" in operator.text
    assert "/authority/placements" in operator.page.links


def test_the_approver_is_told_what_waits_for_them(approver, bring):
    round_id = bring("proposed")
    approver.get("/authority")
    assert "A plan waits for your approval." in approver.text
    assert f"/authority/rounds/{round_id}/approve" in approver.page.links


def test_names_of_young_people_are_not_on_the_page(world, visit):
    with world.app.app_context():
        accept_one(world)
    world.clock_at(MONTH_LATER)
    assert "Invented Person" not in visit(world.operator_id).get("/authority").text
