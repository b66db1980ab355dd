"""A file somebody sent is read whatever it was saved with, or refused in words."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from placements.domain.csv_rows import (
    MAX_BYTES,
    FileFault,
    SentRow,
    find_unsafe_cells,
    neutralise,
    read_rows,
    write_bad_rows,
    write_rows,
)

KNOWN, REQUIRED = ("name", "town", "note"), ("name", "town")
PLAIN = "name,town\nZoë,Walsall\n"


def read(sent):
    sent = sent if isinstance(sent, bytes) else sent.encode()
    return list(read_rows(sent, KNOWN, REQUIRED))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_read_rows_saved_in_any_usual_way_gives_the_same(encoding, delimiter, newline):
    text = PLAIN.replace(",", delimiter).replace("\n", newline)
    assert read(text.encode(encoding)) == [SentRow(2, {"name": "Zoë", "town": "Walsall"})]


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        (b"", "empty"),
        (b"\n\n", "empty"),
        (b"name,town,name\n", "twice: name"),
        (b"name\nZ\n", "missing: town"),
        (b"name,town,shoe_size\n", "not known: shoe_size"),
        (b"PK\x03\x04rest", "not a CSV"),
        (b"%PDF-1.7", "not a CSV"),
        (b"name,town\nZ\0,W\n", "not a CSV"),
        (b"\xff\xfen\x00a\x00", "not a CSV"),
        (b'name,town\n"Z,W\n', "Save the file as CSV again"),
        (b"a" * (MAX_BYTES + 1), "larger than 10 MB"),
        (b"name,town\n" + b"Z,W\n" * 20_001, "more than 20,000 rows"),
        (b"name,town\nZ,\x81\n", "letters cannot be read"),
    ],
)
def test_read_rows_of_a_bad_file_says_what_to_do(sent, words):
    with pytest.raises(FileFault, match=words):
        read(sent)


def test_read_rows_keeps_the_line_a_row_starts_on():
    rows = read('name,town\n"Zoë\nAnn",Walsall\n\nSam,Dudley\n')
    assert [row.line for row in rows] == [2, 5]


def test_read_rows_fills_short_rows_and_reads_capitals_and_spaces_in_names():
    assert read("Name , TOWN,note\nZoë,Walsall\n")[0].cells == {
        "name": "Zoë",
        "town": "Walsall",
        "note": "",
    }


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@x", " =1", "\tx"])
def test_find_unsafe_cells_refuses_what_a_spreadsheet_would_run(cell):
    problems = find_unsafe_cells(SentRow(7, {"name": cell}), frozenset())
    assert [(p.line, p.column) for p in problems] == [(7, "name")]


def test_find_unsafe_cells_lets_a_phone_number_start_with_plus():
    row = SentRow(2, {"mobile": "+447700900123", "name": "Zoë"})
    assert find_unsafe_cells(row, frozenset({"mobile"})) == []


@given(st.text(max_size=20))
def test_neutralised_cells_are_never_formulas(cell):
    assert not neutralise(cell).startswith(("=", "+", "-", "@", "\t", "\r"))


def test_write_bad_rows_can_be_read_again_with_its_fix_column():
    rows = read("name,town\nZoë,Walsall\n")
    written = write_bad_rows([(rows[0], [])], ["name", "town"])
    again = list(csv.reader(io.StringIO(written)))
    assert again == [["name", "town", "fix"], ["Zoë", "Walsall", ""]]
    assert read(written)[0].cells["name"] == "Zoë"


def test_write_rows_keeps_numbers_and_runs_no_text_as_a_formula():
    written = write_rows(["name", "n"], [("=1+1", -3), (None, 0)])
    assert list(csv.reader(io.StringIO(written))) == [["name", "n"], ["'=1+1", "-3"], ["", "0"]]
