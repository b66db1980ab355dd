"""Verify as a stranger runs it: JSON out, 0 clean, 1 found, 2 could not check."""

import json
from datetime import UTC, datetime

import pytest
from factories.by_hand import unguarded
from factories.records import make_employer, make_region
from factories.shell import run_command
from sqlalchemy import create_engine, text

from placements.services.anchors import FILE, keep_head
from placements.services.transactions import act

AT = datetime(2026, 6, 1, 9, tzinfo=UTC)
SHAPE = {"ok", "checked", "violations"}


@act
def make_world():
    make_employer(make_region(code="west_midlands"))


@pytest.fixture
def verify(app, database_url, tmp_path):
    """A region with one employer, and a function that runs verify on it."""
    with app.app_context():
        make_world()
    here = {"PLACEMENTS_ENV": "test", "DATABASE_URL": database_url.replace("+psycopg", "")}
    here["AUDIT_ANCHOR_DIR"] = str(tmp_path / "anchors")

    def run(*words, **other):
        done = run_command(["verify", *words], {**here, **other})
        assert "Traceback" not in done.stderr
        return done.returncode, json.loads(done.stdout) if done.stdout else done.stderr

    return run


def edit(database_url, *statements):
    engine = create_engine(database_url)
    with engine.begin() as connection, unguarded(connection):
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()


@pytest.mark.parametrize("what", ["invariants", "audit"])
def test_verify_of_clean_records_is_0_in_the_agreed_shape(verify, what):
    code, report = verify(what)
    assert (code, set(report), report["ok"], report["violations"]) == (0, SHAPE, True, [])
    assert "I-28" in report["checked"]


def test_verify_of_an_edited_state_is_1_and_names_the_row(verify, database_url):
    edit(database_url, "UPDATE employer SET state = 'suspended' WHERE id = 1")
    code, report = verify("invariants")
    assert (code, report["ok"]) == (1, False)
    assert report["violations"] == [{"id": "I-15", "table": "employer", "rows": [1]}]


@pytest.mark.parametrize(
    "statements",
    [
        ["UPDATE event SET role = 'provider' WHERE seq = 1"],
        ["DELETE FROM event WHERE seq = 1"],
        [
            "INSERT INTO event SELECT 3, happened_at, role, account_id, action, kind, record_id,"
            " from_state, to_state, request_id, hash, 'f' FROM event WHERE seq = 2"
        ],
    ],
    ids=["edit", "removal", "insertion"],
)
def test_I28_verify_audit_finds_any_edit_removal_and_insertion(verify, database_url, statements):
    edit(database_url, *statements)
    code, report = verify("audit")
    assert (code, report["ok"]) == (1, False)
    assert {v["id"] for v in report["violations"]} & {"I-28", "I-27"}


def test_I28_a_chain_cut_short_is_found_outside(verify, app, database_url, tmp_path):
    with app.app_context():
        assert keep_head(tmp_path / "anchors", AT)
        assert not keep_head(tmp_path / "anchors", AT)
    assert verify("audit")[0] == 0
    edit(
        database_url,
        "DELETE FROM history WHERE event_seq = 2",
        "DELETE FROM event WHERE seq = 2",
        "UPDATE audit_head SET seq = 1, hash = (SELECT hash FROM event WHERE seq = 1)",
    )
    code, report = verify("audit")
    assert (code, report["violations"]) == (1, [{"id": "I-28", "table": "event", "rows": [2]}])
    assert verify("audit", AUDIT_ANCHOR_DIR="")[0] == 0


def test_verify_that_cannot_read_the_anchor_is_2(verify, tmp_path):
    (tmp_path / "anchors").mkdir()
    (tmp_path / "anchors" / FILE).write_text("not a head\n")
    code, report = verify("audit")
    assert (code, report["ok"], "I-28" in report["checked"]) == (2, False, False)


def test_verify_of_a_database_that_is_not_there_is_2(verify, tmp_path):
    code, said = verify("audit", DATABASE_URL=f"sqlite:///{tmp_path / 'none.db'}")
    assert code == 2
    assert "placements migrate" in said


def test_verify_round_that_is_not_there_is_2(verify):
    code, said = verify("round", "99")
    assert (code, "no such round" in said) == (2, True)


def test_verify_has_help_with_an_example():
    shown = run_command(["verify", "--help"], {})
    assert shown.returncode == 0
    assert "Example: placements verify" in " ".join(shown.stdout.split())
