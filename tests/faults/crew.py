"""Two workers share a thousand steps of many regions: each is run once, a region's never together.

`python -m faults.crew [--steps N] [--regions R] [--workers W]` runs real worker processes on a real
PostgreSQL, prints the figures as one line of JSON, and ends 1 if a step was run twice or not at
all, or if two steps of one region were at work at one instant.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

os.environ.setdefault("PLACEMENTS_ENV", "test")

from factories.records import make_account, make_region
from faults.races import build_app, database
from sqlalchemy import func, select

from placements import clock
from placements.domain.permissions import Actor
from placements.domain.vocabulary import Role
from placements.extensions import db
from placements.models.operations import Occurrence
from placements.services import occurrences, rounds
from placements.services.transactions import act

PATIENCE_SECONDS = 900
LAPSE = "offers.lapse"
WORKER = """
import os, sys, time
from pathlib import Path
from placements import create_app, scheduler
from placements.settings import load_settings

folder, work_seconds = Path(sys.argv[1]), float(sys.argv[2])

def step(claim):
    began = time.time()
    time.sleep(work_seconds)
    line = f"{claim.occurrence_id} {claim.subject_id} {os.getpid()} {began} {time.time()}\\n"
    with open(folder / "runs", "a", buffering=1) as runs:
        runs.write(line)

scheduler.STEPS["offers.lapse"] = step
app = create_app(load_settings(os.environ))

def in_context(work):
    with app.app_context():
        return work()

def wait():
    while not (folder / "stop").exists():
        time.sleep(0.05)

scheduler.run_worker(in_context, wait, app.config["SETTINGS"], shares=True)
"""


@act
def make_operator():
    region = make_region()
    return Actor(Role.OPERATOR, make_account().id, region_id=region.id)


@act
def add_steps(round_ids, n, at):
    for number in range(n):
        due_at = at - timedelta(seconds=n - number)
        occurrences.add_occurrence(LAPSE, round_ids[number % len(round_ids)], due_at)


def prepare(n_steps, n_regions):
    """Write rounds of the coming year, and steps of theirs that are due now."""
    at, round_ids = clock.now(), []
    dates = tuple(
        (at + timedelta(days=days)).replace(hour=10, minute=0) for days in (300, 310, 320)
    )
    for _ in range(n_regions):
        round_ids.append(rounds.create_round(make_operator(), "Invented", dates, seed=7))
    add_steps(round_ids, n_steps, at)


def count_waiting():
    rows = select(func.count()).where(
        Occurrence.schedule == LAPSE, Occurrence.state.in_(("due", "claimed"))
    )
    n_waiting = db.session.scalar(rows)
    db.session.rollback()
    return n_waiting


def share(url, folder, n_steps, n_regions, n_workers=2, work_seconds=0.0):
    """Let workers share steps; return what was run how often, by whom, and what overlapped."""
    app, began = build_app(url), time.monotonic()
    environment = {**os.environ, "DATABASE_URL": url.replace("+psycopg", "", 1)}
    words = [sys.executable, "-c", WORKER, str(folder), str(work_seconds)]
    with app.app_context():
        prepare(n_steps, n_regions)
        workers = [subprocess.Popen(words, env=environment) for _ in range(n_workers)]
        until = began + PATIENCE_SECONDS
        while count_waiting() and time.monotonic() < until:
            if any(worker.poll() is not None for worker in workers):
                break
            time.sleep(0.2)
        seconds = time.monotonic() - began
        (folder / "stop").touch()
        codes = [worker.wait(60) for worker in workers]
        states = Counter(
            db.session.scalars(select(Occurrence.state).where(Occurrence.schedule == LAPSE))
        )
        db.session.remove()
        db.engine.dispose()
    return {
        **_judge(folder, n_steps),
        "states": dict(states),
        "codes": codes,
        "seconds": round(seconds, 1),
    }


def _judge(folder, n_steps):
    path = folder / "runs"
    lines = [line.split() for line in path.read_text().splitlines()] if path.exists() else []
    n_runs = Counter(line[0] for line in lines)
    by_region = {}
    for _, region, _, began, ended in lines:
        by_region.setdefault(region, []).append((float(began), float(ended)))
    n_together = sum(
        after < before
        for spans in by_region.values()
        for (_, before), (after, _) in pairwise(sorted(spans))
    )
    return {
        "steps": n_steps,
        "run": len(n_runs),
        "run_twice": sum(n > 1 for n in n_runs.values()),
        "together_in_a_region": n_together,
        "by_worker": sorted(Counter(line[2] for line in lines).values()),
    }


def is_right(found):
    """Say whether every step was run once, by more than one worker, each region's in turn."""
    return (
        found["run"] == found["steps"]
        and found["run_twice"] == found["together_in_a_region"] == 0
        and found["states"] == {"done": found["steps"]}
        and len(found["by_worker"]) > 1
        and not any(found["codes"])
    )


def main(words):
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=1000)
    parser.add_argument("--regions", type=int, default=40)
    parser.add_argument("--workers", type=int, default=2)
    given = parser.parse_args(words)
    with tempfile.TemporaryDirectory() as home, database("postgresql", Path(home)) as url:
        found = share(url, Path(home), given.steps, given.regions, given.workers)
    print(json.dumps({"engine": "postgresql", "regions": given.regions, **found}), flush=True)
    return 0 if is_right(found) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
