"""Receipts in words, about nobody else; and what a person without a place is told."""

import json
from datetime import UTC, date, datetime
from types import SimpleNamespace

import pytest
from factories.records import (
    make_account,
    make_application,
    make_candidate,
    make_employer,
    make_placement,
    make_provider,
    make_region,
    make_site,
)
from sqlalchemy import select

from matching import Market, solve, with_change
from placements.domain.errors import NotFound
from placements.domain.permissions import SYSTEM, Actor
from placements.domain.vocabulary import Role
from placements.extensions import db
from placements.models.assignments import WAS_OFFERED, Assignment
from placements.models.candidates import Application
from placements.models.placements import Placement
from placements.models.rounds import NextStep, Plan, PlanRow, Round
from placements.services import (
    assignments,
    cascading,
    next_steps,
    publishing,
    receipts,
    rounds,
    solving,
)
from placements.services.gazetteer import get_rules
from placements.services.snapshots import read_snapshot
from placements.services.transactions import act
from placements.settings import ROOT

DATES = tuple(datetime(2026, 6, day, 9, tzinfo=UTC) for day in (2, 9, 16))
NEXT_DATES = tuple(datetime(2026, month, 7, 9, tzinfo=UTC) for month in (7, 8, 9))
HOURS = [[weekday, 480, 1080] for weekday in range(5)]


@act
def make_world(n_people=3):
    """One bakery everybody wants, a garden for one, and somebody nothing can be found for."""
    region = make_region()
    site, provider = make_site(make_employer(region, name="Invented Oven")), make_provider(region)
    bakery = make_placement(site, 1, title="Bakery helper")
    park = make_site(site.employer, latitude=52.4832, longitude=-1.8965)
    garden = make_placement(park, 1, title="Garden helper")
    night = [[weekday, 1200, 1380] for weekday in range(5)]
    club = make_placement(site, 1, title="Club helper", shifts=night, needs=["first_aid"])
    choices = [bakery.reference, garden.reference, club.reference]
    homes = [{"name": f"Secret Name {n}", "latitude": 52.474 + n / 300} for n in range(n_people)]
    people = [make_candidate(**home) for home in homes]
    ready = [make_application(one, provider, choices=choices) for one in people]
    stuck = make_application(make_candidate(), provider, availability=HOURS[:1])
    ids = [make_account().id for _ in range(3)]
    return SimpleNamespace(
        region_id=region.id,
        provider=Actor(Role.PROVIDER, ids[2], provider.id),
        other_provider=Actor(Role.PROVIDER, ids[2], make_provider(region).id),
        employer=Actor(Role.EMPLOYER, ids[2], site.employer_id),
        operator=Actor(Role.OPERATOR, ids[0], region_id=region.id),
        approver=Actor(Role.APPROVER, ids[1], region_id=region.id),
        ready_ids=[application.id for application in ready],
        stuck_id=stuck.id,
        provider_name=provider.name,
    )


@pytest.fixture
def proposed(app, clock_file):
    clock_file.write_text(DATES[0].isoformat())
    with app.app_context():
        world = make_world()
        world.set_clock = lambda at: clock_file.write_text(at.isoformat())
        world.round_id = rounds.create_round(world.operator, "Summer", DATES, 7)
        rounds.open_round(world.operator, world.round_id)
        rounds.lock_round(world.operator, world.round_id)
        solving.solve_round(world.operator, world.round_id)
        yield world


def publish(world):
    round_ = db.session.get_one(Round, world.round_id)
    hashes = round_.plan_hash, round_.snapshot_hash
    rounds.approve_round(world.approver, world.round_id, *hashes)
    world.set_clock(DATES[2])
    publishing.publish_round(SYSTEM, world.round_id)
    return world


@pytest.fixture
def published(proposed):
    return publish(proposed)


def offer_of(title):
    rows = select(Assignment).join(Placement, Assignment.placement_id == Placement.id)
    return db.session.scalar(rows.where(Placement.title == title))


def application(application_id):
    return db.session.get_one(Application, application_id)


def left_out(world):
    """The ready person without an offer."""
    offered = set(db.session.scalars(select(Assignment.application_id).where(WAS_OFFERED)))
    return next(application(one) for one in world.ready_ids if one not in offered)


def young_person(found):
    return Actor(Role.YOUNG_PERSON, candidate_id=found.candidate_id)


def everything(words):
    said = [*words.because, *words.changes]
    return said + [part for one in words.not_these for part in (one.title, one.words)]


