"""What became of people, by command: funnel, report, returns, sample, a file of outcomes."""

import json
import os

import pytest
from click.testing import CliRunner
from factories.returned import make_world

from placements import cli_imports, cli_outcomes
from placements.domain.errors import Invalid

DAWN = ("--as", "dawn@authority.example")


@pytest.fixture
def run(app, tmp_path, monkeypatch):
    monkeypatch.setenv("CLOCK_FILE", str(tmp_path / "clock"))
    (tmp_path / "clock").write_text("2026-06-01T09:00:00+00:00")
    with app.app_context():
        make_world()

        def run(command, *words, code=0):
            done = CliRunner().invoke(command, [*words, *DAWN])
            assert done.exit_code == code, done.output
            return done

        (tmp_path / "clock").write_text("2026-08-03T09:00:00+00:00")
        yield run


def test_funnel_by_provider_and_whole_agree_by_their_ids(run):
    whole = {s["name"]: s for s in json.loads(run(cli_outcomes.funnel_command, "--json").stdout)}
    parts = json.loads(run(cli_outcomes.funnel_command, "--json", "--by", "provider").stdout)
    assert [part["name"] for part in parts] == ["Ash Centre"]
    for stage in parts[0]["stages"]:
        assert stage == whole[stage["name"]]
    assert whole["sustained"]["unknown_ids"] == []
    assert len(whole["sustained"]["early_ids"]) == len(whole["started"]["ids"]) == 13
    assert "13 too early to say" in run(cli_outcomes.funnel_command).stdout


def test_report_writes_the_four_files(run, tmp_path):
    run(cli_outcomes.report_command, "--out", str(tmp_path / "out"))
    assert sorted(os.listdir(tmp_path / "out")) == [
        "data-dictionary.csv",
        "figures.csv",
        "figures.json",
        "figures.schema.json",
    ]


def test_returns_write_files_and_end_with_1_where_something_blocks(run, tmp_path):
    words = ("nccis", "--as-known-on", "2026-07-31", "--since", "2026-06-30")
    done = run(cli_outcomes.returns_command, *words, "--out", str(tmp_path / "out"), code=1)
    assert "1 blocked" in done.stderr
    assert len(os.listdir(tmp_path / "out")) == 3
    told = run(cli_outcomes.returns_command, "funder", "--as-known-on", "2026-07-31", "--json")
    assert json.loads(told.stdout)["lines"] == 13
    late = CliRunner().invoke(
        cli_outcomes.returns_command, ["ilr", "--as-known-on", "2030-01-01", *DAWN]
    )
    assert isinstance(late.exception, Invalid)


def test_sample_of_nothing_is_empty(run):
    assert run(cli_outcomes.sample_group.commands["list"]).stdout == ""
    assert json.loads(run(cli_outcomes.sample_group.commands["errors"], "--json").stdout) == []


def test_import_of_outcomes_prints_its_template(run):
    done = CliRunner().invoke(cli_imports.import_command, ["outcomes", "--template"])
    assert done.stdout.startswith("reference,question,kind,since")
