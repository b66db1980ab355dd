"""Everybody acts, the clock moves and the worker passes, all at random; every rule holds after
every step.

`run(app, empty, n_runs, n_steps, seed)` is the whole; a failing run is made short and printed as
the steps to repeat it.
"""

import tempfile
import time
from collections import Counter
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from zlib import crc32

import hypothesis
from factories.letters import settings_with
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from soak.deeds import DEEDS, NothingToDo
from soak.worlds import STAGES, make_world, reach
from sqlalchemy import event

from placements import clock, scheduler
from placements.domain.errors import Refusal
from placements.extensions import db
from placements.services.invariants import verifying
from placements.services.occurrences import find_next_due_at

ASKED, WHOLE, CHECKS = "steps a run", "whole runs", "checks of every rule"
NUMBERS = st.integers(0, 255)
MINUTES = (-60, 1, 30, 60, 8 * 60, 24 * 60, 10 * 24 * 60)
ATTEMPTS = tuple(f"{role}: {deed}" for role, deeds in DEEDS.items() for deed in deeds)
HAPPENINGS = (
    *ATTEMPTS,
    *(f"clock: {minutes}" for minutes in MINUTES),
    *["worker: wakes"] * 8,
    *["worker: sends"] * 4,
)


class Commits:
    """Counts what the session of this app keeps."""

    def __init__(self):
        self.n = 0
        event.listen(db.session, "after_commit", self.add)

    def add(self, _session):
        self.n += 1

    def stop(self):
        event.remove(db.session, "after_commit", self.add)


class Everybody(RuleBasedStateMachine):
    """One region, lived at random; a subclass knows its database and counts what was done."""

    app = empty = counts = None

    def __init__(self):
        super().__init__()
        self.context = self.app.app_context()
        self.context.push()
        self.empty()
        self.n_steps, self.n_held, self.kept = 0, -1, Commits()
        self.mail = tempfile.TemporaryDirectory(prefix="soak-")
        self.settings = settings_with(Path(self.mail.name))

    @initialize(stage=st.sampled_from(STAGES))
    def begin(self, stage):
        self.world = make_world()
        self.at = reach(self.world, stage)

    @rule(what=st.sampled_from(HAPPENINGS), n=NUMBERS)
    def something_happens(self, what, n):
        who, _, deed = what.partition(": ")
        if who == "clock":
            self.at += timedelta(minutes=int(deed))
        elif who == "worker":
            self.work(f"worker-{1 + n % 2}", deed)
        else:
            self.attempt(what, n)

    def work(self, name, deed):
        with self.step():
            if deed == "wakes":
                self.at = max(self.at, find_next_due_at() or self.at)
                db.session.rollback()
        with self.step():
            if deed == "sends":
                self.counts["messages"] += scheduler.run_and_deliver(self.settings)[1]
            self.counts["steps of the schedule"] += scheduler.run_due(name)

    def attempt(self, what, n):
        """Try what was drawn; where nothing is there for it, what else there is, in drawn order."""
        others = sorted(ATTEMPTS, key=lambda other: crc32(f"{what} {other} {n}".encode()))
        for one in (what, *others):
            role, _, deed = one.partition(": ")
            ended = "done"
            try:
                with self.step():
                    DEEDS[role][deed](self.world, n)
            except Refusal:
                ended = "refused"
            except NothingToDo:
                continue
            self.counts[f"{one}, {ended}"] += 1
            return

    @contextmanager
    def step(self):
        with clock.held_at(self.at):
            yield

    @invariant()
    def every_rule_holds(self):
        """A step that kept nothing left what was held to the rules before it."""
        self.n_steps += 1
        if self.kept.n == self.n_held:
            return
        with clock.held_at(self.at):
            report = verifying.verify_invariants()
        assert (report.violations, report.unchecked) == ((), ())
        self.n_held, self.counts[CHECKS] = self.kept.n, self.counts[CHECKS] + 1

    def teardown(self):
        self.kept.stop()
        self.counts["runs"] += 1
        self.counts["steps"] += self.n_steps - 1
        self.counts[WHOLE] += self.n_steps > self.counts[ASKED]
        db.session.remove()
        self.context.pop()
        self.mail.cleanup()


def build(app, empty, counts):
    """Return the machine of one database; `counts` learns what was done."""
    of_one = {"app": app, "empty": staticmethod(empty), "counts": counts}
    return type("Everybody", (Everybody,), of_one)


def run(app, empty, n_runs, n_steps, seed, counts=None):
    """Live `n_runs` whole runs of `n_steps` on one database; return what was done, or raise.

    Who gives `counts` knows also what was done until something broke, or stopped it.
    """
    counts, began = Counter() if counts is None else counts, time.monotonic()
    counts[ASKED] = n_steps
    while (left := n_runs - counts[WHOLE]) > 0:
        machine = hypothesis.seed(seed)(build(app, empty, counts))
        limits = {"max_examples": left + 1, "stateful_step_count": n_steps + 1}
        run_state_machine_as_test(
            machine,
            settings=settings(
                **limits,
                deadline=None,
                database=None,
                suppress_health_check=list(HealthCheck),
            ),
        )
        seed += 1
    counts["seconds"] = round(time.monotonic() - began)
    return counts
