"""Places, the list of choices in order without script, wishes, and sending."""

import pytest

from placements.models.candidates import Application, Candidate
from placements.models.placements import Placement


@pytest.fixture
def free(world, sana):
    """Somebody with an empty list and no offer."""
    return sana


def choices(world):
    return world.read(Application, world.other_application_id, "choices")


def put(world, *numbers):
    chosen = [world.references[n] for n in numbers]
    world.change(Application, world.other_application_id, choices=chosen)


def test_places_lists_what_they_can_reach_with_minutes_and_hours(world, free):
    free.get("/me/places")
    assert free.title.startswith("8 places you can reach")
    for words in ("Workshop 0 (invented), Invented Lockside", "Monday to Friday, 9am to 4pm"):
        assert words in free.text
    assert "minutes there" in free.text


def test_places_without_any_in_reach_says_what_would_open_places(world, free):
    world.change(Application, world.other_application_id, availability=[[0, 510, 960]])
    free.get("/me/places")
    assert free.title.startswith("No place you can reach yet")
    assert "It is not because of you" in free.text


def test_place_can_be_added_once_even_when_pressed_twice(world, free):
    free.get(f"/me/places/{world.placement_ids[3]}")
    page = free.page
    free.send("Add to my list")
    assert (free.here, choices(world)) == ("/me/choices", [world.references[3]])
    free.page, free.here = page, f"/me/places/{world.placement_ids[3]}"
    free.send("Add to my list", form_key="another")
    assert choices(world) == [world.references[3]]


def test_seventh_place_is_refused_in_words_and_the_list_stands(world, free):
    put(world, 0, 1, 2, 3, 4, 5)
    free.get(f"/me/places/{world.placement_ids[6]}").send("Add to my list")
    assert "You have 6 on your list. Take one off first" in free.text
    assert choices(world) == world.references[:6]


@pytest.mark.parametrize(
    ("number", "button", "after"),
    [
        (1, "Move up", [1, 0, 2]),
        (1, "Move down", [0, 2, 1]),
        (0, "Move down", [1, 0, 2]),
        (2, "Take off", [0, 1]),
    ],
)
def test_choices_move_by_buttons_without_script(world, free, number, button, after):
    put(world, 0, 1, 2)
    free.get("/me/choices")
    way = {"Move up": "up", "Move down": "down", "Take off": "drop"}[button]
    target = f"/me/places/{world.placement_ids[number]}/{way}"
    free.page.forms = [form for form in free.page.forms if form.action == target]
    free.send(button)
    assert (free.here, choices(world)) == ("/me/choices", [world.references[n] for n in after])


def test_list_says_what_has_closed_and_what_is_full_and_drops_the_closed_on_a_change(world, free):
    put(world, 0, 1)

    def close():
        from web.young_people.conftest import NOW

        from placements.domain.permissions import SYSTEM
        from placements.domain.vocabulary import Kind
        from placements.extensions import db
        from placements.services import transitions

        placement = db.session.get_one(Placement, world.placement_ids[0])
        transitions.move(placement, Kind.PLACEMENT, "close", SYSTEM, NOW)

    world.do(close)
    free.get("/me/choices")
    assert "This place has closed. It no longer counts" in free.text
    assert free.get(f"/me/places/{world.placement_ids[0]}").status == 404
    free.get(f"/me/places/{world.placement_ids[2]}").send("Add to my list")
    assert choices(world) == [world.references[1], world.references[2]]


def test_never_takes_a_place_off_the_list_and_can_be_taken_back(world, free):
    put(world, 0, 1)
    free.get(f"/me/places/{world.placement_ids[5]}").send("Never offer me this")
    assert "Never these" in free.text
    never = world.read(Application, world.other_application_id, "never")
    assert never["placements"] == [world.references[5]]
    free.get(f"/me/places/{world.placement_ids[5]}")
    assert "You said never to this place" in free.text
    free.send("Take that back")
    never = world.read(Application, world.other_application_id, "never")
    assert (never["placements"], choices(world)) == ([], world.references[:2])


def test_wishes_are_kept_and_checked_and_sent(world, free):
    help_me = "Large print, please"
    free.get("/me/choices").send(
        "Check and send", sectors=["retail"], never_sectors=["health"], access_needs=help_me
    )
    assert free.here == "/me/check"
    for words in ("None. That is fine", "Shops and customer service", "Health", help_me):
        assert words in free.text
    free.send("Send")
    assert (free.status, free.here) == (200, "/me/sent")
    entry = world.read(Application, world.other_application_id, "sectors", "never", "candidate_id")
    assert (entry[0], entry[1]["sectors"]) == (["retail"], ["health"])
    assert world.read(Candidate, entry[2], "access_needs") == help_me


def test_wishes_that_contradict_are_422_and_keep_what_was_typed(world, free):
    free.get("/me/choices").send(
        "Check and send", sectors=["retail"], never_sectors=["retail"], access_needs="A quiet room"
    )
    assert free.status == 422
    assert free.title.startswith("Error:")
    assert "cannot be both liked and never" in free.text
    assert "A quiet room" in free.text
    assert world.read(Application, world.other_application_id, "sectors") == []


def test_honest_ranking_is_promised_only_where_it_is_proven(world, free):
    from datetime import timedelta

    from web.young_people.conftest import NOW

    from placements.domain.permissions import Actor
    from placements.domain.vocabulary import Role
    from placements.services import rounds

    safe = "Ranking honestly cannot hurt you"
    assert safe not in free.get("/me/choices").text
    staff = Actor(Role.OPERATOR, region_id=world.region_id)
    for n, mechanism in enumerate(("optimal", "nearest", "serial", "stable")):
        with world.app.app_context():
            for earlier in rounds.list_rounds(staff):
                if earlier.state == "open":
                    rounds.cancel_round(staff, earlier.id, "Invented")
            dates = (NOW - timedelta(hours=1), NOW + timedelta(days=7), NOW + timedelta(days=14))
            policy = {"mechanism": mechanism}
            round_id = rounds.create_round(staff, f"Round {n}", dates, 7, policy)
            rounds.open_round(staff, round_id)
        free.get("/me/choices")
        assert (safe in free.text) == (mechanism in ("serial", "stable")), mechanism
        assert "You can change these until Monday 8 June 2026, 10am" in free.text


def test_I36_unknown_and_foreign_places_read_the_same(world, free):
    pages = []
    with world.app.app_context():
        foreign = world.do(_make_foreign_placement)
    for placement_id in (foreign, 987654):
        free.get(f"/me/places/{placement_id}")
        pages.append((free.status, free.text.split("give this number")[0]))
    assert pages[0] == pages[1]
    assert pages[0][0] == 404
    assert free.get("/me/places?page=99").status == 404


def _make_foreign_placement():
    from factories.records import make_employer, make_placement, make_region, make_site

    return make_placement(make_site(make_employer(make_region())), 1).id
