"""A whole round by hand, as two members of staff would run it, at the command line."""

import json

import pytest
from factories.shell import run_command

DAWN, TOMASZ = "dawn@authority.example", "tomasz@authority.example"


@pytest.fixture
def run(database_url, tmp_path):
    clock_file = tmp_path / "clock"
    environment = {
        "PLACEMENTS_ENV": "test",
        "DATABASE_URL": database_url.replace("+psycopg", ""),
        "CLOCK_FILE": str(clock_file),
    }

    def run(*words, code=0):
        done = run_command(words, environment)
        assert done.returncode == code, done.stderr
        assert "Traceback" not in done.stderr
        return (done.stdout if code == 0 else done.stderr).strip()

    run.set_clock = clock_file.write_text
    run.set_clock("2026-11-24T10:00:00+00:00")
    return run


def test_round_by_hand_from_its_dates_to_the_funnel(run):
    run("seed", "--people", "40", "--placements", "12")
    for email, power in ((DAWN, "operator"), (TOMASZ, "approver")):
        run("staff", email, "--name", "Invented", "--power", power)
    dates = ("--opens", "2026-11-25T10:00", "--locks", "2026-12-01T10:00")
    release = ("--release", "2026-12-08T10:00")
    number = run("round", "create", "--as", DAWN, "--name", "Winter", *dates, *release)
    states = [run("round", act, number, "--as", DAWN) for act in ("open", "lock", "solve")]
    assert states == ["open", "locked", "proposed"]
    shown = json.loads(run("round", "show", number, "--as", TOMASZ))
    hashes = ("--plan", shown["plan_hash"], "--snapshot", shown["snapshot_hash"])
    assert "Another approver" in run("round", "approve", number, "--as", DAWN, *hashes, code=2)
    run("round", "approve", number, "--as", TOMASZ, *hashes)
    assert "Nothing was sent" in run("round", "publish", number, "--as", DAWN, code=2)
    run.set_clock("2026-12-08T10:00:00+00:00")
    run("worker", "--once")
    assert "settling" in run("round", "list", "--as", DAWN)
    stages = {s["name"]: s for s in json.loads(run("funnel", "--as", DAWN, "--json"))}
    assert stages["matched"]["n"] == len(stages["matched"]["ids"]) > 0
    done = [o for o in json.loads(run("schedule", "--json")) if o["state"] == "done"]
    assert "round.release" in {o["schedule"] for o in done}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("round", "list", "--as", "stranger@mail.example"), "Nobody on the authority's staff"),
        (("round", "create", "--as", DAWN), "Missing option"),
        (("funnel", "--as", "not an address"), "Write an email address"),
    ],
)
def test_command_that_cannot_run_says_what_to_do(run, words, said):
    assert said in run(*words, code=2)