def test_get_receipt_of_a_first_choice_says_so_and_how_long_it_takes(published):
    offer = offer_of("Bakery helper")
    words = receipts.get_receipt(young_person(offer), offer.id)
    assert words.title == "Bakery helper"
    assert words.because[0] == "This is your first choice."
    assert words.because[1].startswith("The journey takes about ")
    assert words.because[1].endswith("(an estimate).")
    assert (words.not_these, words.changes, words.estimate) == ([], [], True)


def test_get_receipt_of_a_second_choice_says_why_not_the_first(published):
    offer = offer_of("Garden helper")
    words = receipts.get_receipt(young_person(offer), offer.id)
    (first,) = words.not_these
    assert first.title == "Bakery helper at Invented Oven"
    assert first.words.startswith("It had 1 place and it went to someone else.")


def test_get_receipt_names_no_other_person_and_no_reference(published):
    for offer in db.session.scalars(select(Assignment).where(WAS_OFFERED)).all():
        words = receipts.get_receipt(young_person(offer), offer.id)
        assert not [said for said in everything(words) if "Secret" in said or "P-0" in said]
        kept = json.dumps(offer.receipt)
        assert "Secret" not in kept
        assert "them" not in kept.replace("them.", "")
        assert not [one for one in published.ready_ids if application(one).reference in kept]


def test_get_receipt_is_for_the_person_their_provider_and_the_authority(published):
    offer = offer_of("Bakery helper")
    for actor in (young_person(offer), published.provider, published.operator, published.approver):
        assert receipts.get_receipt(actor, offer.id).because
    other = young_person(offer_of("Garden helper"))
    for actor in (other, published.other_provider, published.employer):
        with pytest.raises(NotFound):
            receipts.get_receipt(actor, offer.id)


def test_get_receipt_of_a_place_given_by_hand_says_so(published):
    @act
    def blank():
        offer_of("Bakery helper").receipt = {}

    blank()
    offer = offer_of("Bakery helper")
    assert receipts.get_receipt(published.provider, offer.id).because == [receipts.BY_HAND]


def test_receipt_changes_are_true_when_the_round_is_solved_again(published):
    """Each stored change, made to the sealed records and solved again, gives them the place."""
    round_ = db.session.get_one(Round, published.round_id)
    market = Market(**read_snapshot(round_), policy=solving.policy_of(round_))
    rows = select(PlanRow, Application.reference)
    rows = rows.join(Application, PlanRow.application_id == Application.id)
    rules = set()
    for row, reference in db.session.execute(rows):
        for change in row.reasons[0]["changes"]:
            rules.add(change["rule"])
            again = solve(with_change(market, reference, change))
            assert again.placement_of[reference] == change["placement"]
    assert "ONE_MORE" in rules


def test_get_plan_receipt_before_release_is_the_authoritys_alone(proposed):
    plan_id = db.session.scalar(select(Plan.id))
    for actor in (proposed.operator, proposed.approver):
        words = receipts.get_plan_receipt(actor, plan_id, proposed.stuck_id)
        assert words.title == "No place this time"
    first = application(proposed.ready_ids[0])
    stranger = Actor(Role.OPERATOR, 1, region_id=proposed.region_id + 1)
    for actor in (proposed.provider, proposed.employer, young_person(first), stranger):
        with pytest.raises(NotFound):
            receipts.get_plan_receipt(actor, plan_id, first.id)


def test_explain_reference_finds_the_person_in_the_chosen_plan(proposed):
    reference = application(proposed.stuck_id).reference
    words = receipts.explain_reference(proposed.approver, proposed.round_id, reference)
    assert words.because[0] == "No placement in this round was right for you yet."
    with pytest.raises(NotFound):
        receipts.explain_reference(proposed.approver, proposed.round_id, "A-unknown")


def test_find_no_place_before_release_says_nothing(proposed):
    assert receipts.find_no_place(application(proposed.stuck_id)) is None


def test_find_no_place_with_an_offer_says_nothing(published):
    offer = offer_of("Bakery helper")
    assert receipts.find_no_place(young_person(offer)) is None


def test_find_no_place_when_places_were_taken_says_so_and_keeps_them_in_line(published):
    found = left_out(published)
    told = receipts.find_no_place(young_person(found))
    assert told == receipts.find_no_place(found)
    assert told.still_in_line
    assert told.reasons[0].startswith("2 placements were right for you.")
    assert told.reasons[1].startswith("Bakery helper at Invented Oven: It had 1 place")
    assert told.reasons[3].endswith("It needs: first aid.")
    assert "by Tuesday 30 June 2026" in told.next_step_words


