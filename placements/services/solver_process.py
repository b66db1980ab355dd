"""The solver in a process of its own: no database, no terminal, a time and a memory limit."""

import json
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from placements.settings import ROOT

CHILD = """
import resource, runpy, sys
resource.setrlimit(resource.RLIMIT_AS, (int(sys.argv[1]),) * 2)
sys.argv = ["matching", "solve", sys.argv[2], sys.argv[3]]
runpy.run_module("matching", run_name="__main__")
"""


@dataclass(frozen=True)
class Limits:
    """What a solve may use before it is killed."""

    seconds: float = 600.0
    bytes: int = 4 * 1024**3


class SolveFailed(Exception):
    """The child process gave no plan that can be kept; the text says why."""


def run_solver(market: dict[str, Any], limits: Limits) -> Any:
    """Return what the child process wrote about `market`, unchecked, or raise `SolveFailed`."""
    with tempfile.TemporaryDirectory(prefix="solve-") as folder:
        question, answer = Path(folder, "market.json"), Path(folder, "plan.json")
        question.write_text(json.dumps(market))
        _run([sys.executable, "-c", CHILD, str(limits.bytes), str(question), str(answer)], limits)
        try:
            return json.loads(answer.read_text())
        except (OSError, ValueError) as junk:
            raise SolveFailed("The solver's answer cannot be read.") from junk


def _run(command: list[str], limits: Limits) -> None:
    try:
        done = subprocess.run(
            command,
            env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=limits.seconds,
            start_new_session=True,
            check=False,
        )
    except subprocess.TimeoutExpired as late:
        raise SolveFailed(f"The solver took longer than {limits.seconds:g} seconds.") from late
    if done.returncode != 0:
        raise SolveFailed(f"The solver stopped with code {done.returncode}.")
