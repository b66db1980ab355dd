"""What a person can reach, what would open more, and that each sentence is true."""

import re
from datetime import UTC, date, datetime

import pytest
from factories.records import (
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

from placements.domain.openers import list_changes
from placements.extensions import db
from placements.models.candidates import Application
from placements.models.employers import Site
from placements.models.placements import Placement
from placements.services import reach
from placements.services.snapshots import describe_person, describe_place
from placements.services.transactions import act

NOW = datetime(2026, 6, 1, 9, tzinfo=UTC)
FAR = {"latitude": 52.58, "longitude": -1.75}
EARLY = [[weekday, 450, 900] for weekday in range(5)]


@pytest.fixture
def world(app, clock_file):
    clock_file.write_text(NOW.isoformat())
    with app.app_context():
        yield make_world()


@act
def make_world():
    """A person in the middle; near, early, far and needing places; a stranger's region."""
    region, other = make_region(), make_region()
    employer = make_employer(region)
    near, far = make_site(employer), make_site(employer, **FAR)
    make_placement(near, 2, title="Near")
    make_placement(near, 3, title="Early", shifts=EARLY)
    make_placement(far, 5, title="Far")
    make_placement(near, 4, title="Van", needs=["driving_licence"])
    make_placement(near, 1, title="Grown", min_age=21)
    make_placement(make_site(make_employer(other)), 5, title="Elsewhere")
    provider = make_provider(region)
    return make_application(make_candidate(), provider).id


def person(application_id):
    return db.session.scalar(select(Application).where(Application.id == application_id))


def change(application_id, **facts):
    @act
    def keep():
        application = db.session.get_one(Application, application_id)
        for name, value in facts.items():
            setattr(application, name, value)

    keep()


def titles(found, obstacle=None):
    return [one.placement.title for one in found if one.obstacle == obstacle]


def seats(application):
    found = reach.list_reach(application)
    return sum(one.placement.capacity for one in found if one.obstacle is None)


def test_list_reach_names_the_rule_that_refuses_and_lists_nearest_first(world):
    found = reach.list_reach(person(world))
    assert {one.placement.title: one.obstacle for one in found} == {
        "Near": None,
        "Early": "hours",
        "Far": "travel_too_long",
        "Van": "needs",
        "Grown": "age",
    }
    assert titles(found) == [found[0].placement.title]
    assert found[0].words.startswith("The journey takes about")
    assert found[0].words.endswith("(an estimate).")
    assert (found[0].mode, found[0].is_estimate) == ("walk", True)


def test_list_reach_puts_the_shorter_journey_first_then_the_title(world):
    change(world, max_minutes=180, needs_met=["driving_licence"])
    found = reach.list_reach(person(world))
    longer = [one.longer_minutes for one in found if one.obstacle is None]
    assert titles(found) == ["Near", "Van", "Far"]
    assert longer == sorted(longer)


def test_list_reach_leaves_out_full_paused_and_other_regions(world):
    @act
    def fill():
        placement = db.session.scalar(select(Placement).where(Placement.title == "Far"))
        provider = person(world).provider
        placement.capacity_min = placement.capacity_likely = placement.capacity = 1
        make_assignment(make_application(make_candidate(), provider), placement)

    fill()
    named = {one.placement.title for one in reach.list_reach(person(world))}
    assert named == {"Near", "Early", "Van", "Grown"}


def test_list_reach_without_a_home_says_so_of_every_place(world):
    @act
    def lose_home():
        candidate = person(world).candidate
        candidate.latitude = candidate.longitude = None

    lose_home()
    found = reach.list_reach(person(world))
    assert not titles(found)
    near = next(one for one in found if one.placement.title == "Near")
    assert (near.obstacle, near.minutes_there, near.mode) == ("travel_unknown", None, None)


def test_list_reach_counts_from_today_not_from_a_day_gone_by(world):
    change(world, start_from=date(2026, 1, 5), start_to=date(2026, 5, 29))
    found = reach.list_reach(person(world))
    assert "Near" in titles(found, "dates")


def test_list_openers_says_at_most_three_the_most_first(world):
    said = reach.list_openers(person(world))
    gains = [int(re.search(r"(\d+) more place", words)[1]) for words in said]
    assert "If you had a driving licence, 4 more places open." in said
    assert gains[0] == 5
    assert gains == sorted(gains, reverse=True)
    assert len(said) == 3


EVERY_WAY = {"modes": ["walk", "cycle", "bus", "train", "car"], "max_minutes": 180}


@pytest.mark.parametrize(
    ("given", "words", "facts"),
    [
        ({}, "If you had a driving licence", {"needs_met": ["driving_licence"]}),
        ({}, "If you could also go by car", {"modes": ["walk", "bus", "car"]}),
        (
            EVERY_WAY,
            "If you could start half an hour earlier",
            {"availability": [[weekday, 450, 1080] for weekday in range(5)]},
        ),
        (
            {**EVERY_WAY, "availability": [[weekday, 450, 930] for weekday in range(5)]},
            "If you could finish half an hour later",
            {"availability": [[weekday, 450, 960] for weekday in range(5)]},
        ),
    ],
)
def test_list_openers_each_sentence_holds_when_the_fact_is_so(world, given, words, facts):
    change(world, **given)
    said = next(one for one in reach.list_openers(person(world)) if one.startswith(words))
    before = seats(person(world))
    change(world, **facts)
    assert seats(person(world)) - before == int(re.search(r"(\d+) more", said)[1])


def test_list_openers_start_half_an_hour_later_moves_the_shifts(world):
    @act
    def only_early():
        for placement in db.session.scalars(select(Placement).where(Placement.title != "Early")):
            placement.min_age = 25

    only_early()
    later = "If you could start half an hour later, 3 more places open."
    assert later in reach.list_openers(person(world))
    assert seats(person(world)) == 0

    @act
    def start_later():
        early = db.session.scalar(select(Placement).where(Placement.title == "Early"))
        early.shifts = [[day, start + 30, end] for day, start, end in early.shifts]

    start_later()
    assert seats(person(world)) == 3


def test_list_openers_when_fifteen_minutes_more_open_a_place(world):
    far = next(one for one in reach.list_reach(person(world)) if one.placement.title == "Far")
    limit = far.longer_minutes - 15
    change(world, max_minutes=limit)
    words = f"If you could travel for {limit + 15} minutes each way, 5 more places open."
    assert words in reach.list_openers(person(world))
    change(world, max_minutes=limit - 1)
    assert not [w for w in reach.list_openers(person(world)) if "minutes each way" in w]


def test_list_openers_promise_nothing_that_is_open_already(world):
    change(world, max_minutes=180, needs_met=["driving_licence"], modes=["car"])
    change(world, availability=[[weekday, 0, 1440] for weekday in range(7)])
    assert reach.list_openers(person(world)) == []


def test_list_changes_alter_one_fact_each(world):
    facts = describe_person(person(world))
    places = [describe_place(p) for p in db.session.scalars(select(Placement)).all()]
    for supposed in list_changes(facts, places):
        changed = [name for name, value in facts.items() if supposed.person[name] != value]
        assert len(changed) == (0 if supposed.starts_later else 1)


def test_count_reaching_counts_ready_people_without_a_place(world):
    near = db.session.scalar(select(Placement).where(Placement.title == "Near"))
    assert reach.count_reaching(near) == 1

    @act
    def add_people():
        provider = person(world).provider
        make_application(make_candidate(), provider)
        make_application(make_candidate(**FAR), provider, modes=["walk"])
        make_assignment(make_application(make_candidate(), provider), near)

    add_people()
    assert reach.count_reaching(near) == 2
    van = db.session.scalar(select(Placement).where(Placement.title == "Van"))
    assert reach.count_reaching(van) == 0


def test_count_reaching_without_a_site_is_none(world):
    @act
    def move_away():
        site = db.session.scalar(select(Site).where(Site.latitude == FAR["latitude"]))
        site.latitude = 57.0

    move_away()
    far = db.session.scalar(select(Placement).where(Placement.title == "Far"))
    assert reach.count_reaching(far) == 0
