"""How groups did, and what one more place would do, for staff."""

import csv
import io
import re

import pytest

from placements.extensions import db
from placements.models.placements import Placement
from placements.services import plans


@pytest.fixture
def board(bring):
    return f"/authority/rounds/{bring('proposed')}"


@pytest.fixture
def plan(world, board):
    with world.app.app_context():
        own = plans.list_plans(world.operator, int(board.rsplit("/", 1)[1]))
    return f"{board}/plans/{own[0].plan_id}"


def test_fairness_says_it_passes_and_keeps_small_groups_back(operator, plan):
    operator.get(f"{plan}/fairness")
    assert operator.status == 200
    assert "No group is placed clearly less often than the gate allows" in operator.text
    assert "Everybody together: 60% placed" in operator.text
    assert "Too few to say (under 30)" in operator.text


def test_fairness_beside_another_mechanism_shows_both_rates(operator, plan):
    operator.get(f"{plan}/fairness")
    assert "There is no plan of another kind yet." in operator.text
    assert f'href="{plan.rsplit("/", 1)[0]}">Make one beside it' in operator.html
    operator.get(plan.rsplit("/", 1)[0]).send("Make this plan too", mechanism="nearest")
    link = re.search(
        r'href="([^"]+beside=\d+)#beside">Nearest place', operator.get(f"{plan}/fairness").html
    )
    operator.get(link[1])
    assert "Placed in this plan and by “Nearest place”" in operator.text
    assert operator.get(f"{plan}/fairness?beside=made-up").status == 200


def test_fairness_file_has_a_line_for_each_group(operator, plan):
    reply = operator.client.get(f"{plan}/fairness.csv")
    rows = list(csv.DictReader(io.StringIO(reply.get_data(as_text=True))))
    assert {row["question"] for row in rows} >= {"age", "home district"}


def test_one_more_place_names_the_placement_and_its_exact_worth(operator, plan):
    operator.get(f"{plan}/one-more-place")
    assert operator.status == 200
    assert "would place 1 person more" in operator.text
    assert "Ask this employer" in operator.text
    ask = next(link for link in operator.page.links if "more=" in link)
    reply = operator.client.get(f"{plan}/one-more-place.csv")
    row = next(csv.DictReader(io.StringIO(reply.get_data(as_text=True))))
    assert (row["one_more_places"], row["one_fewer_places"]) == ("1", "-1")
    operator.get(ask)
    assert "One more place at Workshop assistant (invented)" in operator.text
    assert "You said 3 are likely and 3 at most." in operator.text
    assert "What you could write" not in operator.get(ask.split("?")[0]).text
    assert row["people_reached"] == "5"


def test_figures_of_a_plan_of_another_round_are_not_found(world, operator, plan, bring):
    other, number = bring("open", "Other"), plan.rsplit("/", 1)[1]
    for name in ("fairness", "fairness.csv", "one-more-place", "one-more-place.csv"):
        assert operator.get(f"/authority/rounds/{other}/plans/{number}/{name}").status == 404


def test_a_pin_is_added_and_taken_off_and_read_by_the_approver(world, operator, approver, board):
    with world.app.app_context():
        place = db.session.get_one(Placement, world.placement_id).reference
    pair = {"person": world.references[0], "place": place}
    operator.get(f"{board}/pins").send("Add and re-run", **pair, way="must_not", reason="access")
    assert "As many people are placed as before." in operator.text
    approver.get(f"{board}/approve")
    assert f"{world.references[0]} must not go to {place}" in approver.text
    assert "What they need to take part" in approver.text
    approver.get(f"{board}/pins")
    assert ">Take off<" not in approver.html
    operator.get(f"{board}/pins").send("Take off")
    assert "No pair is pinned." in operator.text


def test_a_pin_of_somebody_not_sealed_is_refused_at_its_field(operator, board):
    operator.get(f"{board}/pins")
    operator.send("Add and re-run", person="A-X", place="P-X", way="must", reason="safety")
    assert operator.status == 422
    assert "A-X is not in the sealed records" in operator.text
