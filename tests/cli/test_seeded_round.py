"""A seeded region, driven through a whole round by commands alone: the same figures everywhere."""

import json
import re
from datetime import datetime

import pytest
from factories.shell import run_command

SIZE = ("--seed", "7", "--people", "60", "--placements", "15")
SEEDED_AT = datetime.fromisoformat("2026-11-24T10:00:00+00:00")
DAWN, TOMASZ = "dawn.ellis.1@authority.example", "tomasz.rak.2@authority.example"
FIGURES = re.compile(
    r"(?P<name>[^\n]+), plan: (?P<placed>\d+) placed, (?P<not>\d+) not, (?P<first>\d+) at their "
    r"first choice, median (?P<minutes>\d+) minutes; (?P<seconds>[\d.]+) seconds, proof "
    r"(?P<proof>\w+)\n  seal (?P<seal>\w{64})\n  plan (?P<plan>\w{64})"
)


class Machine:
    """A shell with a database, a clock and a folder for mail of its own."""

    def __init__(self, url, folder):
        self.clock_file = folder / "clock"
        self.environment = {
            "PLACEMENTS_ENV": "test",
            "DATABASE_URL": url.replace("+psycopg", ""),
            "CLOCK_FILE": str(self.clock_file),
            "MAIL_SINK_DIR": str(folder / "outbox"),
        }
        self.set_clock(SEEDED_AT)

    def set_clock(self, at):
        self.clock_file.write_text(at.isoformat())

    def run(self, *words):
        done = run_command(words, self.environment)
        assert (done.returncode, done.stderr) == (0, ""), done.stderr
        return done.stdout

    def due_steps(self):
        """The steps ahead of the round that was seeded, by name."""
        steps = json.loads(self.run("schedule", "--json"))
        ahead = [s for s in steps if s["state"] == "due" and s["schedule"].startswith("round.")]
        return {s["schedule"]: datetime.fromisoformat(s["due_at"]) for s in ahead}, str(
            ahead[0]["subject_id"]
        )


def drive(url, folder):
    """Seed, then run the planned round by `worker --once` alone, a second person approving."""
    folder.mkdir()
    machine = Machine(url, folder)
    machine.run("seed", *SIZE)
    due, number = machine.due_steps()
    machine.set_clock(due["round.lock"])
    figures = FIGURES.search(machine.run("worker", "--once")).groupdict()
    hashes = ("--plan", figures["plan"], "--snapshot", figures["seal"])
    machine.run("round", "approve", number, "--as", TOMASZ, *hashes)
    machine.set_clock(due["round.release"])
    machine.run("worker", "--once")
    stages = json.loads(machine.run("funnel", "--as", DAWN, "--round", number, "--json"))
    figures["matched"] = next(s["n"] for s in stages if s["name"] == "matched")
    print(figures)
    return figures


@pytest.fixture
def two_urls(make_database, tmp_path):
    """Two fresh databases: of the engine under test, and where that is PostgreSQL, one of each."""
    first = make_database()
    if first.startswith("sqlite"):
        return first, make_database()
    second = f"sqlite:///{tmp_path / 'other.db'}"
    environment = {"PLACEMENTS_ENV": "test", "DATABASE_URL": second}
    assert run_command(["migrate"], environment).returncode == 0
    return first, second


def test_I25_seeded_round_gives_the_same_seal_and_plan_on_any_database(two_urls, tmp_path):
    seen = [drive(url, tmp_path / f"machine-{n}") for n, url in enumerate(two_urls)]
    for figures in seen:
        assert float(figures.pop("seconds")) > 0
    assert seen[0] == seen[1]
    assert int(seen[0]["placed"]) == int(seen[0]["matched"]) > 10
    assert seen[0]["proof"] == "exact"
