"""The days after release: answers, what ends today, freed places, the end."""

import csv
import io
from datetime import UTC, datetime

import pytest

from placements.domain.permissions import Actor
from placements.domain.vocabulary import Role
from placements.extensions import db
from placements.models.placements import Placement
from placements.services import assignments
from placements.services.transactions import act

LAST_DAY = datetime(2026, 6, 23, 9, tzinfo=UTC)


@pytest.fixture
def settling(world, bring, visit):
    round_id = bring("settling")
    return visit(world.operator_id).get(f"/authority/rounds/{round_id}/settling")


def say(world, number, answer):
    with world.app.app_context():
        offer = assignments.list_assignments(world.operator, ("offered",))[number]
        getattr(assignments, answer)(
            Actor(Role.YOUNG_PERSON, candidate_id=offer.candidate_id), offer.id
        )


def test_nothing_free_means_no_button(settling):
    assert "0 said yes, 0 said no or did not answer, 3 are open" in settling.text
    assert "No place is free." in settling.text
    assert "Offer freed places" not in settling.text


def test_a_freed_place_can_be_offered_early_and_everyone_keeps_theirs(world, settling):
    say(world, 0, "decline_offer")
    settling.get(settling.here)
    assert "1 place is free and 2 people are in line." in settling.text
    assert "The schedule offers them by itself: Tuesday 16 June 2026, 11am." in settling.text
    settling.send("Offer freed places")
    assert "1 place was offered." in settling.text
    assert "Offers so far 4" in settling.text
    assert "Waiting for an answer 3" in settling.text


def test_offer_freed_places_pressed_twice_offers_once(world, settling):
    say(world, 0, "decline_offer")
    settling.get(settling.here)
    form = next(f for f in settling.page.forms if f.buttons[0][2] == "Offer freed places")
    for _ in range(2):
        assert settling.client.post(form.action, data=form.fields).status_code == 303
    assert "Offers so far 4" in settling.get(settling.here).text


def test_what_ends_today_is_listed_by_reference(world, settling, visit):
    here = settling.here
    assert "No offer ends today." in settling.text
    world.clock_at(LAST_DAY)
    text = visit(world.operator_id).get(here).text
    assert "Last day to answer is today: 3" in text
    assert "Invented Person" not in text


def test_the_picture_is_followed_by_the_same_numbers(world, settling):
    say(world, 0, "accept_offer")
    settling.get(settling.here)
    assert 'aria-label="1 said yes, 0 said no or did not answer, 2 are open"' in settling.html
    assert settling.html.count("<polyline") == 3
    assert "Each hour with a change" in settling.text
    rows = settling.get(f"{settling.here}.csv").html.splitlines()
    assert rows[0].endswith("open,yes,no,no_answer") and rows[-1].split(",")[1:] == list("2100")


def test_an_approver_reads_and_presses_nothing(world, settling, visit):
    say(world, 0, "decline_offer")
    approver = visit(world.approver_id).get(settling.here)
    assert [b[2] for f in approver.page.forms for b in f.buttons] == ["Sign out"]


def test_before_release_there_is_nothing_to_show(operator, bring):
    text = operator.get(f"/authority/rounds/{bring('approved')}/settling").text
    assert "No offer is out yet. Results go out Tuesday 16 June 2026, 10am." in text


def test_funnel_counts_links_and_files_agree(world, settling):
    settling.get("/authority/funnel")
    assert "Matched people 3" in settling.text
    assert "The numbers differ." not in settling.text
    settling.get("/authority/funnel/matched")
    assert sum(reference in settling.text for reference in world.references) == 3
    assert "Invented Person" not in settling.text
    text = settling.client.get("/authority/funnel.csv").get_data(as_text=True)
    rows = {row["stage"]: row for row in csv.DictReader(io.StringIO(text))}
    assert (rows["matched"]["n"], rows["published"]["n"]) == ("3", "3")


def test_funnel_of_a_part_says_so_and_can_be_undone(world, settling):
    settling.get("/authority/funnel?sector=retail")
    assert "Matched people 0" in settling.text
    assert "remove" in settling.text
    assert "/authority/funnel" in settling.page.links
    settling.get(f"/authority/funnel?provider={world.provider_id}&district=Birmingham")
    assert "Matched people 3" in settling.text


@pytest.mark.parametrize("query", ["round=x", "round=99", "provider=1.5", "round=-1"])
def test_funnel_of_an_unknown_round_is_not_found(settling, query):
    assert settling.get(f"/authority/funnel?{query}").status == 404


def test_funnel_of_an_unknown_step_is_not_found(settling):
    assert settling.get("/authority/funnel/matching").status == 404


def test_I39_numbers_that_differ_raise_the_banner(world, settling):
    @act
    def miscount():
        db.session.get_one(Placement, world.placement_id).held = 2

    with world.app.app_context():
        miscount()
    assert "The numbers differ." in settling.get("/authority/funnel").text
