"""Count the funnel of 100,000 assignments on both databases, by every key, and show the plan.

`python -m scale.funnel [N]` makes N assignments by bulk insert in a database of its own,
counts, prints seconds and query plans, and leaves nothing behind.
"""

import os
import random
import sys
import tempfile
import time
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import conftest
from click.testing import CliRunner
from factories.by_hand import unguarded
from servers import NotHere, postgresql_server
from sqlalchemy import func, insert, select, text

from placements.cli_outcomes import funnel_command
from placements.domain.checkpoints import questions_at_end
from placements.domain.funnel import KEYS
from placements.domain.vocabulary import Role
from placements.extensions import db
from placements.models.outcomes import Outcome
from placements.services import staff
from placements.services.destinations import ENDED_STATES
from placements.services.funnel_people import ALL, select_assignments

os.environ["PLACEMENTS_ENV"] = "test"

SEED = 20261125
AT = datetime(2025, 1, 6, 9, tzinfo=UTC)
N_EMPLOYERS, N_PROVIDERS, N_ROUNDS, N_PLACEMENTS, IN_ONE_WRITE = 400, 12, 8, 2000, 5000
SECTORS = ("engineering", "care", "retail", "digital", "construction", "logistics")
DISTRICTS = ("Birmingham", "Coventry", "Dudley", "Sandwell", "Solihull", "Walsall")
GROUPS = ([], [], [], ["care_leaver"], ["neet_26"], ["care_leaver", "neet_26"])
STATES = {
    "completed": 40,
    "left_early": 5,
    "ended_by_employer": 2,
    "started": 3,
    "did_not_start": 3,
    "declined": 12,
    "lapsed": 8,
    "cancelled_by_candidate": 8,
    "cancelled_by_employer": 4,
    "accepted": 5,
    "confirmed": 5,
    "offered": 5,
}
KINDS = ("JOB", "JOB", "APP", "EDU_FT", "TRAIN", "NEET_SEEK", "VOL", "REFUSED")
FAR = 10_000_000
FIRST = 1000  # the numbers below are for who is added by the services
STAFF, REGION = "dawn@authority.example", "west_midlands"


def make(n: int) -> None:
    """Write a region with `n` assignments, a person each, past every guard."""
    dice = random.Random(SEED)
    if db.engine.dialect.name == "sqlite":
        with closing(db.engine.raw_connection()) as pooled:
            pooled.cursor().execute("PRAGMA foreign_keys = OFF")
    with unguarded(db.session.connection()):
        _write_organisations(dice)
        _write_people(n, dice)
        _write_assignments(n, dice)
    db.session.commit()
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE")
    staff.add_staff(REGION, STAFF, "Dawn (invented)", Role.OPERATOR)


def write(table: str, rows: list[dict]) -> None:
    """Insert rows in parts."""
    for at in range(0, len(rows), IN_ONE_WRITE):
        db.session.execute(insert(db.metadata.tables[table]), rows[at : at + IN_ONE_WRITE])


def _write_organisations(dice: random.Random) -> None:
    write("region", [{"id": 1, "code": REGION, "name": "I", "timezone": "Europe/London"}])
    ids = range(1, N_EMPLOYERS + 1)
    write(
        "employer",
        [
            {"id": i, "region_id": 1, "name": f"E{i}", "sector": dice.choice(SECTORS)}
            | {"state": "verified", "version": 1}
            for i in ids
        ],
    )
    pledge = {"answer": "yes", "period": "2025", "made_at": AT, "source": "invented"}
    write("pledge", [{"id": i, "employer_id": i, "n_places": 9, **pledge} for i in ids])
    write("provider", [{"id": i, "region_id": 1, "name": f"P{i}"} for i in range(1, 13)])
    dates = {"opens_at": AT, "locks_at": AT + timedelta(1), "release_at": AT + timedelta(2)}
    known = {"region_id": 1, "seed": 1, "state": "final", "version": 1}
    rounds = range(1, N_ROUNDS + 1)
    write("round", [{"id": i, "name": f"R{i}", **dates, **known} for i in rounds])
    placed = {"capacity": 60, "held": 0, "state": "full", "version": 1}
    placements = [
        {"id": i, "reference": f"P-{i}", "employer_id": 1 + i % N_EMPLOYERS, **placed}
        | {"sector": dice.choice(SECTORS)}
        for i in range(1, N_PLACEMENTS + 1)
    ]
    write("placement", placements)
    write("history", [_move("placement", p["id"], "live", -FAR - p["id"]) for p in placements])


def _move(kind: str, record_id: int, state: str, event: int) -> dict:
    facts = {"from_state": "offered", "action": "accept", "version": 2, "moved_at": AT}
    return {"kind": kind, "record_id": record_id, "to_state": state, "event_seq": event, **facts}


