"""A round lived by processes that are killed, again and again: nothing kept is lost or done twice.

`python -m faults.kills [--kills N] [--minutes M] [--seed S] [sqlite] [postgresql]` kills at named
points and at random times until N kills a database, checks every rule and the ledger of what was
acknowledged after each, holds each whole life to one that nobody killed, prints the figures as
one line of JSON, and ends with 1 if something was lost, doubled or broken. It stops by itself.
"""

import argparse
import itertools
import json
import os
import random
import signal
import sys
import tempfile
import time
import traceback
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path

import conftest
from factories import records
from factories.letters import read_letters, settings_with
from faults.databases import ENGINES, databases
from servers import NotHere
from soak.worlds import BEGINS, DAY, FIRST_DAY, HOUR, LOCKS, OPENS, RELEASE, in_state, make_world
from sqlalchemy import select

from placements import clock, scheduler
from placements.domain.round_dates import at_london
from placements.domain.vocabulary import OutcomeKind
from placements.extensions import db
from placements.models.assignments import Assignment
from placements.models.audit import AuditHead, Event
from placements.models.outcomes import Checkpoint
from placements.models.rounds import Round
from placements.services import (
    agreements,
    approvals,
    assignments,
    messages,
    outcomes,
    rounds,
    starts,
)
from placements.services.invariants import verifying

POINTS = (
    *["tx.after_commit"] * 8,
    *["tx.before_commit"] * 5,
    *("lease.after_claim", "publish.mid", "cascade.mid", "solve.before_store"),
    *("outbox.before_send", "outbox.after_send"),
)
PAST_LEASE, PAST_CLAIM = timedelta(seconds=61), timedelta(minutes=6)
LONGEST_LIFE = 120.0


class Life:
    """One process of the day: it goes on from what it finds, and writes down what was kept."""

    def __init__(self, world, folder):
        self.world, self.folder = world, folder
        self.settings = settings_with(folder / "mail")

    def acknowledge(self):
        """Write down the head of the audit after an act, so that a kill cannot unsay it."""
        head = db.session.execute(select(AuditHead.seq, AuditHead.hash)).one()
        db.session.rollback()
        with (self.folder / "ledger").open("a") as ledger:
            ledger.write(f"{head.seq} {head.hash}\n")
            ledger.flush()
            os.fsync(ledger.fileno())

    def run(self, at):
        """Move the clock on to an instant, never back, and run what is due."""
        (self.folder / "clock").write_text(max(at, clock.now()).isoformat())
        scheduler.run_due(f"life-{os.getpid()}")
        self.acknowledge()

    def post(self):
        """Send what is due, and what a killed sender had in its hands."""
        for _ in range(2):
            messages.deliver_due(self.settings)
            self.run(clock.now() + PAST_CLAIM)

    def each(self, state, deed):
        """Do a deed about every assignment in a state, one act each."""
        for held in in_state(state):
            deed(held)
            self.acknowledge()

    def day(self):
        """Live the whole round; what was done in an earlier life is not there to be done."""
        operator, approver = self.world.staff[:2]
        if db.session.scalar(select(Round.id)) is None:
            rounds.create_round(operator, "Invented", (OPENS, LOCKS, RELEASE), seed=7)
            self.acknowledge()
        self.run(LOCKS)
        kept = db.session.scalar(select(Round))
        if kept.state == "proposed":
            hashes = (kept.plan_hash, kept.snapshot_hash)
            approvals.approve_plan(approver, kept.id, *hashes, "Invented reason")
            self.acknowledge()
        self.run(RELEASE)
        self.post()
        self.each("offered", self.answer)
        self.run(RELEASE + 8 * HOUR)
        self.each("offered", self.answer)
        self.each("accepted", self.confirm)
        self.each("confirmed", self.sign)
        self.post()
        self.run(at_london(FIRST_DAY, datetime(2026, 1, 1, 10).time()))
        self.each("confirmed", lambda h: starts.start_assignment(self.employer(h), h.id))
        self.run(at_london(FIRST_DAY + 27 * DAY, datetime(2026, 1, 1, 16).time()))
        self.each("started", lambda h: starts.complete_assignment(self.employer(h), h.id))
        self.run(at_london(FIRST_DAY + 60 * DAY, datetime(2026, 1, 1, 10).time()))
        self.tell()

    def employer(self, held):
        return self.world.employers[held.placement.employer_id]

    def answer(self, offer):
        """The first person says no, the others yes."""
        person = self.world.people[offer.candidate_id]
        if offer.candidate_id == min(self.world.people):
            assignments.decline_offer(person, offer.id)
        else:
            assignments.accept_offer(person, offer.id)

    def confirm(self, held):
        starts.confirm_assignment(self.employer(held), held.id, "Zara", FIRST_DAY, {"time": "9am"})

    def sign(self, held):
        provider = self.world.providers[held.application.provider_id]
        for actor in (self.employer(held), provider, self.world.people[held.candidate_id]):
            agreements.sign_agreement(actor, held.id)
        agreements.record_guardian_signature(provider, held.id, "on paper")

    def tell(self):
        for question in outcomes.list_checkpoints(scheduler.SYSTEM):
            held = db.session.get_one(Assignment, question.assignment_id)
            person = self.world.people[held.candidate_id]
            outcomes.record_outcome(person, question.id, outcomes.Answer(OutcomeKind.JOB))
            self.acknowledge()


