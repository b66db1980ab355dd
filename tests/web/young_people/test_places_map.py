"""Y3: the map of what is in reach, its table and its file say the same."""

import re

from placements.models.candidates import Application, Candidate


def test_map_table_and_file_show_the_same_places_in_bands(world, sana):
    sana.get("/me/places")
    assert "/me/places/map" in sana.page.links
    sana.get("/me/places/map")
    assert "8 places are in reach" in sana.html and "15 minutes or less: 8" in sana.text
    assert (
        sana.html.count('<td class="govuk-table__cell" data-label="Band">15 minutes or less') == 8
    )
    # Every place is at one site, so one mark says all, beside the one of the legend.
    assert len(re.findall('<circle class="map__mark"', sana.html)) == 2
    assert "Wolverhampton" in sana.text and sana.html.count("<polyline") > 10
    sana.get("/me/places/map.csv")
    assert len(sana.html.splitlines()) == 9 and "Workshop 0 (invented)" in sana.html


def test_beyond_the_limit_is_drawn_hollow_and_is_in_no_row(world, sana):
    owner = world.read(Application, world.other_application_id, "candidate_id")
    world.change(Candidate, owner, latitude=53.3)
    sana.get("/me/places/map?sort=nonsense")
    assert "No place is in reach; 8 more are too far" in sana.html
    assert "beyond the limit: 8" in sana.text and "<table" not in sana.html
    assert sana.html.count('class="map__hollow"') == 2


def test_the_map_never_holds_where_they_live(world, sana):
    sana.get("/me/places/map")
    assert "B1 1BA" not in sana.html and "52.4754" not in sana.html
