"""A migration that is cut off leaves all as it was and is run again; a strange schema is kept."""

import os
import signal
import subprocess
import sys

import pytest
from conftest import POSTGRESQL_URL
from factories.shell import run_command
from sqlalchemy import create_engine, inspect, text

from placements.settings import ROOT


@pytest.fixture
def empty(make_database, tmp_path):
    """The address of a database with nothing in it."""
    if POSTGRESQL_URL:
        return make_database._url_of(make_database._create("template0"))
    return f"sqlite:///{tmp_path / 'empty.db'}"


def look(url):
    engine = create_engine(url)
    tables = set(inspect(engine).get_table_names())
    version = None
    if "alembic_version" in tables:
        with engine.connect() as connection:
            version = connection.scalar(text("SELECT version_num FROM alembic_version"))
    engine.dispose()
    return version, len(tables - {"alembic_version"})


def settings(url, **more):
    return {"PLACEMENTS_ENV": "test", "DATABASE_URL": url.replace("+psycopg", ""), **more}


def test_a_migration_killed_at_a_step_leaves_nothing_and_is_run_again(empty):
    killed = subprocess.run(
        [sys.executable, "-m", "placements.cli", "migrate"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **settings(empty, FAILPOINT="migrate.step:3=kill")},
        capture_output=True,
        check=False,
    )
    assert killed.returncode == -signal.SIGKILL
    assert look(empty) == (None, 0)
    assert run_command(["migrate"], settings(empty)).returncode == 0
    version, n_tables = look(empty)
    assert (version is not None, n_tables > 30) == (True, True)
    assert run_command(["verify", "audit"], settings(empty)).returncode == 0


@pytest.mark.parametrize("version", ["9999", "something_else"])
@pytest.mark.parametrize("command", [["migrate"], ["serve"], ["worker", "--once"], ["backup", "f"]])
def test_a_newer_schema_is_refused_and_kept(make_database, command, version):
    url = make_database()
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :v"), {"v": version})
    engine.dispose()
    refused = run_command(command, settings(url, PORT="8439"))
    assert (refused.returncode, version in refused.stderr) == (2, True)
    assert "Traceback" not in refused.stderr
    assert look(url)[0] == version


def test_tables_without_a_number_are_refused_and_kept(make_database):
    url = make_database()
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE alembic_version"))
    engine.dispose()
    before = look(url)
    refused = run_command(["migrate"], settings(url))
    assert (refused.returncode, "no schema number" in refused.stderr) == (2, True)
    assert look(url) == before
