"""Timetables and tables of minutes taken in from the command line."""

import json
from types import SimpleNamespace

import pytest
from factories.feeds import make_feed, times

from placements import cli


@pytest.fixture
def run(tmp_path, monkeypatch, capsys):
    """Call it with words: what the command line answers in this process."""
    clock = tmp_path / "clock"
    clock.write_text("2026-09-01T09:00:00+00:00")
    here = {
        "PLACEMENTS_ENV": "test",
        "DATABASE_URL": f"sqlite:///{tmp_path / 'new.db'}",
        "TRAVEL_DIR": str(tmp_path / "travel"),
        "CLOCK_FILE": str(clock),
    }
    for name, value in here.items():
        monkeypatch.setenv(name, value)

    def run(*words):
        monkeypatch.setattr("sys.argv", ["placements", *map(str, words)])
        code = cli.main()
        return SimpleNamespace(returncode=code, **capsys.readouterr()._asdict())

    return run


def test_timetable_import_show_and_forget(run, tmp_path):
    feed = tmp_path / "feed.zip"
    feed.write_bytes(make_feed().getvalue())
    kept = run("timetable", "import", feed, "--json")
    assert kept.returncode == 0
    facts = json.loads(kept.out)
    assert (facts["model"], facts["source"]) == ("timetable", "feed.zip")
    assert (facts["valid_from"], facts["imported_on"]) == ("2026-09-07", "2026-09-01")
    assert facts["sha256"] in run("timetable", "show").out
    week = run("timetable", "import", feed, "--week-of", "2026-09-02", "--json")
    assert json.loads(week.out)["valid_from"] == "2026-08-31"
    assert run("timetable", "forget").out.startswith("straight_line: ")


def test_timetable_import_of_a_bad_file_is_one_plain_line(run, tmp_path):
    feed = tmp_path / "feed.zip"
    feed.write_bytes(make_feed(stop_times=times(one="a 08:00, b 07:00")).getvalue())
    for words, expected in (
        ((feed,), "feed.zip: stop_times.txt line 3: the time is before the call before it."),
        ((feed, "--week-of", "soon"), "--week-of: write soon as a date, like 2026-09-07."),
    ):
        refused = run("timetable", "import", *words)
        assert refused.returncode == 2
        assert refused.err.startswith(f"placements: {expected}")
        assert refused.err.count("\n") == 1


def test_minutes_import_finds_sectors_and_districts_of_the_region(run, tmp_path):
    minutes = tmp_path / "minutes.csv"
    rows = ("from,to,mode,minutes", "B1 1,B2 4,bus,9", "B2 4,B1 1,bus,10", "WV1,B1 1,train,31")
    minutes.write_text("\n".join(rows))
    words = ("minutes", "import", minutes, "--source", "invented", "--taken-on", "2026-09-07")
    kept = run(*words)
    assert (kept.returncode, kept.err) == (0, "")
    assert kept.out.startswith("table: invented\n  from 2026-09-07, taken in on 2026-09-01")
    minutes.write_text("\n".join((*rows, "B1 1,ZZ9 9,bus,9")))
    refused = run(*words)
    assert refused.returncode == 2
    assert "minutes line 5: to 'ZZ9 9' is not among the areas" in refused.err
