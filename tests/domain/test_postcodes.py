"""Postcodes as people write them, where they are, and the public files they come from."""

import gzip
from math import cos, hypot, radians
from pathlib import Path

import pytest
from geopy.geocoders.base import Geocoder
from geopy.location import Location
from hypothesis import given
from hypothesis import strategies as st

from placements.domain.national_grid import grid_to_wgs84
from placements.domain.postcode_files import read_postcodes
from placements.domain.postcodes import Gazetteer, GeocodedPostcodes, normalise_postcode
from placements.domain.region import load_region

REGION = load_region(Path(__file__).parents[2] / "config/regions/west_midlands")
GAZETTEER = Gazetteer.load(REGION.postcodes_path, REGION.sectors_path, REGION.district_of)
CODES = sorted(code for code, _, _ in GAZETTEER)


def metres_between(one, other):
    north = (one[0] - other[0]) * 111_320
    east = (one[1] - other[1]) * 111_320 * cos(radians(one[0]))
    return hypot(north, east)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("B1 1AY", "B1 1AY"),
        (" b11ay ", "B1 1AY"),
        ("ws1\u00a01tp", "WS1 1TP"),
        ("SW1A 1AA", "SW1A 1AA"),
        ("WV1O 7QZ", "WV10 7QZ"),  # letter O for nought
        ("WS1O OAA", "WS10 0AA"),
        ("CV1-5RR", "CV1 5RR"),
        ("BI 1AY", "B1 1AY"),
        ("Walsall", None),
        ("", None),
        ("B1 1AC", None),  # C never stands in the second half
        ("B1", None),
    ],
)
def test_normalise_postcode_as_people_write_it_is_one_spelling(text, expected):
    assert normalise_postcode(text) == expected


@given(st.sampled_from(CODES), st.randoms())
def test_normalise_postcode_every_real_one_survives_case_and_spacing(code, random):
    written = "".join(
        random.choice((sign, sign.lower(), sign + " ")) for sign in code.replace(" ", "")
    )
    assert normalise_postcode(written) == code


def test_find_known_postcode_is_exact_with_its_district():
    point = GAZETTEER.find("b1 1ay")
    assert (point.postcode, point.lat, point.lon) == ("B1 1AY", 52.47592, -1.90539)
    assert (point.district, point.approximate) == ("Birmingham", False)


def test_find_unknown_postcode_falls_back_to_its_sector_as_approximate():
    assert "B1 1ZZ" not in CODES
    point = GAZETTEER.find("B1 1ZZ")
    assert point.approximate
    assert metres_between((point.lat, point.lon), (52.47592, -1.90539)) < 1500


def test_find_outside_the_region_is_placed_by_sector_and_nonsense_is_none():
    assert GAZETTEER.find("AB10 1AB").approximate
    assert GAZETTEER.find("AB10 1AB").district is None
    assert GAZETTEER.find("ZZ99 9ZZ") is None
    assert GAZETTEER.find("hello") is None


def test_geocode_gazetteer_answers_as_geopy_does():
    location = GAZETTEER.geocode("WS1 1TP")
    assert (location.latitude, location.longitude) == (location.lat, location.lon)
    assert GAZETTEER.geocode("hello") is None
    assert GAZETTEER.geocode("hello", exactly_one=False) is None
    assert GAZETTEER.geocode("WS1 1TP", exactly_one=False) == [location]


def test_find_any_geopy_geocoder_stands_in_for_the_gazetteer():
    class OnePlace(Geocoder):
        def geocode(self, query, *, exactly_one=True, timeout=None):
            return Location("here", (52.5, -1.9, 0), {}) if query == "B1 1AY, UK" else None

    finder = GeocodedPostcodes(OnePlace(), REGION.district_of)
    point = finder.find("b11ay")
    assert (point.lat, point.lon, point.district, point.approximate) == (
        52.5,
        -1.9,
        "Birmingham",
        True,
    )
    assert finder.find("WS1 1TP") is None
    assert finder.find("nonsense") is None


@pytest.mark.parametrize(
    ("grid", "expected"),
    [
        ((651_409.903, 313_177.270), (52.657979, 1.716052)),  # OS's worked example, Caister
        ((529_090, 179_645), (51.501009, -0.141588)),  # SW1A 1AA, as ONS publishes it
        ((394_235, 806_529), (57.149606, -2.096916)),  # AB10 1AB, as ONS publishes it
    ],
)
def test_grid_to_wgs84_published_points_within_six_metres(grid, expected):
    assert metres_between(grid_to_wgs84(*grid), expected) < 6


def written(tmp_path, name, text):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


ONSPD = (
    "pcd,pcd2,pcds,dointr,doterm,oscty,oslaua,lat,long\n"
    '"B1 1AY","B1   1AY","B1 1AY","198001","","E99","E08000025",52.475920,-1.905390\n'
    '"B1 1ZZ","B1   1ZZ","B1 1ZZ","198001","199006","E99","E08000025",52.476000,-1.905000\n'
    '"B1 1ZY","B1   1ZY","B1 1ZY","198001","","E99","E08000025",99.999999,0.000000\n'
)
NSPL = (
    "\ufeffpcd7,pcd8,pcds,doterm,lad25cd,lat,long\n"
    "WS1 1TP,WS1  1TP,WS1 1TP,,E08000030,52.58,-1.98\n"
)
CODE_POINT = (
    '"SW1A1AA",10,529090,179645,"E92000001","","","","E09000033","E05013806"\n'
    '"SW1A1AB",90,0,0,"E92000001","","","","E09000033","E05013806"\n'
)


def test_read_postcodes_onspd_skips_ended_and_unplaced(tmp_path):
    path = written(tmp_path, "ONSPD.csv", ONSPD)
    assert list(read_postcodes(path)) == [("B1 1AY", 52.47592, -1.90539)]
    assert [row[0] for row in read_postcodes(path, with_terminated=True)] == ["B1 1AY", "B1 1ZZ"]


def test_read_postcodes_nspl_with_byte_order_mark_is_read(tmp_path):
    path = written(tmp_path, "NSPL.csv", NSPL)
    assert list(read_postcodes(path)) == [("WS1 1TP", 52.58, -1.98)]


def test_read_postcodes_code_point_open_is_converted_and_gzip_is_the_same(tmp_path):
    path = written(tmp_path, "sw.csv", CODE_POINT)
    zipped = tmp_path / "sw.csv.gz"
    zipped.write_bytes(gzip.compress(path.read_bytes()))
    ((postcode, lat, lon),) = read_postcodes(path)
    assert postcode == "SW1A 1AA"
    assert metres_between((lat, lon), (51.501009, -0.141588)) < 6
    assert list(read_postcodes(zipped)) == [(postcode, lat, lon)]


def test_read_postcodes_our_own_file_is_read_whole():
    assert list(read_postcodes(REGION.postcodes_path)) == list(GAZETTEER)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is empty"),
        ("name,lat,long\nx,1,2\n", "no column named pcds"),
        ("pcds,lat,long\nB1 1AY,north,2\n", "line 2"),
        ('"SW1A1AA",10,529090,179645\n"SW1A1AB",x\n', "line 2"),
    ],
)
def test_read_postcodes_unreadable_file_names_the_line(tmp_path, text, said):
    with pytest.raises(ValueError, match=said):
        list(read_postcodes(written(tmp_path, "bad.csv", text)))
