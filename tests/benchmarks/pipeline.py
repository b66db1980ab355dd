"""Time the whole road from a market to a verified plan: python -m tests.benchmarks.pipeline.

Each market is invented in a child process of its own, solved, and its plan verified. Writes
docs/benchmarks-pipeline.md; with --only NAME it prints the figures of one market and writes
nothing. The largest takes about two minutes of a processor.
"""

from __future__ import annotations

import argparse
import datetime
import importlib
import json
import os
import platform
import resource
import subprocess
import sys
import time
from importlib.metadata import version
from pathlib import Path

from matching import solve, verify
from matching.generate import generate

PAGE = Path(__file__).resolve().parents[2] / "docs" / "benchmarks-pipeline.md"
MARKETS = {
    "pilot": ({"people": 3_000, "placements": 350, "places": 1_060}, 5, 0.5, None),
    "region": (
        {"people": 300_000, "placements": 37_000, "places": 105_000, "pairs": 40}, 1, 20, 3_000
    ),
    "nation": (
        {"people": 800_000, "placements": 94_000, "places": 270_000, "pairs": 40}, 1, 60, 4_000
    ),
}  # fmt: skip
WARM = {"people": 60_000, "placements": 7_400, "places": 21_000, "pairs": 60}
STEPS = ("edges", "costs", "match", "plan", "verify")


class Clock:
    """Seconds by the clock and of a processor, by step."""

    def __init__(self) -> None:
        self.marks: list[tuple[str, float, float]] = []

    def enter(self, step: str, *_: int) -> None:
        """A step begins, and the one before it is over."""
        self.marks.append((step, time.perf_counter(), time.process_time()))

    def steps(self) -> dict[str, tuple[float, float]]:
        """What each step took."""
        following = [*self.marks[1:], ("", time.perf_counter(), time.process_time())]
        pairs = zip(self.marks, following, strict=True)
        return {one[0]: (two[1] - one[1], two[2] - one[2]) for one, two in pairs}


def measure(name: str) -> dict[str, object]:
    """The figures of one market, the best of its turns."""
    sizes, turns, _, _ = MARKETS[name]
    importlib.import_module("matching.assignment.kernel.solving")
    importlib.import_module("matching.columnar.kernel.ways")
    if name != "pilot":
        solve(generate(**WARM))
    runs = []
    for _ in range(turns):
        market, clock = generate(**sizes), Clock()
        plan = solve(market, clock.enter)
        clock.enter("verify")
        faults = verify(market, plan)
        steps = clock.steps()
        if faults:
            sys.exit(f"{name}: the plan is false: {faults[0]}")
        runs.append((sum(used for _, used in steps.values()), steps, plan))
    _, steps, plan = min(runs, key=lambda run: run[0])
    return {
        "placed": plan.totals["placed"],
        "plan": plan.sha256,
        "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "load": os.getloadavg()[0],
        "steps": {step: steps[step] for step in STEPS},
    }


def page(found: dict[str, dict]) -> list[str]:
    """The page of a run."""
    tools = ", ".join(f"{name} {version(name)}" for name in ("numpy", "scipy", "numba"))
    return [
        "# From a market to a verified plan",
        "",
        "`python -m tests.benchmarks.pipeline` writes this page, and `make bench` runs it. Every",
        "market is invented in a process of its own; inventing it, importing and compiling (about",
        "15 s, once for each installation) are not counted; solving it, reasons, lines, prices and",
        "the independent check of everything are. The pilot is the best of 5 turns, the others are",
        "one. *Seconds* are by the clock: a load above 2",
        "means that other work shared the two processors and made them longer; *processor* seconds",
        "add up over both. Memory is the most of the whole process, with the inventing. The aims",
        "of the large two are for all of it, that of the pilot is for solving alone.",
        "",
        f"{datetime.date.today()}, {platform.machine()}, {os.cpu_count()} processors, "
        f"Python {platform.python_version()}, {tools}.",
        "",
        "| | people | places | placed | seconds | processor | aim | MB | aim | load | plan |",
        "|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|---|",
        *(_line(name, one) for name, one in found.items()),
        "",
        "## Where the time goes",
        "",
        "Seconds by the clock, and of a processor.",
        "",
        "| market | " + " | ".join(STEPS) + " |",
        "|---" + "|--:" * len(STEPS) + "|",
        *(_steps(name, one) for name, one in found.items()),
        "",
        "## The same by hand",
        "",
        *(f"    python -m matching bench --repeat 1 {_words(name)}" for name in found),
        "",
        "`python -m matching generate` takes the same sizes and a file to write. `--pairs` makes",
        "everybody's travel limit longer or shorter by one factor, until so many placements are",
        "open to a person on average.",
        "",
    ]  # fmt: skip


def _line(name: str, one: dict) -> str:
    sizes, _, seconds, megabytes = MARKETS[name]
    wall, used = (sum(step[at] for step in one["steps"].values()) for at in (0, 1))
    return (
        f"| {name} | {sizes['people']:,} | {sizes['places']:,} | {one['placed']:,} | {wall:.2f} "
        f"| {used:.2f} | {seconds} | {one['megabytes']:,} "
        f"| {f'{megabytes:,}' if megabytes else '–'} | {one['load']:.1f} | `{one['plan'][:12]}` |"
    )


def _steps(name: str, one: dict) -> str:
    cells = (f"{wall:.2f} / {used:.2f}" for wall, used in one["steps"].values())
    return f"| {name} | " + " | ".join(cells) + " |"


def _words(name: str) -> str:
    return " ".join(f"--{what} {size}" for what, size in MARKETS[name][0].items())


def main() -> None:
    """Measure each market in a child of its own and write the page."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", choices=MARKETS, help="print the figures of one market as JSON")
    parser.add_argument(
        "--markets", choices=MARKETS, nargs="+", default=list(MARKETS), help="which to measure"
    )
    given = parser.parse_args()
    if given.only:
        print(json.dumps(measure(given.only)))
        return
    found = {}
    for name in given.markets:
        child = [sys.executable, "-m", "tests.benchmarks.pipeline", "--only", name]
        done = subprocess.run(child, stdout=subprocess.PIPE, text=True, check=True)
        found[name] = json.loads(done.stdout)
        print(_line(name, found[name]), flush=True)
    PAGE.write_text("\n".join(page(found)))


if __name__ == "__main__":
    main()
