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
from placements.services import plan_figures, rounds, solving
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
def world(app, tmp_path, monkeypatch):
    clock_file = tmp_path / "clock"
    monkeypatch.setenv("CLOCK_FILE", str(clock_file))
    clock_file.write_text(DATES[0].isoformat())
    with app.app_context():
        world = make_world()
        round_id = rounds.create_round(world.operator, "Summer", DATES, 7)
        rounds.open_round(world.operator, round_id)
        rounds.lock_round(world.operator, round_id)
        solving.solve_round(world.operator, round_id)
        world.plan_id = db.session.scalar(select(Plan.id))
        yield world


def test_list_worth_puts_the_place_that_helps_most_first(world):
    first, *rest = plan_figures.list_worth(world.operator, world.plan_id)
    assert (first.reference, first.title) == (world.bakery, "Bakery helper at Invented Oven")
    assert (first.one_more_places, first.one_fewer_places) == (1, -1)
    kiosk = next(one for one in rest if one.reference == world.kiosk)
    assert (kiosk.one_more_places, kiosk.one_fewer_places) == (0, 0)


def test_count_later_starts_of_a_place_nobody_is_free_for_adds_nobody(world):
    found = plan_figures.count_later_starts(world.operator, world.plan_id, [world.club, "P-none"])
    assert found == {world.club: 0}


def test_describe_fairness_joins_groups_by_reference_and_hides_small_numbers(world):
    report = plan_figures.describe_fairness(world.operator, world.plan_id, ["serial"])
    assert report["chosen"]["everyone"]["placed"]["count"] == 7
    home = report["chosen"]["groups"]["home"]
    assert home.keys() == {"north", "south"}
    for group in home.values():
        assert group["people"] == 10
        assert group["placed"]["count"] is None
    assert report["others"][0]["policy"]["mechanism"] == "serial"


def test_figures_of_a_plan_are_the_authoritys_alone(world):
    for read in (plan_figures.list_worth, plan_figures.describe_fairness):
        with pytest.raises(NotFound):
            read(world.provider, world.plan_id)
        with pytest.raises(NotFound):
            read(world.operator, world.plan_id + 1)
