"""A round lived by processes that are killed, again and again: nothing kept is lost or done twice.

`python -m faults.kills [--kills N] [--minutes M] [--seed S] [sqlite] [postgresql]` kills at named
points, inside system calls (where strace is installed) and at random times until N kills a
database, checks every rule and the ledger of what was acknowledged after each, holds each whole
life to one that nobody killed, prints the figures as one line of JSON, and ends with 1 if
something was lost, doubled or broken. It stops by itself.
"""

import argparse
import itertools
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import conftest
from factories import records
from factories.letters import read_letters
from faults.databases import ENGINES, databases
from faults.lives import Life, set_clock
from servers import NotHere
from soak.worlds import BEGINS, make_world
from sqlalchemy import func, select

from placements.extensions import db
from placements.models.assignments import Assignment
from placements.models.audit import Event
from placements.models.candidates import Application
from placements.models.operations import ErasureList, ImportRun
from placements.models.outcomes import Checkpoint
from placements.models.placements import Placement
from placements.models.rounds import Round
from placements.services import outcomes
from placements.services.invariants import verifying

# Points that a day passes once or a few times: the first life of each day ends at the next of them.
RARE = (
    *("lease.after_claim", "solve.before_store", "publish.mid", "outbox.before_send"),
    *("outbox.after_send", "import.mid", "erase.mid", "cascade.mid"),
)
POINTS = (*["tx.after_commit"] * 8, *["tx.before_commit"] * 5, *RARE)
# About how often a whole life makes the calls that write and keep.
CALLS = {
    "sqlite": {"pwrite64": 600, "fdatasync": 100},
    "postgresql": {"sendto": 3000, "recvfrom": 3000},
}
ENOUGH = 200  # of so many kills, some are at every named point
PAST_LEASE = timedelta(seconds=61)
LONGEST_LIFE = 120.0


@dataclass(frozen=True)
class End:
    """Where a life is to be killed: at a named point, in a system call, or after so long."""

    name: str
    failpoint: str = ""
    call: str = ""
    seconds: float = LONGEST_LIFE


NEVER = End("")


def draw_end(engine, chance):
    """Choose where the next life ends."""
    way, calls = chance.random(), CALLS[engine]
    if way < 0.15:
        return End("at random", seconds=chance.uniform(0.1, 1.5))
    if way < 0.45 and shutil.which("strace"):
        call = chance.choice(sorted(calls))
        nth = chance.randint(1, calls[call])
        return End(f"in {call}", call=f"{call}:signal=KILL:when={nth}")
    point = chance.choice(POINTS)
    return End(point, failpoint=f"{point}:{chance.randint(1, 3)}=kill")


def fork_life(url, world, folder, end):
    """Start a process that lives on; return its id."""
    child = os.fork()
    if child:
        if end.call:
            _trace(child, end.call)
        return child
    code = 1
    try:
        os.environ["FAILPOINT"] = end.failpoint
        with conftest.build_app(url).app_context():
            if end.call:
                os.kill(os.getpid(), signal.SIGSTOP)
            Life(world, folder).day()
        code = 0
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(code)


def _trace(child, call):
    """Have a stopped process killed in one of its system calls, and let it go on."""
    os.waitpid(child, os.WUNTRACED)
    words = ["strace", "-qq", "-o", "/dev/null", "-e", f"trace={call.partition(':')[0]}"]
    tracer = subprocess.Popen([*words, "-e", f"inject={call}", "-p", str(child)])
    while "TracerPid:\t0\n" in Path(f"/proc/{child}/status").read_text():
        if tracer.poll() is not None:
            raise RuntimeError(f"strace ended with {tracer.returncode}")
        time.sleep(0.01)
    os.kill(child, signal.SIGCONT)


