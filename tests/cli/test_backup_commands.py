"""Backup, restore and dump as an operator runs them."""

import json

import pytest
from factories.records import make_account
from factories.shell import run_command

from placements.services.transactions import act


@act
def add_account():
    make_account()


@pytest.fixture
def here(app, database_url):
    with app.app_context():
        add_account()
    return {"PLACEMENTS_ENV": "test", "DATABASE_URL": database_url.replace("+psycopg", "")}


def test_a_backup_comes_back_by_two_commands_and_a_full_database_is_kept(
    here, tmp_path, make_database
):
    file = tmp_path / "monday.zip"
    made = run_command(["backup", file, "--json"], here)
    assert (made.returncode, json.loads(made.stdout)["rows"] > 0) == (0, True)
    empty = {**here, "DATABASE_URL": make_database().replace("+psycopg", "")}
    restored = run_command(["restore", file], empty)
    assert (restored.returncode, "are back" in restored.stdout) == (0, True), restored.stderr
    again = run_command(["restore", file], empty)
    assert (again.returncode, "--replace" in again.stderr) == (2, True)
    assert run_command(["verify", "invariants"], empty).returncode == 0


def test_a_file_that_is_no_backup_is_one_plain_line(here, tmp_path):
    (tmp_path / "other.zip").write_text("something else")
    for file in ("other.zip", "nowhere.zip"):
        refused = run_command(["restore", tmp_path / file], here)
        assert (refused.returncode, refused.stderr.count("\n")) == (2, 1)
        assert "Traceback" not in refused.stderr


def test_a_dump_is_redacted_or_refused(here, tmp_path):
    assert run_command(["dump", tmp_path / "d.zip"], here).returncode == 2
    dumped = run_command(["dump", "--redacted", tmp_path / "d.zip"], here)
    assert (dumped.returncode, (tmp_path / "d.zip").exists()) == (0, True)


@pytest.mark.parametrize("command", ["backup", "restore", "dump"])
def test_each_has_help_with_an_example(command):
    shown = run_command([command, "--help"], {})
    assert f"Example: placements {command}" in " ".join(shown.stdout.split())
