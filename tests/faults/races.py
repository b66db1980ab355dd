"""Two processes want the same thing at the same instant, thousands of times: one gets it.

`python -m faults.races [--races N] [--minutes M] [sqlite] [postgresql]` runs each kind of race
on each database, prints the figures of each as one line of JSON, and ends with 1 if any race had
no winner or two, or if the records do not agree afterwards. It stops by itself.
"""

import argparse
import json
import multiprocessing
import os
import sys
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import flask_migrate
from faults import race_checks, race_kinds
from servers import postgresql_server
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from placements import create_app
from placements.extensions import db
from placements.settings import load_settings

PATIENCE = 120.0
SHARES = {"last_place": 1.0, "deadline": 0.05, "withdrawal": 0.03, "hold": 0.03, "two_rounds": 0.03}


@dataclass(frozen=True)
class Race:
    """What two processes race for, how long, and what they wait for each other by."""

    counts: dict[str, int]
    worlds: dict[str, Any]
    seconds: float
    barrier: Any
    is_over: Any
    folder: Path


@dataclass
class Turns:
    """What one process came to in the races of one kind."""

    wins: list[bool] = field(default_factory=list)
    seconds: float = 0.0
    slowest: float = 0.0


@dataclass
class Report:
    """What the races of one kind on one database came to."""

    engine: str
    kind: str
    races: int = 0
    one_winner: int = 0
    seconds: float = 0.0
    slowest_ms: float = 0.0
    wins: list[int] = field(default_factory=lambda: [0, 0])
    wrong: list[str] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Whether every race that was begun had exactly one winner, and all records agree."""
        return self.races > 0 and self.one_winner == self.races and not self.wrong


def build_app(url):
    os.environ["PLACEMENTS_ENV"] = "test"
    return create_app(load_settings({"PLACEMENTS_ENV": "test", "DATABASE_URL": url}))


def run_races(url, counts, seconds, folder):
    """Race two processes as often as `counts` says of each kind, for `seconds` at most each.

    Return a report of each kind; the clocks of the two are files in `folder`.
    """
    app = build_app(url)
    with app.app_context():
        worlds = {kind: race_kinds.KINDS[kind].prepare(n) for kind, n in counts.items()}
    context = multiprocessing.get_context("spawn")
    barrier, told = context.Barrier(2, timeout=PATIENCE), context.Queue()
    race = Race(counts, worlds, seconds, barrier, context.Event(), Path(folder))
    runners = [context.Process(target=_run, args=(url, me, race, told)) for me in (0, 1)]
    for runner in runners:
        runner.start()
    try:
        found = dict(told.get(timeout=seconds * len(counts) + PATIENCE) for _ in runners)
    finally:
        for runner in runners:
            runner.join(PATIENCE)
            runner.terminate()
    with app.app_context():
        engine, wrong = db.engine.dialect.name, race_checks.list_wrong()
        db.session.remove()
        db.engine.dispose()
    wrong += [words for words in found.values() if isinstance(words, str)]
    if any(isinstance(words, str) for words in found.values()):
        return [Report(engine, kind, wrong=wrong) for kind in counts]
    return [
        _judge(Report(engine, kind, wrong=wrong), found[0][kind], found[1][kind]) for kind in counts
    ]


def _judge(report, mine, theirs):
    report.races = len(mine.wins)
    report.one_winner = sum(a + b == 1 for a, b in zip(mine.wins, theirs.wins, strict=True))
    report.wins = [sum(mine.wins), sum(theirs.wins)]
    report.seconds = round(max(mine.seconds, theirs.seconds), 1)
    report.slowest_ms = round(max(mine.slowest, theirs.slowest) * 1000, 1)
    return report


def _run(url, me, race, told):
    """Be one of the two: the same race at the same instant as the other, then tidy up."""
    os.environ["CLOCK_FILE"] = str(race.folder / f"clock{me}")
    try:
        found = {}
        with build_app(url).app_context():
            for name in race.counts:
                found[name] = _take_part(name, me, race)
        told.put((me, found))
    except Exception as error:
        race.barrier.abort()
        told.put((me, f"process {me} stopped: {type(error).__name__}: {error}"))


def _take_part(name, me, race):
    kind, world, began = race_kinds.KINDS[name], race.worlds[name], time.monotonic()
    Path(race.folder, f"clock{me}").write_text(kind.clocks[me].isoformat())
    turns = Turns()
    for n in range(race.counts[name]):
        if me == 0 and time.monotonic() - began > race.seconds:
            race.is_over.set()
        elif me == 0:
            kind.set_up(world, n)
        race.barrier.wait()
        if race.is_over.is_set():
            break
        turn_began = time.monotonic()
        turns.wins.append(kind.turns[me](world, n))
        turns.slowest = max(turns.slowest, time.monotonic() - turn_began)
        if (n + 1) % kind.batch == 0:
            race.barrier.wait()
            if kind.batch > 1 or turns.wins[-1]:
                kind.tidy(world, me)
            race.barrier.wait()
    race.barrier.wait()
    race.is_over.clear()
    race.barrier.wait()
    turns.seconds = time.monotonic() - began
    return turns


@contextmanager
def database(engine, folder):
    """Yield the URL of a fresh migrated database of one kind."""
    if engine == "sqlite":
        url = f"sqlite:///{folder}/races.db"
        _migrate(url)
        yield url
        return
    with postgresql_server() as given:
        server = make_url(given["TEST_POSTGRESQL_URL"]).set(drivername="postgresql+psycopg")
        admin = create_engine(server, isolation_level="AUTOCOMMIT")
        name = f"races_{os.getpid()}"
        with admin.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name}"))
        url = server.set(database=name).render_as_string(hide_password=False)
        try:
            _migrate(url)
            yield url
        finally:
            with admin.connect() as connection:
                connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
            admin.dispose()


def _migrate(url):
    app = build_app(url)
    with app.app_context():
        flask_migrate.upgrade()
        db.engine.dispose()


def main(words):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("engines", nargs="*", default=["sqlite", "postgresql"])
    parser.add_argument("--races", type=int, default=10_000, help="for a last place")
    parser.add_argument("--minutes", type=float, default=30.0, help="at most, a kind and database")
    asked = parser.parse_args(words)
    all_ok = True
    for engine in asked.engines:
        with tempfile.TemporaryDirectory() as folder, database(engine, folder) as url:
            counts = {kind: max(10, int(asked.races * share)) for kind, share in SHARES.items()}
            for report in run_races(url, counts, asked.minutes * 60, folder):
                n = counts[report.kind]
                all_ok &= report.ok and report.races == n
                print(json.dumps({**vars(report), "asked": n, "ok": report.ok}), flush=True)
    return 0 if all_ok else 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
