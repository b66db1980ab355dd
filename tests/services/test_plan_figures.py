"""What places are worth and how groups did: exact, for the authority alone."""

from datetime import UTC, datetime
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

from placements.domain.errors import NotFound
from placements.domain.permissions import Actor
from placements.domain.vocabulary import Role
from placements.extensions import db
from placements.models.candidates import EqualityAnswer
from placements.models.rounds import Plan
from placements.services import plan_figures, plans, rounds, solving
from placements.services.transactions import act

DATES = tuple(datetime(2026, 6, day, 9, tzinfo=UTC) for day in (2, 9, 16))
EVENING = [[weekday, 1080, 1320] for weekday in range(5)]


@act
def make_world():
    """Twenty invented people, a bakery for seven, a kiosk for one, and an evening club for one."""
    region = make_region()
    site, provider = make_site(make_employer(region, name="Invented Oven")), make_provider(region)
    bakery = make_placement(site, 7, title="Bakery helper")
    kiosk = make_placement(site, 1, title="Kiosk helper", needs=["first_aid"])
    club = make_placement(site, 1, title="Club helper", shifts=EVENING)
    people = [make_candidate() for _ in range(20)]
    for at, one in enumerate(people):
        make_application(one, provider, choices=[bakery.reference])
        answer = "north" if at < 10 else "south"
        db.session.add(EqualityAnswer(candidate_id=one.id, question="home", answer=answer))
    ids = [make_account().id for _ in range(2)]
    return SimpleNamespace(
        operator=Actor(Role.OPERATOR, ids[0], region_id=region.id),
        provider=Actor(Role.PROVIDER, ids[1], provider.id),
        bakery=bakery.reference,
        kiosk=kiosk.reference,
        club=club.reference,
    )


@pytest.fixture
def world(app, clock_file):
    clock_file.write_text(DATES[0].isoformat())
    with app.app_context():
        world = make_world()
        round_id = rounds.create_round(world.operator, "Summer", DATES, 7)
        rounds.open_round(world.operator, round_id)
        rounds.lock_round(world.operator, round_id)
        solving.solve_round(world.operator, round_id)
        world.round_id = round_id
        world.plan_id = db.session.scalar(select(Plan.id))
        yield world


def test_list_worth_puts_the_place_that_helps_most_first(world):
    first, *rest = plan_figures.list_worth(world.operator, world.plan_id)
    assert (first.reference, first.title) == (world.bakery, "Bakery helper at Invented Oven")
    assert (first.one_more_places, first.one_fewer_places) == (1, -1)
    kiosk = next(one for one in rest if one.reference == world.kiosk)
    assert (kiosk.one_more_places, kiosk.one_fewer_places) == (0, 0)


def test_a_later_start_of_a_place_nobody_is_free_for_adds_nobody(world):
    found = plan_figures.list_later_starts(world.operator, world.plan_id)
    assert [reference for reference, _ in found][-1] == world.club
    assert dict(found)[world.club] == 0


def test_describe_groups_joins_groups_by_reference_and_hides_small_numbers(world):
    report = plan_figures.describe_groups(world.operator, world.plan_id)
    assert report["everyone"]["placed"]["count"] == 7
    home = report["groups"]["home"]
    assert home.keys() == {"north", "south"}
    for group in home.values():
        assert group["people"] == 10
        assert group["placed"]["count"] is None


def test_figures_are_kept_with_the_plan_and_the_same_when_an_older_plan_has_none(world):
    reads = (plan_figures.list_worth, plan_figures.list_later_starts)
    reads += (plan_figures.describe_groups, plan_figures.judge_plan)
    kept = [read(world.operator, world.plan_id) for read in reads]
    (summary,) = plans.list_plans(world.operator, world.round_id)
    forget_figures(world.plan_id)
    assert [read(world.operator, world.plan_id) for read in reads] == kept
    assert plans.list_plans(world.operator, world.round_id) == [summary]


def test_who_approves_is_held_to_figures_that_are_worked_out_anew(world):
    change_figures(world.plan_id)
    assert plan_figures.judge_plan(world.operator, world.plan_id).everyone == 0.9
    assert plan_figures.judge_plan(world.operator, world.plan_id, anew=True).everyone == 0.35


@act
def forget_figures(plan_id):
    db.session.get_one(Plan, plan_id).figures = None


@act
def change_figures(plan_id):
    plan = db.session.get_one(Plan, plan_id)
    everyone = {"placed": {"share": 0.9}}
    plan.figures = {**plan.figures, "everyone": everyone}


def test_figures_of_a_plan_are_the_authoritys_alone(world):
    for read in (plan_figures.list_worth, plan_figures.describe_groups):
        with pytest.raises(NotFound):
            read(world.provider, world.plan_id)
        with pytest.raises(NotFound):
            read(world.operator, world.plan_id + 1)
