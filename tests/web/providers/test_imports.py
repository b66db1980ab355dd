"""R4 and R5: a file is read and shown; nothing is written until pressed."""

import csv
import io

import pytest
from sqlalchemy import func, select

from placements.domain.import_columns import APPLICATION_COLUMNS
from placements.extensions import db
from placements.models.candidates import Application
from placements.models.operations import ImportRun, Occurrence
from placements.services import waiting_imports

NEW = "/provider/imports/new"
COLUMNS = [column.name for column in APPLICATION_COLUMNS]


def row(n, **cells):
    facts = {
        "reference": f"OURS-{n}",
        "name": f"Invented {n}",
        "date_of_birth": "2006-01-01",
        "email": f"invented{n}@young.example",
        "postcode": "B1 1BA",
        "right_to_work": "yes",
        "consent": "yes",
        "mon": "09:00-17:00",
        "start_from": "2026-07-06",
    }
    return {**facts, **cells}


def write(rows, columns=COLUMNS):
    out = io.StringIO()
    writer = csv.DictWriter(out, columns, restval="")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


ROWS = [row(n) for n in range(6)]
BAD = [
    row(6, date_of_birth="yesterday"),
    row(7, postcode="nowhere"),
    row(8, email="", mobile=""),
]


def upload(us, text, name="people.csv"):
    sent = text if isinstance(text, bytes) else text.encode()
    us.get(NEW)
    form, _ = us._form_with("Upload")
    data = {**form.fields, "file": (io.BytesIO(sent), name)}
    return us._keep(us.client.post(NEW, data=data, follow_redirects=True))


def n_people(app):
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(Application))


def test_the_first_page_has_the_rules_and_a_template(us):
    us.get(NEW)
    assert "date_of_birth" in us.text
    assert "year-month-day" in us.text
    reply = us.client.get("/provider/imports/template.csv")
    assert reply.get_data(as_text=True).lstrip("\ufeff").startswith("reference,provider,name")


def test_nothing_is_written_until_pressed(us, app):
    upload(us, write(ROWS + BAD))
    assert "Ready to add 6" in us.text
    assert "Need fixing 3" in us.text
    assert n_people(app) == 0
    us.send("Add the 6 good rows")
    assert us.here.endswith("/done")
    assert "6 people added" in us.text
    assert n_people(app) == 6


def test_each_bad_cell_says_its_row_column_value_and_what_to_write(us):
    upload(us, write(ROWS + BAD))
    for words in ("8 date_of_birth yesterday Write a date like", "9 postcode nowhere", "(empty)"):
        assert words in us.text


def test_the_bad_rows_come_back_alone_and_go_in_when_fixed(us, app):
    upload(us, write(ROWS + BAD))
    text = us.client.get(f"{us.here}/to-fix.csv").get_data().decode("utf-8-sig")
    back = list(csv.DictReader(io.StringIO(text)))
    assert [one["reference"] for one in back] == ["OURS-6", "OURS-7", "OURS-8"]
    assert back[0]["fix"].startswith("date_of_birth: Write a date")
    us.send("Add the 6 good rows")
    fixed = [{**one, **row(n)} for n, one in zip((6, 7, 8), back, strict=True)]
    upload(us, write(fixed, [*COLUMNS, "fix"]))
    us.send("Add the 3 good rows")
    assert n_people(app) == 9


def test_the_same_file_again_changes_nothing(us, app):
    upload(us, write(ROWS)).send("Add the 6 good rows")
    upload(us, write(ROWS))
    assert "Already here 6" in us.text
    assert "There is nothing new to add." in us.text
    assert n_people(app) == 6


def test_pressed_twice_and_from_two_pages_adds_once(us, app):
    upload(us, write(ROWS))
    page, there = us.page, us.here
    us.send("Add the 6 good rows")
    us.page, us.here = page, there
    us.send("Add the 6 good rows")
    assert us.here.endswith("/done")
    assert n_people(app) == 6
    us.get(there)
    assert us.here.endswith("/done")


def test_rows_may_be_pasted(us, app):
    us.get(NEW).send("Upload", pasted=write(ROWS[:2]))
    us.send("Add the 2 good rows")
    assert n_people(app) == 2


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        (b"PK\x03\x04spreadsheet", "This is not a CSV file."),
        (b"", "Choose a file, or paste the rows."),
        (b"Dana,2006-01-01\nBob,2006-02-02\n", "The first line has no column names."),
        (b"name,shoe_size\n1,2\n", "These columns are missing: reference,"),
        (b"name,shoe_size\n1,2\n", "These columns are not known: shoe_size."),
        ((write(ROWS).replace("modes", "shoe_size", 1)).encode(), "not known: shoe_size"),
        (write([]).encode(), "There are no rows below the column names."),
        (b"reference,reference\n1,2\n", "These columns are there twice"),
        (b"a\0b", "This is not a CSV file."),
    ],
)
def test_a_fault_of_the_whole_file_is_shown_first_and_alone(us, app, sent, words):
    upload(us, sent)
    assert us.status == 422
    assert words in us.text
    assert "The columns" not in us.text
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(ImportRun)) == 0
    assert "/provider/imports/template.csv" in us.page.links


def test_too_many_rows_and_too_large_a_file_are_refused(us, app):
    many = "reference,name,date_of_birth,postcode,consent,start_from\n" + "x,,,,,\n" * 20_001
    upload(us, many)
    assert "more than 20,000 rows" in us.text
    kind = "multipart/form-data; boundary=part"
    body = b'--part\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n'
    body += b"x" * (10 * 1024 * 1024 + 1) + b"\r\n--part--\r\n"
    assert us.client.post(NEW, data=body, content_type=kind).status_code == 413
    assert n_people(app) == 0


def test_a_hostile_cell_is_shown_as_text(us):
    upload(us, write([row(1, name="=cmd()"), row(2, date_of_birth="<script>x</script>")]))
    assert "<script>" not in us.html
    assert "A cell may not start with" in us.text
    text = us.client.get(f"{us.here}/to-fix.csv").get_data().decode("utf-8-sig")
    assert "'=cmd()" in text


def test_the_text_is_dropped_when_added_and_after_a_day(us, app, come_back):
    upload(us, write(ROWS + BAD))
    first = int(us.here.split("/")[3])
    us.send("Add the 6 good rows")
    assert us.client.get(f"/provider/imports/{first}/to-fix.csv").status_code == 404
    upload(us, write(ROWS + BAD))
    second = int(us.here.split("/")[3])
    with app.app_context():
        done, waits = (db.session.get(ImportRun, run) for run in (first, second))
        assert done.content is None
        assert all(len(cell) == 2 for cell in done.errors)
        assert "yesterday" in waits.content
        due = db.session.scalars(select(Occurrence).where(Occurrence.subject_id == second)).one()
        assert due.schedule == "imports.forget"
    come_back(18)
    assert us.get(f"/provider/imports/{second}").status == 404
    with app.app_context():
        waiting_imports.forget_import(first)
        waiting_imports.forget_import(second)
        assert db.session.get(ImportRun, first) is not None
        assert db.session.get(ImportRun, second) is None


def test_I36_a_file_of_another_provider_is_not_there(us, them):
    upload(us, write(ROWS))
    for page in ("", "/done", "/to-fix.csv"):
        them.get(f"{us.here}{page}")
        assert them.status == 404


def test_I36_a_reference_of_another_provider_is_refused_without_saying_whose(us, them):
    upload(us, write(ROWS)).send("Add the 6 good rows")
    upload(them, write(ROWS))
    assert "This reference is in use." in them.text
    assert "Ours of Tipton" not in them.html