def fork_life(url, world, folder, failpoint):
    """Start a process that lives on; return its id."""
    child = os.fork()
    if child:
        return child
    code = 1
    try:
        os.environ["FAILPOINT"] = failpoint
        with conftest.build_app(url).app_context():
            Life(world, folder).day()
        code = 0
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(code)


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
    """What the day came to: the states of all, and the letters by template and reader."""
    with app.app_context():
        states = {
            table.__tablename__: dict(
                sorted(Counter(db.session.scalars(select(table.state))).items())
            )
            for table in (Assignment, Checkpoint, Round)
        }
    conftest.close(app)
    offers = [m for m in read_letters(folder / "mail") if m["X-Message-Key"].startswith("offer:")]
    return {**states, "offer letters": len(offers)}


def live_days(made, n_kills, ends_at, chance):
    """Live days until there were so many kills; return the figures and what is wrong."""
    counts, wrong, calm = Counter(), [], None
    while calm is None or (counts["kills"] < n_kills and time.monotonic() < ends_at):
        with tempfile.TemporaryDirectory() as home:
            folder = Path(home)
            ended, found = _live_day(
                made(), folder, n_kills if calm else 0, counts, chance, ends_at
            )
        wrong += found
        calm = calm or ended
        counts["days"] += 1
        if ended is not None and ended != calm:
            wrong.append(f"a killed day came to {ended}, a calm one to {calm}")
    return counts, wrong


def _live_day(url, folder, n_kills, counts, chance, ends_at):
    os.environ["CLOCK_FILE"] = str(folder / "clock")
    (folder / "clock").write_text(BEGINS.isoformat())
    app, wrong = conftest.build_app(url), []
    with app.app_context():
        records.numbers = itertools.count(1)  # the same names draw the same lots every day
        world = make_world()
        outcomes.begin_mornings()
    conftest.close(app)
    while True:
        kill = counts["kills"] < n_kills and time.monotonic() < ends_at
        at_random = kill and chance.random() < 0.15
        point = (
            f"{chance.choice(POINTS)}:{chance.randint(1, 3)}=kill" if kill and not at_random else ""
        )
        child = fork_life(url, world, folder, point)
        code = end_life(child, chance.uniform(0.1, 1.5) if at_random else LONGEST_LIFE)
        if code == -signal.SIGKILL and kill:
            counts["kills"] += 1
            counts[point.partition(":")[0] or "at random"] += 1
        wrong += list_wrong(app, folder)
        if code == 0:
            return total(app, folder), wrong
        if code > 0 or (code < 0 and not kill):
            return None, [*wrong, f"a life ended with {code}"]
        moved = datetime.fromisoformat((folder / "clock").read_text()) + PAST_LEASE
        (folder / "clock").write_text(moved.isoformat())


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
                counts, wrong = live_days(made, asked.kills, ends_at, chance)
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
