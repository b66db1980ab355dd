"""Plans by hand at the command line: compare, choose, seal, bundle, explain."""

import gzip
import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from factories.by_hand import unguarded
from factories.records import (
    make_application,
    make_candidate,
    make_employer,
    make_placement,
    make_provider,
    make_region,
    make_site,
)
from factories.shell import run_command
from sqlalchemy import create_engine, select, text

from placements.domain.vocabulary import Role
from placements.extensions import db
from placements.models.candidates import Application
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
    return made[0].reference, first.reference


@pytest.fixture
def world(app, database_url, clock_file):
    """A proposed round, and a function that runs a command on it."""
    clock_file.write_text(DATES[0].isoformat())
    environment = {
        "PLACEMENTS_ENV": "test",
        "DATABASE_URL": database_url.replace("+psycopg", ""),
        "CLOCK_FILE": str(clock_file),
    }

    def run(*words, code=0):
        done = run_command(words, environment)
        assert done.returncode == code, done.stderr
        assert "Traceback" not in done.stderr
        return (done.stderr if code == 2 else done.stdout).strip()

    with app.app_context():
        reference, placement = make_world()
        for email, role in ((DAWN, Role.OPERATOR), (TOMASZ, Role.APPROVER)):
            staff.add_staff("west_midlands", email, "Invented", role)
        operator = staff.get_staff("west_midlands", DAWN)
        number = rounds.create_round(operator, "Summer", DATES, 7)
        rounds.open_round(operator, number)
        rounds.lock_round(operator, number)
        solving.solve_round(operator, number)
    return SimpleNamespace(
        run=run, number=number, reference=reference, placement=placement, app=app
    )


def test_plans_by_hand_from_another_mechanism_to_the_auditor_s_file(world, tmp_path):
    world.run("round", "solve", world.number, "--mechanism", "serial", "--as", DAWN)
    found = json.loads(world.run("round", "compare", world.number, "--as", TOMASZ, "--json"))
    assert [(p["mechanism"], p["chosen"]) for p in found] == [("optimal", True), ("serial", False)]
    assert found[0]["n_placed"] >= found[1]["n_placed"] > 0
    shown = world.run("round", "compare", world.number, "--as", TOMASZ).splitlines()
    assert len(shown) == 3
    assert "exact" in shown[1]
    asked = ("round", "compare", world.number, "--as", TOMASZ, "--people", "--certain")
    said = json.loads(world.run(*asked, "--json"))
    other = f"plan {found[1]['plan_id']}"
    assert set(said["changes"]) == {other, "certain places only"}
    assert said["certain_places_only"] == {"n_placed": 5, "n_unplaced": 1}
    lines = world.run(*asked).splitlines()
    assert f"{other}: {len(said['changes'][other])} people change" in lines
    assert len(lines) == 3 + 3 + sum(map(len, said["changes"].values()))
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
    for words in (("verify", "--replay", packed), ("solve", plain)):
        done = run_engine(*words)
        assert done.returncode == 0, done.stderr
    assert "byte for byte" in done.stdout


def run_engine(*words):
    """Run the engine alone, as an auditor would, on a machine where nothing else is set."""
    command = [sys.executable, "-m", "matching", *map(str, words)]
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def test_why_not_names_the_rule_and_the_fact_or_says_that_nothing_does(world):
    pair = (world.reference, world.placement)
    said = json.loads(world.run("why-not", *pair, "--as", DAWN, "--json"))
    assert (said["obstacle"], said["is_estimate"]) == (None, True)
    assert world.run("why-not", *pair, "--as", DAWN).startswith("nothing")
    with world.app.app_context():
        narrow(world.reference)
    shown = world.run("why-not", *pair, "--as", DAWN)
    assert shown.splitlines()[0] == "travel_too_long"
    assert "Your limit is 5." in shown
    assert "no application" in world.run("why-not", "A-none", pair[1], "--as", DAWN, code=2)
    assert "no placement" in world.run("why-not", pair[0], "P-none", "--as", DAWN, code=2)


@act
def narrow(reference):
    """Give one person the shortest limit there is, and only their feet."""
    person = db.session.scalar(select(Application).where(Application.reference == reference))
    person.max_minutes, person.modes = 5, ["walk"]
    person.candidate.latitude = 52.9


def test_atrs_is_a_document_whose_open_fields_the_authority_fills(world, tmp_path):
    about = tmp_path / "record.toml"
    about.write_text('team = "Placements"\nsenior_responsible_owner = "Head of Skills"\n')
    document = world.run("atrs", world.number, "--as", TOMASZ, "--about", about)
    assert document.startswith("# Algorithmic transparency record")
    assert "### 2.1.2 Team\n\nPlacements" in document
    assert "5 of 6 people were placed" in document
    fields = json.loads(world.run("atrs", world.number, "--as", TOMASZ, "--json"))
    text = {field["attribute"]: field["text"] for field in fields}
    assert text["organisation_name"] == "West Midlands Combined Authority"
    assert text["team"] is None
    about.write_text('colour = "red"')
    wrong = ("atrs", world.number, "--as", TOMASZ, "--about", about)
    assert "the standard has no field 'colour'" in world.run(*wrong, code=2)


def test_rescue_lists_who_could_take_a_place_by_effect(world):
    lines = json.loads(world.run("rescue", 1, "--as", DAWN, "--json"))
    assert len(lines) == 6
    assert {line["choice_rank"] for line in lines} == {1}
    assert len(world.run("rescue", 1, "--as", DAWN).splitlines()) == 6
    assert "no such placement" in world.run("rescue", 99, "--as", DAWN, code=2)


def test_round_snapshot_holds_until_a_sealed_record_is_changed(world, database_url):
    seal = json.loads(world.run("round", "snapshot", world.number, "--as", TOMASZ, "--json"))
    assert (seal["ok"], seal["broken"]) == (True, [])
    engine = create_engine(database_url)
    with engine.begin() as connection, unguarded(connection):
        connection.execute(text("UPDATE snapshot_record SET body = body || ' ' WHERE id = 1"))
    engine.dispose()
    shown = world.run("round", "snapshot", world.number, "--as", TOMASZ, "--json", code=1)
    assert json.loads(shown)["broken"] == [1]


def test_explain_says_why_in_words_or_that_there_is_nobody(world):
    words = json.loads(world.run("explain", world.number, world.reference, "--as", DAWN, "--json"))
    assert set(words) == {"title", "because", "not_these", "changes", "estimate", "untold"}
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
