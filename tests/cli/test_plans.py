"""Plans by hand in real processes: compare, choose, seal, bundle, explain."""

import gzip
import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from factories.records import (
    make_application,
    make_candidate,
    make_employer,
    make_placement,
    make_provider,
    make_region,
    make_site,
)
from sqlalchemy import create_engine, text

from placements.domain.vocabulary import Role
from placements.services import rounds, solving, staff
from placements.services.transactions import act
from placements.settings import ROOT

DAWN, TOMASZ = "dawn@authority.example", "tomasz@authority.example"
DATES = tuple(datetime(2026, 6, day, 9, tzinfo=UTC) for day in (2, 9, 16))


@act
def make_world():
    """A region with six people, two placements and five places."""
    region = make_region(code="west_midlands")
    site, provider = make_site(make_employer(region)), make_provider(region)
    first, second = make_placement(site, 2), make_placement(site, 3)
    choices = [first.reference, second.reference]
    people = [make_candidate(latitude=52.47542 + n / 400) for n in range(6)]
    made = [make_application(person, provider, choices=choices) for person in people]
    return made[0].reference


@pytest.fixture
def world(app, database_url, tmp_path, monkeypatch):
    """A proposed round, and a function that runs a command on it in a process of its own."""
    clock_file = tmp_path / "clock"
    monkeypatch.setenv("CLOCK_FILE", str(clock_file))
    clock_file.write_text(DATES[0].isoformat())
    environment = {
        "PATH": os.environ["PATH"],
        "PLACEMENTS_ENV": "test",
        "DATABASE_URL": database_url.replace("+psycopg", ""),
        "CLOCK_FILE": str(clock_file),
    }

    def run(*words, code=0):
        command = [sys.executable, "-m", "placements.cli", *map(str, words)]
        done = subprocess.run(
            command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == code, done.stderr
        assert "Traceback" not in done.stderr
        return (done.stderr if code == 2 else done.stdout).strip()

    with app.app_context():
        reference = make_world()
        for email, role in ((DAWN, Role.OPERATOR), (TOMASZ, Role.APPROVER)):
            staff.add_staff("west_midlands", email, "Invented", role)
        operator = staff.get_staff("west_midlands", DAWN)
        number = rounds.create_round(operator, "Summer", DATES, 7)
        rounds.open_round(operator, number)
        rounds.lock_round(operator, number)
        solving.solve_round(operator, number)
    return SimpleNamespace(run=run, number=number, reference=reference)


def test_plans_by_hand_from_another_mechanism_to_the_auditor_s_file(world, tmp_path):
    world.run("round", "solve", world.number, "--mechanism", "serial", "--as", DAWN)
    found = json.loads(world.run("round", "compare", world.number, "--as", TOMASZ, "--json"))
    assert [(p["mechanism"], p["chosen"]) for p in found] == [("optimal", True), ("serial", False)]
    assert found[0]["n_placed"] >= found[1]["n_placed"] > 0
    shown = world.run("round", "compare", world.number, "--as", TOMASZ).splitlines()
    assert len(shown) == 3
    assert "exact" in shown[1]
    chosen = world.run("round", "choose", world.number, "--as", DAWN, "--plan", found[1]["plan_id"])
    assert chosen == found[1]["plan_hash"]
    packed, plain = tmp_path / "r.bundle.json.gz", tmp_path / "r.bundle.json"
    for file in (packed, plain):
        world.run("round", "bundle", world.number, file, "--as", TOMASZ)
    bundle = json.loads(gzip.decompress(packed.read_bytes()))
    assert bundle == json.loads(plain.read_text())
    assert (bundle["plan_hash"], bundle["graph"]["certificate"]) == (chosen, "none")
    placed = [j for j in bundle["graph"]["match"] if j is not None]
    assert len(placed) == found[1]["n_placed"]


def test_round_snapshot_holds_until_a_sealed_record_is_changed(world, database_url):
    seal = json.loads(world.run("round", "snapshot", world.number, "--as", TOMASZ, "--json"))
    assert (seal["ok"], seal["broken"]) == (True, [])
    engine = create_engine(database_url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE snapshot_record SET body = body || ' ' WHERE id = 1"))
    engine.dispose()
    shown = world.run("round", "snapshot", world.number, "--as", TOMASZ, "--json", code=1)
    assert json.loads(shown)["broken"] == [1]


def test_explain_says_why_in_words_or_that_there_is_nobody(world):
    words = json.loads(world.run("explain", world.number, world.reference, "--as", DAWN, "--json"))
    assert set(words) == {"title", "because", "not_these", "changes", "estimate"}
    assert world.run("explain", world.number, world.reference, "--as", DAWN).startswith(
        words["title"]
    )
    assert "There is no plan for" in world.run(
        "explain", world.number, "A-none", "--as", DAWN, code=2
    )


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("choose", "--plan", "99"), "no one plan 99"),
        (("solve", "--mechanism", "magic"), "Choose one of optimal, stable, serial, nearest"),
    ],
)
def test_plan_command_that_cannot_run_says_what_to_do(world, words, said):
    assert said in world.run("round", words[0], world.number, *words[1:], "--as", DAWN, code=2)


def test_plan_command_has_help_with_an_example(world):
    assert "Example: placements round" in " ".join(world.run("round", "bundle", "--help").split())
