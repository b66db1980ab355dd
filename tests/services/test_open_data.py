"""Open data: one set of numbers in every form, and nothing of a person in any."""

import csv
import io
import json
from datetime import date

import pytest
from pydantic import ValidationError

from placements.domain.figures import (
    INTERVALS,
    KEPT_BACK,
    MEASURES,
    RATES,
    Figures,
    make_figures,
    wilson,
)
from placements.services import open_data


@pytest.fixture
def figures():
    """Two tables of invented people: in one a row is small, so two are kept back."""
    steps = {name: range(40 - 5 * n) for n, name in enumerate(MEASURES)}
    whole = {name: frozenset(ids) for name, ids in steps.items()}
    rows = {"Ash": range(3), "Birch": range(3, 20), "Cedar": range(20, 40)}
    parts = {
        row: {name: frozenset(ids) & frozenset(own) for name, ids in whole.items()}
        for row, own in rows.items()
    }
    people = {"whole": {"The whole region": whole}, "provider": parts}
    return make_figures("Invented", date(2026, 11, 25), people)


def test_make_figures_keeps_back_a_small_row_and_what_would_give_it(figures):
    table = {row.name: row.counts["matched"] for row in figures.tables[1].rows}
    assert table == {"Ash": None, "Birch": None, "Cedar": 20}
    cedar = figures.tables[1].rows[2]
    assert cedar.counts["sustained"] == 0
    assert figures.tables[1].rows[0].percents["sustained_percent_of_known"] is None


def test_write_files_say_the_same_in_csv_and_json(figures, tmp_path):
    paths = {path.name: path for path in open_data.save_files(tmp_path / "out", figures)}
    read = Figures.model_validate_json(paths["figures.json"].read_text())
    assert read == figures
    told = {
        (table.by, row.name, name): value
        for table in read.tables
        for row in table.rows
        for name, value in (*row.counts.items(), *row.percents.items())
    }
    lines = list(csv.DictReader(io.StringIO(paths["figures.csv"].read_text())))
    assert {(line["table"], line["row"], line["measure"]) for line in lines} == set(told)
    for line in lines:
        value = told[line["table"], line["row"], line["measure"]]
        assert line["value"] == ("" if value is None else str(value))
        assert (line["note"] == KEPT_BACK) == (value is None and line["measure"] in MEASURES)


def test_data_dictionary_names_every_column_and_measure(figures):
    files = open_data.write_files(figures)
    named = {line["name"] for line in csv.DictReader(io.StringIO(files["data-dictionary.csv"]))}
    header = next(csv.reader(io.StringIO(files["figures.csv"])))
    assert named == {*header, *MEASURES, *RATES, *INTERVALS}


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
