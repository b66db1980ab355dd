"""The five golden journeys cost what the page map promises, and no more.

`make journeys` drives them at a phone's and a desk's width, with and without scripts, and two by
keyboard alone; here one way of it. What each cost is printed.
"""

import os

import pytest
from journeys import golden, road
from journeys.by_keyboard import KeyboardPerson
from journeys.person import PHONE, Person

DESK = {"width": 1280, "height": 800}
WAYS = {
    "phone, no scripts": (PHONE, False),
    "phone, scripts": (PHONE, True),
    "desk, no scripts": (DESK, False),
    "desk, scripts": (DESK, True),
}
DRIVES_ALL = os.environ.get("JOURNEYS") == "all"
DRIVEN = WAYS if DRIVES_ALL else ["phone, no scripts"]


@pytest.fixture
def started(service):
    service.set_clock(road.BEGIN)
    service.run("seed", "--people", "12", "--placements", "4")
    service.start()
    return service


@pytest.mark.skipif("TEST_POSTGRESQL_URL" in os.environ, reason="the road is driven there")
@pytest.mark.parametrize("way", DRIVEN)
def test_golden_journeys_cost_what_the_page_map_promises(started, person, tmp_path, way):
    viewport, scripts = WAYS[way]

    def sit_down(email, kind=Person):
        return person(email, scripts, viewport, kind)

    # An answer is given by keyboard alone, and where all are driven also the first placement.
    zara = sit_down(golden.NEW_EMPLOYER, KeyboardPerson if DRIVES_ALL else Person)
    dawn, marcus, tomasz = (sit_down(one) for one in (road.DAWN, road.MARCUS, road.TOMASZ))
    costs = [golden.employer_sends_the_first_placement(zara)]
    golden.authority_verifies(dawn.sign_in())
    golden.authority_approves(dawn)
    costs.append(golden.provider_imports_a_file(marcus.sign_in(), tmp_path))
    board = road.plan_the_round(dawn)
    started.move_to(road.OPENS)
    costs.append(golden.staff_bring_a_round_out(dawn.sign_in(), tomasz.sign_in(), board))
    started.move_to(road.RELEASE)
    offered = started.addresses_told("You have an offer")
    jay = sit_down(offered[0], KeyboardPerson)
    costs.append(golden.young_person_says_yes(jay.be_slow() if DRIVES_ALL else jay, offered[0]))
    costs.append(golden.young_person_says_no(sit_down(offered[1]), offered[1]))
    costs.append(golden.employer_copies_it(zara.sign_in()))
    golden.authority_approves(dawn.sign_in())
    costs.append(golden.employer_cancels_and_another_place_is_found(zara, dawn))
    for cost in costs:
        print(f"{way}: {cost}")
    assert golden.find_dear(costs) == []