def test_find_no_place_when_nothing_was_right_names_every_rule_and_the_talk(published):
    told = receipts.find_no_place(application(published.stuck_id))
    assert not told.still_in_line
    assert "3 placements: their hours are outside the times you gave." in told.reasons
    assert "1 placement: they need something you have not told us you have." in told.reasons
    assert told.next_step_words.startswith(published.provider_name)


def test_find_no_place_says_what_would_have_changed_it(published):
    told = receipts.find_no_place(left_out(published))
    more = "If Bakery helper at Invented Oven had one more place, it would have gone to you."
    assert more in told.changes
    assert not [said for said in told.changes if "{" in said or "P-0" in said]


def test_find_no_place_says_why_no_change_could_be_named(published):
    found = left_out(published)
    row = db.session.scalar(select(PlanRow).where(PlanRow.application_id == found.id))
    row.reasons = [row.reasons[0] | {"changes": [], "untold": "It was not done for everybody."}]
    db.session.commit()
    told = receipts.find_no_place(found)
    assert (told.changes, told.untold) == ([], "It was not done for everybody.")
    words = receipts.get_plan_receipt(published.approver, row.plan_id, found.id)
    assert words.untold == told.untold


def test_find_no_place_after_a_no_says_you_said_no(published):
    offer = offer_of("Bakery helper")
    assignments.decline_offer(young_person(offer), offer.id)
    told = receipts.find_no_place(application(offer.application_id))
    assert told.reasons == ["You said no to the place we offered you."]
    assert not told.still_in_line


def test_find_no_place_after_the_employer_cancelled_keeps_them_in_line(published):
    offer = offer_of("Bakery helper")
    assignments.cancel_assignment(published.employer, offer.id, "Invented reason")
    told = receipts.find_no_place(application(offer.application_id))
    assert "not because of you" in told.reasons[0]
    assert told.still_in_line


def test_find_no_place_of_a_skipped_pair_says_what_changed(proposed):
    row = db.session.scalar(select(PlanRow).where(PlanRow.placement_id.is_not(None)))
    person_id = row.application_id

    @act
    def need_more_time():
        application(person_id).availability = HOURS[:2]

    need_more_time()
    publish(proposed)
    told = receipts.find_no_place(application(person_id))
    assert "The hours of this place are outside the times you gave." in told.reasons


def test_find_no_place_names_the_next_round_that_is_planned(proposed):
    rounds.create_round(proposed.operator, "Autumn", NEXT_DATES, 8)
    publish(proposed)
    told = receipts.find_no_place(left_out(proposed))
    assert told.next_round_name == "Autumn"
    assert "until Friday 7 August 2026" in told.next_step_words
    assert told.next_dates[1] == "Results come out on Monday 7 September 2026."


def test_publish_gives_each_unplaced_person_a_dated_step(proposed):
    rounds.create_round(proposed.operator, "Autumn", NEXT_DATES, 8)
    publish(proposed)
    steps = {step.application_id: step for step in db.session.scalars(select(NextStep))}
    assert steps.keys() == {proposed.stuck_id, left_out(proposed).id}
    assert (steps[proposed.stuck_id].kind, steps[proposed.stuck_id].due_on) == (
        "provider_talk",
        date(2026, 6, 30),
    )
    other = steps[left_out(proposed).id]
    assert (other.kind, other.due_on) == ("next_round", date(2026, 8, 7))


def test_finish_gives_a_step_to_who_said_no_before_the_round_ends(published):
    offers = db.session.scalars(select(Assignment).where(Assignment.state == "offered"))
    for offer in offers.all():
        assignments.decline_offer(young_person(offer), offer.id)
    cascading.cascade_round(SYSTEM, published.round_id)
    while newest := db.session.scalar(select(Assignment).where(Assignment.state == "offered")):
        assignments.decline_offer(young_person(newest), newest.id)
        cascading.cascade_round(SYSTEM, published.round_id)
    assert db.session.get_one(Round, published.round_id).state == "final"
    everyone = {*published.ready_ids, published.stuck_id}
    assert set(db.session.scalars(select(NextStep.application_id))) == everyone
    assert next_steps.list_without_next_step(published.round_id) == []


def test_usual_round_is_the_first_whose_lock_is_still_to_come():
    rules = get_rules(ROOT / "config" / "regions" / "west_midlands")
    upcoming = next_steps.usual_round(rules, date(2026, 6, 16))
    assert (upcoming.name, upcoming.locks_on) == ("Autumn", date(2026, 9, 21))
    assert upcoming.release_on == date(2026, 10, 5)
    later = next_steps.usual_round(rules, date(2026, 9, 21))
    assert (later.name, later.locks_on) == ("Winter", date(2026, 12, 14))
