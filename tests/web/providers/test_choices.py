"""R8: what is in reach, ranked by buttons that need no script."""

import pytest

from placements.extensions import db
from placements.models.candidates import Application
from placements.models.placements import Placement


@pytest.fixture
def person(add_person):
    return add_person()


@pytest.fixture
def places(add_placement):
    return [add_placement(title=f"Place {n} (invented)") for n in range(3)]


@pytest.fixture
def open_page(us, person, places):
    return us.get(f"/provider/people/{person}/choices")


def press(us, way, placement_id):
    """Press the button of this row: the form that goes to this address."""
    form = next(
        f for f in us.page.forms if f.action.split("?")[0].endswith(f"/{placement_id}/{way}")
    )
    return us._keep(us.client.post(form.action, data=form.fields, follow_redirects=True))


def ranked(app, person):
    with app.app_context():
        chosen = db.session.get_one(Application, person).choices
        found = {p.reference: p.id for p in db.session.query(Placement)}
        return [found[one] for one in chosen]


def test_the_running_line_and_the_journeys_are_shown(open_page):
    assert "They can reach 3 placements with 9 free places." in open_page.text
    assert "minutes there," in open_page.text
    assert "(estimate)" in open_page.text
    assert "Nobody yet" in open_page.text


def test_each_press_is_kept_and_moves_one_step(open_page, app, person, places):
    us, (one, two, three) = open_page, places
    for placement_id in (one, two, three):
        press(us, "add", placement_id)
    press(us, "up", three)
    assert ranked(app, person) == [one, three, two]
    press(us, "down", one)
    assert ranked(app, person) == [three, one, two]
    press(us, "drop", one)
    assert ranked(app, person) == [three, two]


def test_no_button_leads_past_an_end(open_page, places):
    press(open_page, "add", places[0])
    ways = [form.action.rsplit("/", 1)[-1] for form in open_page.page.forms]
    assert "up" not in ways
    assert "down" not in ways


def test_pressed_twice_is_one_step(open_page, app, person, places):
    for placement_id in places:
        press(open_page, "add", placement_id)
    page = open_page.page
    press(open_page, "up", places[2])
    open_page.page = page
    press(open_page, "up", places[2])
    assert ranked(app, person) == [places[0], places[2], places[1]]


def test_a_seventh_choice_is_refused_in_words(us, app, person, add_placement):
    many = [add_placement() for _ in range(7)]
    us.get(f"/provider/people/{person}/choices")
    for placement_id in many:
        press(us, "add", placement_id)
    assert "Nothing changed" in us.text
    assert len(ranked(app, person)) == 6


def test_likes_and_never_are_kept_and_cannot_be_both(open_page, read, person):
    open_page.send("Save choices", sectors=["engineering"], never_sectors=["retail"])
    assert read(Application, person, "sectors") == ["engineering"]
    assert read(Application, person, "never")["sectors"] == ["retail"]
    open_page.send("Save choices", sectors=["retail"], never_sectors=["retail"])
    assert open_page.status == 422
    assert read(Application, person, "sectors") == ["engineering"]


def test_a_place_never_to_offer_leaves_the_reach_and_can_come_back(open_page, places):
    press(open_page, "never", places[0])
    assert "Places never to offer" in open_page.text
    assert "They can reach 2 placements" in open_page.text
    press(open_page, "not_never", places[0])
    assert "They can reach 3 placements" in open_page.text


def test_with_nothing_in_reach_the_page_says_what_would_open_most(us, add_person, places):
    late = add_person(availability=[[day, 570, 1080] for day in range(5)])
    us.get(f"/provider/people/{late}/choices")
    assert "They can reach 0 placements" in us.text
    assert "What would open most" in us.text
    assert "9 more places open" in us.text


def test_a_closed_entry_shows_no_buttons(us, person, places):
    us.get(f"/provider/people/{person}/because/withdraw").send(
        "Record", how="phone", reason="Moved"
    )
    us.get(f"/provider/people/{person}/choices")
    assert "Save choices" not in us.text


def test_I36_choices_of_somebody_elses_person_are_not_there(us, them, person, places, app):
    us.get(f"/provider/people/{person}/choices")
    them.get("/provider/people")
    url = f"/provider/people/{person}/choices/{places[0]}/add"
    token = them.page.forms[-1].fields["csrf_token"]
    assert them.client.post(url, data={"csrf_token": token}).status_code == 404
    assert ranked(app, person) == []


def test_the_map_is_of_own_people_alone(us, them, person, places):
    path = f"/provider/people/{person}/choices/map"
    assert path in us.get(f"/provider/people/{person}/choices").page.links
    us.get(path)
    assert "3 places are in reach" in us.html and "Place 0 (invented)" in us.text
    assert them.get(path).status == them.get(f"{path}.csv").status == 404
    assert len(us.get(f"{path}.csv").html.splitlines()) == 4
