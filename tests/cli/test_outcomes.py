"""What became of people, by command: funnel, report, returns, sample, a file of outcomes."""

import json
import os

import pytest
from factories.returned import make_world
from factories.shell import run_command

DAWN = ("--as", "dawn@authority.example")


@pytest.fixture
def run(app, database_url, clock_file):
    clock_file.write_text("2026-06-01T09:00:00+00:00")
    with app.app_context():
        make_world()
    clock_file.write_text("2026-08-03T09:00:00+00:00")
    url = database_url.replace("+psycopg", "")
    here = {"PLACEMENTS_ENV": "test", "DATABASE_URL": url, "CLOCK_FILE": str(clock_file)}

    def run(*words, code=0):
        done = run_command([*words, *DAWN], here)
        assert done.returncode == code, done.stderr
        return done

    return run


def test_funnel_by_provider_and_whole_agree_by_their_ids(run):
    whole = {s["name"]: s for s in json.loads(run("funnel", "--json").stdout)}
    parts = json.loads(run("funnel", "--json", "--by", "provider").stdout)
    assert [part["name"] for part in parts] == ["Ash Centre"]
    for stage in parts[0]["stages"]:
        assert stage == whole[stage["name"]]
    assert whole["sustained"]["unknown_ids"] == []
    assert len(whole["sustained"]["early_ids"]) == len(whole["started"]["ids"]) == 13
    assert "13 too early to say" in run("funnel").stdout


def test_report_writes_the_four_files(run, tmp_path):
    run("report", "--out", str(tmp_path / "out"))
    assert sorted(os.listdir(tmp_path / "out")) == [
        "data-dictionary.csv",
        "figures.csv",
        "figures.json",
        "figures.schema.json",
    ]


def test_returns_write_files_and_end_with_1_where_something_blocks(run, tmp_path):
    words = ("nccis", "--as-known-on", "2026-07-31", "--since", "2026-06-30")
    done = run("returns", *words, "--out", str(tmp_path / "out"), code=1)
    assert "1 blocked" in done.stderr
    assert len(os.listdir(tmp_path / "out")) == 3
    told = run("returns", "funder", "--as-known-on", "2026-07-31", "--json")
    assert json.loads(told.stdout)["lines"] == 13
    assert run("returns", "ilr", "--as-known-on", "2030-01-01", code=2).stderr.count("\n") == 1


def test_sample_of_nothing_is_empty(run):
    assert run("sample", "list").stdout == ""
    assert json.loads(run("sample", "errors", "--json").stdout) == []


def test_import_of_outcomes_prints_its_template():
    done = run_command(["import", "outcomes", "--template"], {"PLACEMENTS_ENV": "test"})
    assert done.stdout.startswith("reference,question,kind,since")