def end_life(child, seconds):
    """Wait for a process, and kill it after so many seconds; return how it ended."""
    ends_at = time.monotonic() + seconds
    while time.monotonic() < ends_at:
        found, status = os.waitpid(child, os.WNOHANG)
        if found:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.01)
    os.kill(child, signal.SIGKILL)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def list_wrong(app, folder):
    """What is lost of the ledger, and which rules do not hold."""
    ledger = folder / "ledger"
    lines = [line.split() for line in ledger.read_text().splitlines()] if ledger.exists() else []
    with app.app_context():
        events = dict(tuple(row) for row in db.session.execute(select(Event.seq, Event.hash)))
        wrong = [
            f"lost: event {seq}"
            for seq, known in lines
            if int(seq) and events.get(int(seq)) != known
        ]
        report = verifying.verify_invariants()
        wrong += [f"{v.invariant}: {v.table} {v.rows}" for v in report.violations]
        wrong += [f"{name} could not be checked" for name in report.unchecked]
    conftest.close(app)
    return wrong


def total(app, folder):
    """What the day came to: the states of all, and the letters that told of an offer."""
    with app.app_context():
        states = {
            table.__tablename__: dict(
                sorted(Counter(db.session.scalars(select(table.state))).items())
            )
            for table in (Application, Assignment, Checkpoint, Placement, Round)
        }
        rows = {
            table.__tablename__: db.session.scalar(select(func.count()).select_from(table))
            for table in (ErasureList, ImportRun)
        }
    conftest.close(app)
    offers = [m for m in read_letters(folder / "mail") if m["X-Message-Key"].startswith("offer:")]
    return {**states, **rows, "offer letters": len(offers)}


def live_days(engine, made, n_kills, ends_at, chance):
    """Live days until there were so many kills; return the figures and what is wrong."""
    counts, wrong, calm, rare = Counter(), [], None, itertools.cycle(RARE)

    def goes_on():
        return counts["kills"] < n_kills and time.monotonic() < ends_at

    def draw(*, is_first):
        if not (counts["days"] and goes_on()):
            return NEVER
        if is_first:
            return End(point := next(rare), failpoint=f"{point}=kill")
        return draw_end(engine, chance)

    while calm is None or goes_on():
        with tempfile.TemporaryDirectory() as home:
            ended, found = _live_day(made(), Path(home), draw, counts)
        wrong += found
        if ended is None:
            break
        calm = calm or ended
        counts["days"] += 1
        if ended != calm:
            wrong.append(f"a killed day came to {ended}, a calm one to {calm}")
    if n_kills >= ENOUGH:
        wrong += [f"never killed at {point}" for point in sorted(set(POINTS) - set(counts))]
    return counts, wrong


def _live_day(url, folder, draw, counts):
    """Live one day, each life ended as drawn; return what it came to and what is wrong."""
    os.environ["CLOCK_FILE"] = str(folder / "clock")
    set_clock(folder, BEGINS)
    app, wrong = conftest.build_app(url), []
    with app.app_context():
        records.numbers = itertools.count(1)  # the same names draw the same lots every day
        world = make_world()
        outcomes.begin_mornings()
    conftest.close(app)
    is_first = True
    while True:
        end, is_first = draw(is_first=is_first), False
        code = end_life(fork_life(url, world, folder, end), end.seconds)
        if code == -signal.SIGKILL and end.name:
            counts["kills"] += 1
            counts[end.name] += 1
        wrong += list_wrong(app, folder)
        if code == 0:
            return total(app, folder), wrong
        if code > 0 or not end.name:
            return None, [*wrong, f"a life ended with {code}"]
        moved = datetime.fromisoformat((folder / "clock").read_text()) + PAST_LEASE
        set_clock(folder, moved)


def main(words):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("engines", nargs="*", default=ENGINES)
    parser.add_argument("--kills", type=int, default=200, help="on each database")
    parser.add_argument("--minutes", type=float, default=60.0, help="at most, on each database")
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    asked, all_ok = parser.parse_args(words), True
    print(f"seed {asked.seed}", flush=True)
    for engine in asked.engines:
        began, chance = time.monotonic(), random.Random(asked.seed)
        try:
            with databases(engine) as made:
                ends_at = began + asked.minutes * 60
                counts, wrong = live_days(engine, made, asked.kills, ends_at, chance)
        except NotHere as reason:
            print(f"!! SKIPPED {engine}: {reason}", flush=True)
            continue
        ok = not wrong and counts["kills"] >= asked.kills
        seconds = round(time.monotonic() - began)
        figures = {"engine": engine, "ok": ok, "seconds": seconds, **counts, "wrong": wrong}
        print(json.dumps(figures), flush=True)
        all_ok &= ok
    return 0 if all_ok else 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
