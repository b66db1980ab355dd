"""The commands as a stranger runs them, on a real database, some in a process of their own."""

import os
import subprocess
import sys

import pytest
from factories.shell import free_port, run_command
from sqlalchemy import create_engine, text

from placements.settings import ROOT


def run(*words, **environment):
    return subprocess.run(
        [sys.executable, "-m", "placements.cli", *words],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_help_needs_no_setting():
    shown = run("--help")
    assert (shown.returncode, shown.stderr) == (0, "")


@pytest.mark.parametrize("command", ["migrate", "seed", "worker", "import", "round", "explain"])
def test_every_command_has_its_help(command):
    shown = run_command([command, "--help"], {})
    assert (shown.returncode, shown.stderr) == (0, "")
    assert shown.stdout.startswith(f"Usage: placements {command}")


def test_migrate_then_seed_writes_the_people_asked_for(tmp_path):
    url = f"sqlite:///{tmp_path / 'new.db'}"
    here = {"PLACEMENTS_ENV": "test", "DATABASE_URL": url}
    assert run("migrate", **here).returncode == 0
    seeded = run_command(["seed", "--people", "30", "--placements", "12"], here)
    assert (seeded.returncode, seeded.stderr) == (0, "")
    engine = create_engine(url)
    with engine.connect() as connection:
        counts = [
            connection.scalar(text(f"SELECT count(*) FROM {table} WHERE reference LIKE '{own}'"))
            for table, own in (("application", "AP-%"), ("placement", "PL-%"))
        ]
    engine.dispose()
    assert counts == [30, 12]


def test_seed_before_migrate_is_one_plain_line_that_names_migrate(tmp_path):
    here = {"PLACEMENTS_ENV": "test", "DATABASE_URL": f"sqlite:///{tmp_path / 'new.db'}"}
    refused = run_command(["seed"], here)
    assert refused.returncode == 2
    assert refused.stderr.count("\n") == 1
    assert "migrate" in refused.stderr


def test_unsafe_setting_is_named_and_exits_78():
    refused = run("migrate", PLACEMENTS_ENV="production")
    assert refused.returncode == 78
    assert "SECRET_KEY" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_unknown_command_is_one_plain_line():
    refused = run_command(["fly"], {})
    assert refused.returncode == 2
    assert refused.stderr.count("\n") == 1


@pytest.mark.parametrize("command", [["worker", "--once"], ["serve"]])
@pytest.mark.parametrize(
    ("version", "said"),
    [(None, "The schema is None"), ("0000_older", "The schema is 0000_older")],
)
def test_a_schema_of_another_version_is_refused_and_says_what_to_do(
    command, version, said, make_database
):
    url = make_database()
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM alembic_version"))
        if version:
            connection.execute(text("INSERT INTO alembic_version VALUES (:v)"), {"v": version})
    engine.dispose()
    here = {"PLACEMENTS_ENV": "test", "DATABASE_URL": url.replace("+psycopg", "")}
    here["PORT"] = str(free_port())
    refused = run_command(command, here)
    assert refused.returncode == 2
    assert said in refused.stderr
    assert "placements migrate" in refused.stderr
