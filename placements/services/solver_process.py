"""The solver in a process of its own: no database, no terminal, a time and a memory limit.

The engine takes longer to load than a small market takes to solve, so a keeper process loads it
once; every solve is a child of the keeper, which alone has the limits and alone is killed.
"""

import atexit
import json
import os
import select
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from placements.settings import ROOT

KEEPER = """
import json, os, resource, runpy, sys
import matching.__main__
for line in sys.stdin:
    code, most_bytes, *files = json.loads(line)
    child = os.fork()
    if child == 0:
        nowhere = os.open(os.devnull, os.O_RDWR)
        os.dup2(nowhere, 0), os.dup2(nowhere, 1)
        resource.setrlimit(resource.RLIMIT_AS, (most_bytes,) * 2)
        sys.argv = ["matching", "solve", *files]
        try:
            exec(code)
        except SystemExit as end:
            os._exit(end.code or 0)
        except BaseException:
            os._exit(1)
        os._exit(0)
    print(child, flush=True)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""
CHILD = "sys.exit(matching.__main__.main(sys.argv[1:]))"
LOOK_SECONDS = 0.2
Tell = Callable[[str], None]


@dataclass(frozen=True)
class Limits:
    """What a solve may use before it is killed."""

    seconds: float = 600.0
    bytes: int = 4 * 1024**3


class SolveFailed(Exception):
    """The child process gave no plan that can be kept; the text says why."""


class SolveStopped(Exception):
    """Whoever waited for the plan does not want it any more."""


class _Keeper:
    """The process that keeps the engine loaded; one solve at a time, started when first asked."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._started_by = 0

    def run(self, order: list[Any], limits: Limits, look: Callable[[], None]) -> None:
        """Have a child carry out `order` within its limits, or raise `SolveFailed`.

        `look` is called while it works; what it raises stops the child.
        """
        with self._lock:
            process = self._running()
            try:
                code = self._ask(process, order, limits.seconds, look)
            except (OSError, ValueError) as gone:
                self.end()
                raise SolveFailed("The solver's process is gone.") from gone
        if code != 0:
            raise SolveFailed(f"The solver stopped with code {code}.")

    def end(self) -> None:
        """Stop the process, if this one started it."""
        if self._process and self._started_by == os.getpid():
            with self._process as ending:
                ending.kill()
        self._process = None

    def kill(self) -> None:
        """Kill the process and what it is at, together; for whoever ends in the same instant."""
        if self._process and self._started_by == os.getpid():
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)

    def _running(self) -> subprocess.Popen[bytes]:
        """The keeper of this very process: a fork of ours must not share the pipes."""
        if self._process and self._process.poll() is None and self._started_by == os.getpid():
            return self._process
        self.end()
        self._started_by = os.getpid()
        self._process = subprocess.Popen(
            [sys.executable, "-c", KEEPER],
            env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=0,
            start_new_session=True,
        )
        return self._process

    def _ask(
        self,
        process: subprocess.Popen[bytes],
        order: list[Any],
        seconds: float,
        look: Callable[[], None],
    ) -> int:
        assert process.stdin and process.stdout
        process.stdin.write(json.dumps(order).encode() + b"\n")
        child = int(process.stdout.readline())
        try:
            self._wait(process, seconds, look)
        except BaseException:
            with suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
            process.stdout.readline()
            raise
        return int(process.stdout.readline())

    def _wait(
        self, process: subprocess.Popen[bytes], seconds: float, look: Callable[[], None]
    ) -> None:
        """Return when the child has ended; look at how far it is until then."""
        ends_at = time.monotonic() + seconds
        while True:
            left = ends_at - time.monotonic()
            if left <= 0:
                raise SolveFailed(f"The solver took longer than {seconds:g} seconds.")
            ended, _, _ = select.select([process.stdout], [], [], min(left, LOOK_SECONDS))
            if ended:
                return
            look()


_KEEPER = _Keeper()
atexit.register(_KEEPER.end)


def kill_all() -> None:
    """Kill every solve of this process at once, without a word to whoever waits for it."""
    _KEEPER.kill()


def run_solver(market: dict[str, Any], limits: Limits, tell: Tell | None = None) -> Any:
    """Return what the child process wrote about `market`, unchecked, or raise `SolveFailed`.

    `tell` hears the name of each step while it lasts; the same again says that it still does.
    What `tell` raises stops the child.
    """
    with tempfile.TemporaryDirectory(prefix="solve-") as folder:
        question, answer = Path(folder, "market.json"), Path(folder, "plan.json")
        question.write_text(json.dumps(market))
        steps = Path(folder, "steps")
        order = [CHILD, limits.bytes, str(question), str(answer), "--progress", str(steps)]
        _KEEPER.run(order, limits, lambda: _tell_step(steps, tell))
        try:
            return json.loads(answer.read_text())
        except (OSError, ValueError) as junk:
            raise SolveFailed("The solver's answer cannot be read.") from junk


def _tell_step(steps: Path, tell: Tell | None) -> None:
    """Tell the step that the child wrote last."""
    if tell is None or not steps.exists():
        return
    written = steps.read_text().rpartition("\n")[0]
    if written:
        tell(json.loads(written.splitlines()[-1])["step"])
