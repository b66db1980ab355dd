"""Run solvers by turns, each in a process of its own, and keep the best time of each."""

from __future__ import annotations

import dataclasses
import multiprocessing
import resource
import time
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from typing import Any

from families import FAMILIES
from peers import OURS, SOLVERS, Answer, certified

Call = tuple[float, Answer, float]


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


def measure(family: str, size: float, turns: int, limit: float) -> Run:
    """Let every solver take its turns on one family; one that is over the limit is out."""
    given = FAMILIES[family](size)
    workers = {n: _Worker(n, family, size) for n, peer in SOLVERS.items() if peer.fits(given)}
    times = {name: Times(name) for name in workers}
    try:
        for _ in range(turns):
            for name, worker in workers.items():
                if not times[name].note:
                    worker.turn(times[name], limit)
    finally:
        for worker in workers.values():
            worker.stop()
    right = times[OURS].answer
    for line in times.values():
        if line.answer is not None and line.answer != right:
            line.note = f"another answer: {line.answer[0]} matched, cost {line.answer[1]}"
    seats = int(given.capacities.clip(max=given.n_rows).sum())
    return Run(family, len(given.rows), given.n_rows, seats, list(times.values()))


class _Worker:
    """A child that holds the problem and one solver, warmed up on a tiny problem."""

    def __init__(self, solver: str, family: str, size: float) -> None:
        context = multiprocessing.get_context("spawn")
        self.pipe, other = context.Pipe()
        self.process: SpawnProcess = context.Process(
            target=_serve, args=(other, solver, family, size), daemon=True
        )
        self.process.start()
        other.close()
        self.ready = False

    def turn(self, times: Times, limit: float) -> None:
        """One timed call; a child that dies or takes too long is stopped and noted."""
        try:
            if not self.ready:
                if not self.pipe.poll(300):
                    raise TimeoutError
                self.pipe.recv()
                self.ready = True
            self.pipe.send("go")
            if not self.pipe.poll(limit):
                raise TimeoutError
            self._note(times, self.pipe.recv())
        except TimeoutError:
            times.note = f"over {limit:.0f} s"
            self.stop()
        except EOFError:
            times.note = "stopped, most likely for want of memory"

    def _note(self, times: Times, said: Any) -> None:
        if isinstance(said, str):
            times.note = said
            return
        seconds, answer, proof, megabytes = said
        times.answer, times.megabytes = answer, megabytes
        times.seconds = min(seconds, times.seconds or seconds)
        times.proof_seconds = min(proof, times.proof_seconds or proof)

    def stop(self) -> None:
        """End the child."""
        self.process.kill()
        self.process.join()


def _serve(pipe: Connection, solver: str, family: str, size: float) -> None:
    run = SOLVERS[solver].run
    if solver == OURS:
        for name in ("balanced", "local shortage", "uniform", "ranked, flatter"):
            run(FAMILIES[name](0.1))
    else:
        run(FAMILIES["ties"](0.0005))
    given = FAMILIES[family](size)
    pipe.send("ready")
    while pipe.recv() == "go":
        try:
            began = time.perf_counter()
            answer = run(given)
            seconds, proof = time.perf_counter() - began, 0.0
            most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
            if solver == OURS:
                check = certified(given)
                began = time.perf_counter()
                check()
                proof = time.perf_counter() - began
            pipe.send((seconds, answer, proof, most))
        except Exception as wrong:
            pipe.send(f"{type(wrong).__name__}: {wrong}"[:80])
