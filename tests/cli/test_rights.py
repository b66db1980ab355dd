"""People's rights as typed: what is kept, erased, and kept no longer; cut off, it goes on."""

import json
import os
import subprocess
import sys

import pytest
from factories.letters import make_world
from factories.shell import run_command
from sqlalchemy import create_engine, text

from placements.domain.personal_data import INVENTORY


@pytest.fixture
def here(app, database_url, tmp_path):
    with app.app_context():
        made = make_world(n_people=2)
        made.environment = {
            "PLACEMENTS_ENV": "test",
            "DATABASE_URL": database_url.replace("+psycopg", ""),
            "AUDIT_ANCHOR_DIR": str(tmp_path / "anchors"),
        }
        made.file, made.url = tmp_path / "anchors" / "erasures.jsonl", database_url
        yield made


def run(here, *words):
    done = run_command(words, here.environment)
    assert "Traceback" not in done.stderr
    return done


def run_apart(here, *words, **more):
    """The same in a process of its own, which may be killed."""
    whole = {**os.environ, **here.environment, **more}
    command = [sys.executable, "-m", "placements.cli", *map(str, words)]
    return subprocess.run(command, env=whole, capture_output=True, text=True, timeout=60)


def ask_rows(here, words):
    engine = create_engine(here.url)
    with engine.connect() as connection:
        found = connection.execute(text(words)).all()
    engine.dispose()
    return [tuple(row) for row in found]


def reference_of(here, person):
    rows = f"SELECT reference FROM application WHERE candidate_id = {person.candidate_id}"
    return ask_rows(here, rows)[0][0]


def test_data_inventory_is_the_table_in_the_code(here):
    told = json.loads(run(here, "data-inventory", "--json").stdout)
    assert told == [field.to_dict() for field in INVENTORY]
    assert "candidate.name" in run(here, "data-inventory").stdout


def test_sar_writes_what_is_kept_of_one_person(here, tmp_path):
    me, out = here.people[0], tmp_path / "me.json"
    answer = json.loads(run(here, "sar", reference_of(here, me)).stdout)
    assert answer["person"]["number"] == me.candidate_id
    assert answer["kept"]["candidate"][0]["email"].endswith("@mail.example")
    assert run(here, "sar", me.candidate_id, "--out", out).returncode == 0
    assert json.loads(out.read_text())["kept"] == answer["kept"]
    assert oct(out.stat().st_mode)[-3:] == "600"
    again = run(here, "sar", me.candidate_id, "--out", out)
    assert (again.returncode, "File exists" in again.stderr) == (2, True)


def test_an_unknown_person_is_one_plain_line_and_2(here):
    for command in ("sar", "erase"):
        done = run(here, command, "A-NOBODY")
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr.startswith("placements: There is nobody called A-NOBODY.")


def test_erase_says_what_it_did_and_is_quiet_the_second_time(here):
    me = here.people[0]
    first = run(here, "erase", reference_of(here, me))
    assert first.returncode == 0 and first.stdout.startswith("Erased: ")
    assert run(here, "erase", me.candidate_id).stdout.startswith("Erased: 0 records")
    assert json.loads(here.file.read_text())["id"] == me.candidate_id


@pytest.mark.parametrize("point", ["erase.mid", "erase.mid:2"])
def test_erase_killed_on_the_way_is_finished_by_the_next(here, point):
    me = here.people[0]
    killed = run_apart(here, "erase", me.candidate_id, FAILPOINT=f"{point}=kill")
    assert killed.returncode == -9
    listed = ask_rows(here, "SELECT candidate_id FROM erasure_list WHERE emptied_at IS NULL")
    named = ask_rows(here, "SELECT id FROM candidate WHERE name IS NULL")
    assert listed == named == ([(me.candidate_id,)] if point == "erase.mid:2" else [])
    assert not here.file.exists()
    assert run(here, "erase", me.candidate_id).returncode == 0
    assert ask_rows(here, "SELECT id FROM candidate WHERE name IS NULL") == [(me.candidate_id,)]
    assert ask_rows(here, "SELECT candidate_id FROM erasure_list WHERE emptied_at IS NULL") == []
    assert json.loads(here.file.read_text())["id"] == me.candidate_id


def test_retention_dry_run_changes_nothing_and_says_so(here):
    done = run(here, "retention", "run", "--dry-run")
    assert (done.returncode, done.stdout) == (0, "Nothing is due.\n")
    told = json.loads(run(here, "retention", "run", "--json").stdout)
    assert told == {"dry_run": False, "due": []}
