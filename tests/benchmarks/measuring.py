"""Run solvers by turns, each call in a child of its own, and keep the best time of each."""

from __future__ import annotations

import dataclasses
import multiprocessing
import resource
import signal
import time
from multiprocessing.connection import Connection
from typing import Any

from families import FAMILIES, Problem
from peers import OURS, SOLVERS, Answer, certified

CLOCK = 5.0


@dataclasses.dataclass
class Times:
    """What one solver did on one family; ``seconds`` is the best of its turns."""

    solver: str
    seconds: float | None = None
    proof_seconds: float = 0.0
    megabytes: int = 0
    answer: Answer | None = None
    note: str = ""


@dataclasses.dataclass
class Run:
    """One family: its size, our times first, then the peers'."""

    family: str
    pairs: int
    people: int
    seats: int
    times: list[Times]

    @property
    def ours(self) -> Times:
        """Our own line."""
        return self.times[0]

    @property
    def best_peer(self) -> Times | None:
        """The fastest peer with the right answer."""
        right = [t for t in self.times[1:] if t.seconds and t.answer == self.ours.answer]
        return min(right, key=lambda t: t.seconds or 0.0, default=None)

    @property
    def ratio(self) -> float | None:
        """How many times longer the best peer takes than our answer and its check."""
        if self.best_peer is None or not self.ours.seconds or not self.best_peer.seconds:
            return None
        return self.best_peer.seconds / (self.ours.seconds + self.ours.proof_seconds)


@dataclasses.dataclass
class Rules:
    """How often and how long: seconds are a processor's, ``until`` is by the clock."""

    turns: int = 3
    limit: float = 40.0
    long: float = 4.0
    until: float = float("inf")

    def limit_of(self, times: Times, others: list[Times]) -> float:
        """A peer may take a little more than twice as long as the best peer so far."""
        done = [t.seconds for t in others if t.seconds and t.solver not in (OURS, times.solver)]
        return self.limit if times.solver == OURS or not done else min(
            self.limit, 2 * min(done) + self.long
        )  # fmt: skip


def measure(family: str, size: float, rules: Rules, solvers: list[str]) -> Run:
    """Let every solver take its turns on one family.

    One turn is enough for a peer that takes long; one that is over its limit is out.
    """
    given = FAMILIES[family](size)
    times = [Times(name, note=SOLVERS[name].why_not(given)) for name in solvers]
    for turn in range(rules.turns):
        for line in times:
            again = line.solver == OURS or (line.seconds or 0.0) <= rules.long
            if line.note or (turn and not again):
                continue
            if line not in times[:2] and time.monotonic() > rules.until:
                line.note = "" if line.seconds else "not tried: time was up"
                continue
            _take_turn(line, given, rules.limit_of(line, times))
    right = times[0].answer
    for line in times:
        if line.answer is not None and line.answer != right:
            line.note = f"another answer: {line.answer[0]} matched, cost {line.answer[1]}"
    seats = int(given.capacities.clip(max=given.n_rows).sum())
    return Run(family, len(given.rows), given.n_rows, seats, times)


def warm_up(solvers: list[str]) -> None:
    """Import and compile everything before the first turn; children inherit it."""
    for family in ("balanced", "local shortage", "uniform", "ranked, flatter"):
        SOLVERS[OURS].run(FAMILIES[family](0.1))
    SOLVERS[OURS].run(FAMILIES["stars"](0.2))
    for name in solvers:
        SOLVERS[name].run(FAMILIES["ties"](0.0005))


def _take_turn(times: Times, given: Problem, limit: float) -> None:
    """One timed call in a child of its own, stopped and noted when it takes too long or dies."""
    context = multiprocessing.get_context("fork")
    pipe, other = context.Pipe()
    child = context.Process(target=_call, args=(other, times.solver, given, limit), daemon=True)
    child.start()
    other.close()
    try:
        if pipe.poll(limit * CLOCK):
            _note(times, pipe.recv())
        else:
            times.note = f"over {limit:.0f} s"
    except EOFError:
        child.join()
        late = child.exitcode == -signal.SIGXCPU
        times.note = f"over {limit:.0f} s" if late else "stopped, most likely for want of memory"
    finally:
        child.kill()
        child.join()


def _note(times: Times, said: Any) -> None:
    if isinstance(said, str):
        times.note = said
        return
    seconds, answer, proof, megabytes = said
    times.answer, times.megabytes = answer, megabytes
    times.seconds = min(seconds, times.seconds or seconds)
    times.proof_seconds = min(proof, times.proof_seconds or proof)


def _call(pipe: Connection, solver: str, given: Problem, limit: float) -> None:
    """Processor time, not the clock: other work on the machine must not count."""
    if solver != OURS:
        spent = int(time.process_time() + limit) + 1
        resource.setrlimit(resource.RLIMIT_CPU, (spent, spent + 5))
    try:
        began = time.process_time()
        answer = SOLVERS[solver].run(given)
        seconds, proof = time.process_time() - began, 0.0
        most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        if solver == OURS:
            check = certified(given)
            began = time.process_time()
            check()
            proof = time.process_time() - began
        pipe.send((seconds, answer, proof, most))
    except Exception as wrong:
        pipe.send(f"{type(wrong).__name__}: {wrong}"[:80])
