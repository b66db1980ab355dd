"""A region is its folder: two real folders are read, and broken ones are refused by name."""

import shutil
from collections import Counter
from pathlib import Path

import pytest

from placements.domain.postcodes import Gazetteer, outward_code
from placements.domain.region import load_region

ROOT = Path(__file__).parents[2]
WEST_MIDLANDS = ROOT / "config/regions/west_midlands"
SALTMERE = ROOT / "tests/data/regions/saltmere"


def test_load_region_west_midlands_has_the_seven_districts():
    region = load_region(WEST_MIDLANDS)
    assert set(region.districts) == set(region.district_codes.values())
    assert len(region.districts) == 7
    assert region.answer_days == (5, 3, 2)
    assert (region.min_age, region.max_age, region.max_age_with_ehcp) == (16, 24, 25)


def test_load_region_west_midlands_every_postcode_has_a_district_or_travel_area():
    region = load_region(WEST_MIDLANDS)
    gazetteer = Gazetteer.load(region.postcodes_path, region.sectors_path, region.district_of)
    homeless = Counter(
        outward_code(code)
        for code, _, _ in gazetteer
        if not region.district_of(code) and not region.travel_area_of(code)
    )
    assert len(gazetteer) == 92_313
    assert not homeless


@pytest.mark.parametrize(
    ("postcode", "district"),
    [
        ("B1 1BB", "Birmingham"),  # city centre
        ("CV1 5RR", "Coventry"),  # council house
        ("DY1 1HF", "Dudley"),
        ("B69 3DE", "Sandwell"),  # Oldbury
        ("DY4 8AA", "Sandwell"),  # Tipton
        ("B91 3QB", "Solihull"),
        ("CV7 7HS", "Solihull"),  # Meriden, though CV7 is mostly outside
        ("WS1 1TP", "Walsall"),
        ("WS10 8AA", "Walsall"),  # Darlaston
        ("WS10 0AA", "Sandwell"),  # Wednesbury
        ("WV1 1SH", "Wolverhampton"),
    ],
)
def test_district_of_known_places_is_their_council(postcode, district):
    assert load_region(WEST_MIDLANDS).district_of(postcode) == district


def test_travel_area_of_a_neighbour_is_named_and_far_away_is_none():
    region = load_region(WEST_MIDLANDS)
    assert region.district_of("WS11 1AA") is None
    assert region.travel_area_of("WS11 1AA") == "Cannock Chase"
    assert region.travel_area_of("SW1A 1AA") is None
    assert region.travel_area_of("B1 1BB") is None


def test_load_region_another_folder_brings_its_own_rules():
    region = load_region(SALTMERE)
    gazetteer = Gazetteer.load(region.postcodes_path, region.sectors_path, region.district_of)
    assert region.districts == ("Northquay", "Southmarsh")
    assert [region.answer_days_for(n) for n in (1, 2, 3, 9)] == [4, 2, 2, 2]
    assert set(region.travel) == {"walk", "bus"}
    assert region.district_of("ZE92 4AH") == "Southmarsh"
    assert gazetteer.find("ze911ah").district == "Northquay"
    assert region.calendar.openings == (("Tide", 3, 10),)


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("settings.toml", "min_age = 17\n", "", "'min_age' is missing"),
        ("settings.toml", "min_age = 17", "min_age = 22", "out of order"),
        ("settings.toml", "[4, 2]", "[]", "answer_days"),
        ("settings.toml", '"Southmarsh"]', '"Southmoor"]', "Southmarsh"),
        ("districts.toml", '["ZE93"]', '["ZE93", "ZE91"]', "ZE91 is in both"),
        ("districts.toml", '["ZE94"]', '["ZE93"]', "both in the region and outside"),
        ("calendar.toml", '"09:00"', '"07:00"', "release_time"),
        ("calendar.toml", "[pattern]", "[pattern", "cannot be read"),
    ],
)
def test_load_region_contradiction_is_refused_by_name(tmp_path, file, old, new, said):
    folder = tmp_path / "saltmere"
    shutil.copytree(SALTMERE, folder)
    text = (folder / file).read_text(encoding="utf-8")
    assert old in text
    (folder / file).write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(ValueError, match=said):
        load_region(folder)


def test_load_region_file_missing_is_refused_by_name(tmp_path):
    folder = tmp_path / "saltmere"
    shutil.copytree(SALTMERE, folder)
    (folder / "calendar.toml").unlink()
    with pytest.raises(ValueError, match=r"calendar\.toml is missing"):
        load_region(folder)
