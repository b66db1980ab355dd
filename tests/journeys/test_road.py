"""From a placement described to a destination counted, by pages alone."""

import pytest
from journeys import road


@pytest.fixture
def started(service):
    service.set_clock(road.BEGIN)
    service.run("seed", "--people", "12", "--placements", "4")
    service.start()
    return service


def test_placement_goes_from_its_first_words_to_a_destination_by_pages_alone(started, person):
    people = [
        person(email) for email in (road.PRIYA, road.DAWN, road.MARCUS, road.TOMASZ, road.AMARA)
    ]
    priya, dawn, marcus, tomasz, amara = people
    road.describe_a_placement(priya.sign_in())
    road.approve_the_placement(dawn.sign_in())
    road.register_a_person(marcus.sign_in())
    board = road.plan_the_round(dawn)
    started.move_to(road.OPENS)
    road.make_the_plan(dawn.sign_in(), board)
    road.approve_the_plan(tomasz.sign_in(), board)
    started.move_to(road.RELEASE)
    road.say_yes(amara)
    road.confirm(priya.sign_in())
    road.sign_for_herself(amara)
    road.sign_for_the_provider(marcus.sign_in())
    started.move_to(road.at(road.FIRST_DAY))
    road.first_day(priya.sign_in())
    started.move_to(road.at(road.LAST_DAY))
    road.last_day(priya.sign_in())
    started.move_to(road.at(road.FOUR_WEEKS_ON, 12))
    road.tell_how_it_goes(amara)
    words = road.read_the_funnel(dawn.sign_in())
    for stage in ("matched", "accepted", "started", "completed", "destination"):
        assert stage in words.lower()
    pages = sum(len(set(person.pages)) for person in people)
    print(f"{pages} pages, {sum(person.presses for person in people)} presses")
