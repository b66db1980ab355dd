"""Open data: one set of numbers in every form, and nothing of a person in any."""

import csv
import io
import json
from datetime import date

import pytest
from pydantic import ValidationError

from placements.domain.figures import Counted, Figures, list_tables, make_figures
from placements.domain.measures import (
    IN_ROUND,
    INTERVALS,
    KEPT_BACK,
    MEASURES,
    NOT_KNOWN_RATES,
    OF_PLACES,
    RATES,
    WAITING,
    wilson,
)
from placements.services import open_data

PLACE = ("table", "round", "row", "measure")


@pytest.fixture
def figures():
    """Tables of invented people: in one a row is small, so two are kept back; a round; places."""
    of_parts = [name for name in MEASURES if name not in (IN_ROUND, WAITING)]
    steps = {name: range(40 - 5 * n) for n, name in enumerate(of_parts)}
    whole = {name: frozenset(ids) for name, ids in steps.items()}
    rows = {"Ash": range(3), "Birch": range(3, 20), "Cedar": range(20, 40)}
    parts = {
        row: {name: frozenset(ids) & frozenset(own) for name, ids in whole.items()}
        for row, own in rows.items()
    }
    people = {"whole": {"The whole region": whole}, "provider": parts}
    of_round = {
        "whole": {"Everybody in the round": _of_round(range(1000, 1100), range(1000, 1040))},
        "age": {"under 18": _of_round(range(1000, 1060), range(1000, 1030))},
        "sector_and_district": {"green, Walsall": {"matched": frozenset(range(1000, 1012))}},
    }
    waiting = {"green, Walsall": range(2000, 2009), "retail, Dudley": range(2000, 2003)}
    waiting = {name: {"waiting": frozenset(who)} for name, who in waiting.items()}
    places = {"green, Walsall": 2, "retail, Dudley": 4}
    counted = Counted(people, {"Winter": of_round}, waiting, places)
    return make_figures("Invented", date(2026, 11, 25), counted)


def _of_round(everybody, matched):
    return {"in_round": frozenset(everybody), "matched": frozenset(matched)}


def test_make_figures_keeps_back_a_small_row_and_what_would_give_it(figures):
    table = {row.name: row.counts["matched"] for row in figures.tables[1].rows}
    assert table == {"Ash": None, "Birch": None, "Cedar": 20}
    whole = figures.tables[0].rows[0]
    assert [whole.counts[name] for name in ("of_sustained", "known_sustained")] == [0, 0]
    assert whole.percents["destination_percent_not_known"] == 33.3
    cedar = figures.tables[1].rows[2]
    assert cedar.counts["sustained"] == 0
    assert figures.tables[1].rows[0].percents["sustained_percent_of_known"] is None


def test_make_figures_tells_rates_of_a_round_and_where_places_are_short(figures):
    [winter] = figures.rounds
    assert [table.by for table in winter.tables] == ["whole", "age", "sector_and_district"]
    assert winter.find("age")[0].percents == {
        "matched_percent_of_in_round": 50.0,
        "matched_percent_low": 37.7,
        "matched_percent_high": 62.3,
    }
    walsall, dudley = figures.now.rows
    assert walsall.counts == {"waiting": 9, "places": 2, "gap": -7}
    assert dudley.counts == {"waiting": None, "places": 4, "gap": None}


def test_figures_of_a_round_are_its_own_alone(figures):
    winter = figures.of_round("Winter")
    assert ([one.name for one in winter.rounds], winter.now, winter.tables) == (
        ["Winter"],
        None,
        [],
    )
    assert figures.of_round("Another").rounds == []


def test_write_files_say_the_same_in_csv_and_json(figures, tmp_path):
    paths = {path.name: path for path in open_data.save_files(tmp_path / "out", figures)}
    read = Figures.model_validate_json(paths["figures.json"].read_text())
    assert read == figures
    told = {
        (table.by, of, row.name, name): value
        for of, table in list_tables(read)
        for row in table.rows
        for name, value in (*row.counts.items(), *row.percents.items())
    }
    lines = list(csv.DictReader(io.StringIO(paths["figures.csv"].read_text())))
    assert {tuple(line[name] for name in PLACE) for line in lines} == set(told)
    for line in lines:
        value = told[tuple(line[name] for name in PLACE)]
        assert line["value"] == ("" if value is None else str(value))
        assert (line["note"] == KEPT_BACK) == (
            value is None and line["measure"] in MEASURES | OF_PLACES
        )


def test_data_dictionary_names_every_column_and_measure(figures):
    files = open_data.write_files(figures)
    named = {line["name"] for line in csv.DictReader(io.StringIO(files["data-dictionary.csv"]))}
    header = next(csv.reader(io.StringIO(files["figures.csv"])))
    assert named == {*header, *MEASURES, *OF_PLACES, *RATES, *INTERVALS, *NOT_KNOWN_RATES}


def test_schema_is_of_the_file_beside_it(figures):
    files = open_data.write_files(figures)
    schema, told = json.loads(files["figures.schema.json"]), json.loads(files["figures.json"])
    assert set(schema["required"]) <= set(told) == set(schema["properties"])
    with pytest.raises(ValidationError):
        Figures.model_validate(told | {"names": ["Invented Person"]})


@pytest.mark.parametrize(
    ("n", "of", "low", "high"),
    [(8, 10, 0.4902, 0.9433), (0, 10, 0.0, 0.2775), (10, 10, 0.7225, 1.0)],
)
def test_wilson_gives_the_published_interval(n, of, low, high):
    assert wilson(n, of) == pytest.approx((low, high), abs=5e-5)
