"""From a yes to the last day."""

from datetime import UTC, date, datetime
from types import SimpleNamespace

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

from placements.domain.errors import GuardRefused, Invalid, NotAllowed, NotFound
from placements.domain.permissions import Actor
from placements.domain.vocabulary import Role
from placements.extensions import db
from placements.models.assignments import Agreement, Assignment, Signature
from placements.models.outcomes import Checkpoint
from placements.models.placements import Placement
from placements.services import agreements, starts
from placements.services.transactions import act

FIRST_DAY, LAST_DAY = date(2026, 7, 13), date(2026, 8, 9)
CHILD, ADULT = date(2009, 1, 1), date(2006, 1, 1)


@act
def make_world(date_of_birth):
    region = make_region()
    site, provider = make_site(make_employer(region)), make_provider(region)
    candidate = make_candidate(date_of_birth=date_of_birth)
    placement = make_placement(site)
    application = make_application(candidate, provider)
    assignment = make_assignment(application, placement, ("accept", Role.YOUNG_PERSON))
    ids = [make_account().id for _ in range(3)]
    return SimpleNamespace(
        id=assignment.id,
        placement_id=placement.id,
        young_person=Actor(Role.YOUNG_PERSON, ids[0], candidate_id=candidate.id),
        provider=Actor(Role.PROVIDER, ids[1], provider.id),
        employer=Actor(Role.EMPLOYER, ids[2], site.employer_id),
    )


@pytest.fixture
def make(app, clock_file):
    def make(date_of_birth=ADULT):
        world = make_world(date_of_birth)
        world.set_day = lambda day: clock_file.write_text(
            datetime(day.year, day.month, day.day, 9, tzinfo=UTC).isoformat()
        )
        world.set_day(date(2026, 6, 20))
        return world

    with app.app_context():
        yield make


def confirm(world, **facts):
    given = {"supervisor": "Ines Example", "start_on": FIRST_DAY, "first_day": {"time": "9am"}}
    starts.confirm_assignment(world.employer, world.id, **{**given, **facts})


def sign_all(world):
    for actor in (world.employer, world.provider, world.young_person):
        agreements.sign_agreement(actor, world.id)


def start(world):
    confirm(world)
    sign_all(world)
    world.set_day(FIRST_DAY)
    starts.start_assignment(world.employer, world.id)


def kept(world):
    return db.session.get_one(Assignment, world.id)


def questions():
    rows = db.session.execute(select(Checkpoint.kind, Checkpoint.due_on, Checkpoint.state))
    return {kind: (due_on, state) for kind, due_on, state in rows}


def test_confirm_assignment_writes_the_agreement_and_the_last_day(make):
    world = make()
    confirm(world)
    assert (kept(world).state, kept(world).end_on) == ("confirmed", LAST_DAY)
    agreement = db.session.scalar(select(Agreement))
    assert (agreement.hours_per_week, agreement.supervisor_name) == (32, "Ines Example")


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"supervisor": " "}, "supervisor"),
        ({"start_on": date(2026, 7, 5)}, "start_on"),
        ({"start_on": date(2026, 7, 21)}, "start_on"),
    ],
)
def test_confirm_assignment_with_what_cannot_be_names_the_field(make, facts, field):
    world = make()
    with pytest.raises(Invalid) as refusal:
        confirm(world, **facts)
    assert (refusal.value.field, kept(world).state) == (field, "accepted")


def test_confirm_assignment_is_the_employers_alone(make):
    world = make()
    given = ("Ines Example", FIRST_DAY, {})
    with pytest.raises(NotAllowed):
        starts.confirm_assignment(world.provider, world.id, *given)
    other = Actor(Role.EMPLOYER, 1, world.employer.organisation_id + 1)
    with pytest.raises(NotFound):
        starts.confirm_assignment(other, world.id, *given)


def test_start_assignment_before_all_have_signed_names_who_is_missing(make):
    world = make(CHILD)
    confirm(world)
    agreements.sign_agreement(world.employer, world.id)
    world.set_day(FIRST_DAY)
    with pytest.raises(GuardRefused) as refusal:
        starts.start_assignment(world.employer, world.id)
    assert "young person, the provider, a parent or guardian" in str(refusal.value)
    sign_all(world)
    agreements.record_guardian_signature(world.provider, world.id, "paper form seen")
    starts.start_assignment(world.young_person, world.id)
    assert kept(world).state == "started"


def test_sign_agreement_twice_is_one_signature(make):
    world = make()
    confirm(world)
    sign_all(world)
    sign_all(world)
    parties = db.session.scalars(select(Signature.party)).all()
    assert sorted(parties) == ["employer", "provider", "young_person"]


def test_sign_agreement_before_it_is_confirmed_is_refused(make):
    world = make()
    with pytest.raises(GuardRefused, match="nothing to sign"):
        agreements.sign_agreement(world.young_person, world.id)


def test_start_assignment_before_the_first_day_is_refused(make):
    world = make()
    confirm(world)
    sign_all(world)
    with pytest.raises(GuardRefused, match="Monday 13 July 2026"):
        starts.start_assignment(world.employer, world.id)


def test_start_assignment_asks_on_the_first_middle_and_last_day(make):
    world = make()
    start(world)
    assert {kind: due_on for kind, (due_on, _) in questions().items()} == {
        "START": FIRST_DAY,
        "MID": date(2026, 7, 26),
        "END": LAST_DAY,
    }


def test_complete_assignment_opens_the_day_before_the_last(make):
    world = make()
    start(world)
    world.set_day(date(2026, 8, 7))
    with pytest.raises(GuardRefused, match="last day"):
        starts.complete_assignment(world.employer, world.id)
    world.set_day(date(2026, 8, 8))
    starts.complete_assignment(world.employer, world.id)
    assert kept(world).state == "completed"
    assert questions()["M6"] == (date(2027, 2, 9), "scheduled")
    assert db.session.get_one(Placement, world.placement_id).held == 1


@pytest.mark.parametrize(
    ("by_employer", "state"), [(True, "ended_by_employer"), (False, "left_early")]
)
def test_end_early_frees_the_place_and_asks_from_that_day(make, by_employer, state):
    world = make()
    start(world)
    world.set_day(date(2026, 7, 20))
    starts.end_early(world.provider, world.id, "Invented reason", by_employer=by_employer)
    assert (kept(world).state, kept(world).end_on) == (state, date(2026, 7, 20))
    assert db.session.get_one(Placement, world.placement_id).held == 0
    assert questions()["MID"][1] == questions()["END"][1] == "not_applicable"
    assert questions()["W4"] == (date(2026, 8, 17), "scheduled")


def test_record_no_show_on_the_first_day_frees_the_place(make):
    world = make()
    confirm(world)
    with pytest.raises(GuardRefused):
        starts.record_no_show(world.employer, world.id)
    world.set_day(FIRST_DAY)
    starts.record_no_show(world.employer, world.id)
    assert kept(world).state == "did_not_start"
    assert db.session.get_one(Placement, world.placement_id).held == 0


def test_who_never_started_is_asked_afterwards_from_the_first_day_on(make):
    world = make()
    confirm(world)
    world.set_day(FIRST_DAY)
    starts.record_no_show(world.employer, world.id)
    assert list(questions()) == ["W4", "M3", "M6", "M12"]
    assert questions()["W4"] == (date(2026, 8, 10), "scheduled")