def _write_people(n: int, dice: random.Random) -> None:
    ids = range(1, n + 1)
    reached = [{"id": FIRST + i, "name": "I", "email": f"p{i}@mail.example"} for i in ids]
    write("account", reached)
    write(
        "candidate",
        [{"id": i, "account_id": FIRST + i, "district": dice.choice(DISTRICTS)} for i in ids],
    )
    same = {"region_id": 1, "salt": "0" * 32, "max_minutes": 60, "state": "ready", "version": 1}
    write(
        "application",
        [
            {"id": i, "reference": f"A-{i}", "candidate_id": i, **same}
            | {"provider_id": 1 + i % N_PROVIDERS, "priority": dice.choice(GROUPS)}
            for i in ids
        ],
    )


def _write_assignments(n: int, dice: random.Random) -> None:
    assignments, history, checkpoints, outcomes = [], [], [], []
    states = dice.choices(list(STATES), list(STATES.values()), k=n)
    for i, state in enumerate(states, 1):
        ended = date(2025, 3, 1) + timedelta(days=dice.randrange(60))
        history.append(_move("assignment", i, "offered", -2 * i))
        if state not in ("offered", "declined", "lapsed") and dice.random() < 0.6:
            history.append(_move("assignment", i, "accepted", -2 * i - 1) | {"version": 3})
        row = {"id": i, "round_id": 1 + i % N_ROUNDS, "application_id": i, "candidate_id": i}
        row |= {"placement_id": 1 + dice.randrange(N_PLACEMENTS), "offered_at": AT}
        assignments.append(row | {"state": state, "version": 4, "end_on": ended})
        if state in ENDED_STATES:
            _ask(i, ended, checkpoints, outcomes, dice)
    for asked in checkpoints:
        moved = _move("checkpoint", asked["id"], asked["state"], -2 * FAR - asked["id"])
        history.append(moved | {"version": asked["version"]})
    for table, rows in (
        ("assignment", assignments),
        ("history", history),
        ("checkpoint", checkpoints),
        ("outcome", outcomes),
    ):
        write(table, rows)


def _ask(i: int, ended: date, checkpoints: list, outcomes: list, dice: random.Random) -> None:
    kind, since = dice.choice(KINDS), ended + timedelta(days=dice.randrange(90))
    for question in questions_at_end(ended):
        asked = {"id": len(checkpoints) + 1, "assignment_id": i, "kind": question.kind.value}
        asked |= {"due_on": question.due_on, "window_opens_on": question.window_opens_on}
        asked |= {"window_closes_on": question.window_closes_on}
        is_told = question.kind != "M12" and dice.random() < 0.85
        checkpoints.append(asked | {"state": "recorded" if is_told else "due", "version": 3})
        if is_told:
            told = {"checkpoint_id": asked["id"], "kind": kind, "source": "provider"}
            told |= {"evidence_level": "provider", "recorded_at": AT, "hours_per_week": 30.0}
            outcomes.append(told | {"from_on": since if since <= question.due_on else None})


def measure() -> None:
    """Run the command by every key, in its own process' words, and print seconds."""
    for key in (None, *KEYS):
        words = ["--json", "--as", STAFF, *(("--by", key) if key else ())]
        began, used = time.perf_counter(), time.process_time()
        done = CliRunner().invoke(funnel_command, words)
        assert done.exit_code == 0, done.output
        seconds, cpu = time.perf_counter() - began, time.process_time() - used
        name = key or "whole"
        print(f"{name:<9} {seconds:5.2f} s ({cpu:.2f} s here), {len(done.output):,} letters")
        db.session.rollback()


def show_plan() -> None:
    """Print how the database finds what the funnel counts by provider."""
    rows = select_assignments(1, None, ALL, "provider")
    postgres = db.engine.dialect.name == "postgresql"
    words = "EXPLAIN (ANALYZE, TIMING OFF)" if postgres else "EXPLAIN QUERY PLAN"
    sql = rows.compile(db.engine, compile_kwargs={"literal_binds": True})
    for line in db.session.execute(text(f"{words} {sql}")):
        print("   ", line[-1])


def run(databases, n: int) -> None:
    """Make, count and plan on one database."""
    app = conftest.build_app(databases())
    with app.app_context():
        began = time.perf_counter()
        make(n)
        n_told = db.session.scalar(select(func.count(Outcome.id)))
        seconds = time.perf_counter() - began
        print(f"{db.engine.dialect.name}: {n:,} assignments, {n_told:,} answers, {seconds:.0f} s")
        measure()
        show_plan()
    conftest.close(app)


def main(n: int) -> None:
    """Measure on SQLite, and on PostgreSQL where there is one."""
    with tempfile.TemporaryDirectory() as folder:
        run(conftest.SqliteDatabases(Path(folder)), n)
        try:
            with postgresql_server() as environment:
                databases = conftest.PostgresqlDatabases(environment["TEST_POSTGRESQL_URL"])
                run(databases, n)
                databases.close()
        except NotHere as missing:
            print(f"PostgreSQL: not run, {missing}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
