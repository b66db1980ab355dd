"""A worker stopped at its step (SIGSTOP) past its lease, and woken (SIGCONT): it writes nothing.

`python -m faults.asleep [--times N] [sqlite] [postgresql]` starts real workers, stops each at a
step of a round until another has taken over and run it, wakes it, prints the figures as one line
of JSON, and ends with 1 if one that woke wrote, or a step was not run exactly once. It ends only
processes that it started.
"""

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from datetime import timedelta
from pathlib import Path

import conftest
from factories.every_state import picture
from faults.databases import ENGINES, databases
from servers import NotHere
from soak.worlds import LOCKS, OPENS, RELEASE, make_world, reach
from sqlalchemy import select

from placements.extensions import db
from placements.models.audit import AuditHead, History
from placements.models.operations import Occurrence
from placements.services import occurrences
from placements.services.invariants import verifying
from placements.settings import ROOT

PATIENCE_SECONDS, MIDDLE = 120, "in the middle of a step"
NOT_DONE = "step not done"  # what a worker says of a step that another has taken over
PAST_LEASE = timedelta(seconds=occurrences.LEASE_SECONDS + 1)
ASLEEP = {
    "round.open": ("planned", OPENS),
    "round.lock": ("planned", LOCKS),
    "round.solve": ("planned", LOCKS),
    "round.release": ("approved", RELEASE),
}


class Workers:
    """Starts workers of one database under one clock, each in a process of its own."""

    def __init__(self, url, folder, log="log"):
        self.clock, self.log = folder / "clock", folder / log
        self.environment = {**os.environ, "PLACEMENTS_ENV": "test"}
        self.environment |= {"DATABASE_URL": url.replace("+psycopg", ""), "SECRET_KEY": "s" * 32}
        self.environment |= {"CLOCK_FILE": str(self.clock), "MAIL_SINK_DIR": str(folder / "mail")}

    def start(self, *words, **more):
        command = [sys.executable, "-m", "placements.cli", "worker", *words]
        environment = {**self.environment, **more}
        with self.log.open("w") as log:
            pipes = {"stdout": log, "stderr": subprocess.STDOUT}
            return subprocess.Popen(command, cwd=ROOT, env=environment, **pipes)

    def finish(self, worker):
        """Wait until the worker started last ends in order."""
        code, said = worker.wait(PATIENCE_SECONDS), self.log.read_text()
        if code or MIDDLE in said:
            raise RuntimeError(f"a worker ended with {code}: {said}")

    def set_clock(self, at):
        self.clock.write_text(at.isoformat())


def look():
    """Everything that a worker may change, and the head of the audit."""
    seen = picture(), db.session.execute(select(AuditHead.seq, AuditHead.hash)).one()
    db.session.rollback()
    return seen


def is_claimed(schedule):
    rows = select(Occurrence.id).where(
        Occurrence.schedule == schedule, Occurrence.state == "claimed"
    )
    found = db.session.scalar(rows) is not None
    db.session.rollback()
    return found


def bring(schedule, workers):
    """Bring a new region to where one step is due next, and the clock to when it is."""
    stage, at = ASLEEP[schedule]
    reach(make_world(), stage)
    workers.set_clock(at - 2 * PAST_LEASE)
    workers.finish(workers.start("--once"))
    workers.set_clock(at)
    return at


def sleep_through(schedule, url, folder):
    """Stop a worker at a step until another has run it, and wake it; return what is wrong."""
    sleepers, others = Workers(url, folder), Workers(url, folder, "other.log")
    at = bring(schedule, others)
    nth = 1 + (schedule == "round.solve")  # the lock is due at the same instant, before it
    slept = sleepers.start(FAILPOINT=f"lease.after_claim:{nth}=sleep:2")
    try:
        stop_at(schedule, slept)
        others.set_clock(at + PAST_LEASE)
        others.finish(others.start("--once"))
        before = look()
        slept.send_signal(signal.SIGCONT)
        wait_for(lambda: NOT_DONE in sleepers.log.read_text(), "the worker to try its step")
        slept.terminate()
        sleepers.finish(slept)
    finally:
        slept.kill()
    woke = [] if look() == before else [f"{schedule}: who woke wrote"]
    return woke + list_wrong(schedule)


def wait_for(is_there, what):
    until = time.monotonic() + PATIENCE_SECONDS
    while not is_there():
        if time.monotonic() > until:
            raise RuntimeError(f"waited too long for {what}")
        time.sleep(0.01)


def stop_at(schedule, worker):
    """Stop a worker when it has claimed a step and not begun it."""
    wait_for(lambda: worker.poll() is not None or is_claimed(schedule), f"a worker at {schedule}")
    worker.send_signal(signal.SIGSTOP)


def list_wrong(schedule):
    """Say whether the step was run once, under the newer lease, and every rule holds."""
    rows = db.session.execute(
        select(Occurrence.state, Occurrence.reason).where(Occurrence.schedule == schedule)
    ).all()
    wrong = [f"{schedule}: {row}" for row in rows if row.state != "done"]
    moves = select(History.record_id, History.action).where(History.kind == "round")
    moves = moves.where(History.action.in_(("open", "lock", "solve", "publish")))
    wrong += [f"{move} twice" for move, n in Counter(db.session.execute(moves)).items() if n > 1]
    report = verifying.verify_invariants()
    wrong += [f"{v.invariant}: {v.table} {v.rows}" for v in report.violations]
    return wrong + [f"{name} could not be checked" for name in report.unchecked]


def sleep_often(engine, times):
    """Let workers sleep at each kind of step so many times; return how often, and what is wrong."""
    counts, wrong = Counter(), []
    with databases(engine) as made:
        for n in range(times):
            schedule = list(ASLEEP)[n % len(ASLEEP)]
            url = made()
            app = conftest.build_app(url)
            with tempfile.TemporaryDirectory() as home, app.app_context():
                wrong += sleep_through(schedule, url, Path(home))
            conftest.close(app)
            counts[schedule] += 1
    return counts, wrong


def main(words):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("engines", nargs="*", default=ENGINES)
    parser.add_argument("--times", type=int, default=12, help="on each database")
    asked, n_wrong = parser.parse_args(words), 0
    for engine in asked.engines:
        began = time.monotonic()
        try:
            counts, wrong = sleep_often(engine, asked.times)
        except NotHere as reason:
            print(f"!! SKIPPED {engine}: {reason}", flush=True)
            continue
        seconds = round(time.monotonic() - began)
        figures = {"engine": engine, "slept": asked.times, **counts, "seconds": seconds}
        print(json.dumps({**figures, "wrong": wrong}), flush=True)
        n_wrong += len(wrong)
    return 1 if n_wrong else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
