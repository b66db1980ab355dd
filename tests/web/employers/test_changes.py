"""E9: one section of a checked placement, changed on a page of its own."""

from datetime import date

from placements.models.placements import Placement

WINDOW = {"start_from": date(2026, 7, 6), "start_to": date(2026, 7, 20)}


def test_a_change_says_who_keeps_a_place_and_then_what_is_new(us, add_placement, add_person, read):
    placement_id = add_placement(**WINDOW)
    add_person(placement_id, person={"name": "Kim Invented"})
    path = f"/employer/placements/{placement_id}"
    assert f"{path}/change/when" in us.get(path).page.links
    us.get(f"{path}/change/when")
    assert "Kim Invented" in us.text and "checks this again" in us.text
    us.send("Save change", duration_weeks="7")
    assert us.here == path and "Changed, and sent to be checked again." in us.text
    assert "What you changed" in us.text and read(Placement, placement_id, "state") == "submitted"
    # While it is checked no section leads to a change.
    assert f"{path}/change/when" not in us.page.links


def test_places_need_no_check_and_a_foreign_or_unknown_section_is_not_there(
    us, them, add_placement, read
):
    placement_id = add_placement(**WINDOW)
    path = f"/employer/placements/{placement_id}/change/places"
    us.get(path)
    us.send("Save change", capacity_max="2")
    assert us.status == 422 and "The most is at least the likely number, 3." in us.text
    us.send("Save change", capacity_max="5")
    assert "Changed." in us.text and read(Placement, placement_id, "capacity_max") == 5
    assert them.get(path).status == 404
    assert us.get(path.replace("places", "nothing")).status == 404
