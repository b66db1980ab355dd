"""Run every group of checks in order, print what each took, and close with one plain line.

`python tests/run.py [GROUP ...]` runs the named groups only. Groups of one stage run beside each
other, and what each said is printed when it ends. On CI (`CI=true`) a group that
cannot run is a failure; elsewhere it is said loudly and passed over.
"""

import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from servers import NotHere, find_browser, postgresql_server

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
JOURNEYS = "tests/journeys"
# A few tests live through a year: whoever is done first takes work from the other.
BOTH_CORES = ("-n", "2", "--dist", "worksteal")
WITHOUT_DATABASE = (JOURNEYS, "tests/matching", "tests/domain")
WITH_DATABASE = ("tests", *(f"--ignore={folder}" for folder in WITHOUT_DATABASE))
NO_TESTS = 5  # what pytest answers when it collected none


@dataclass
class Result:
    """How one group ended."""

    group: str
    seconds: float = 0.0
    passed: int = 0
    failed: int = 0
    skipped: str = ""


@dataclass(frozen=True)
class Group:
    """A command with the server it needs, if any."""

    name: str
    command: list[str]
    server: Callable[[], AbstractContextManager[Mapping[str, str]]] = field(
        default=lambda: nullcontext({})
    )


def pytest(*words: str) -> list[str]:
    return [str(BIN / "python"), "-m", "pytest", "-q", "-p", "no:cacheprovider", *words]


def browser() -> AbstractContextManager[Mapping[str, str]]:
    return nullcontext({"BROWSER_PATH": find_browser()})


@contextmanager
def browser_and_postgresql() -> Iterator[Mapping[str, str]]:
    path = find_browser()
    with postgresql_server() as database:
        yield {"BROWSER_PATH": path, **database}


STAGES = (
    (
        Group("lint", [str(BIN / "ruff"), "check", "."]),
        Group("format", [str(BIN / "ruff"), "format", "--check", "--quiet", "."]),
        Group("types", [str(BIN / "mypy"), "matching", "placements/domain"]),
        Group("imports", [str(BIN / "lint-imports"), "--no-cache"]),
    ),
    (Group("sqlite", pytest(*BOTH_CORES, "tests", f"--ignore={JOURNEYS}")),),
    (Group("postgresql", pytest(*BOTH_CORES, *WITH_DATABASE), postgresql_server),),
    (
        Group("browser", pytest(JOURNEYS), browser),
        Group("browser-pg", pytest(JOURNEYS), browser_and_postgresql),
    ),
)


def run_stage(groups: list[Group]) -> list[Result]:
    """Run one group with its words as they come, several on all cores with theirs at the end."""
    if len(groups) == 1:
        return [run_group(groups[0], partial(print, flush=True))]
    with ThreadPoolExecutor(os.cpu_count()) as cores:
        return list(cores.map(run_quietly, groups))


def run_quietly(group: Group) -> Result:
    words: list[str] = []
    result = run_group(group, words.append)
    print("\n".join(words), flush=True)
    return result


def run_group(group: Group, say: Callable[[str], object]) -> Result:
    result, began = Result(group.name), time.monotonic()
    say(f"\n== {group.name}")
    try:
        with group.server() as extra:
            _run_command(group, {**os.environ, **extra}, result, say)
    except NotHere as reason:
        result.skipped = str(reason)
        say(f"!! SKIPPED {group.name}: {reason}")
        result.failed = 1 if os.environ.get("CI") else 0
    result.seconds = time.monotonic() - began
    return result


def _run_command(
    group: Group, environment: Mapping[str, str], result: Result, say: Callable[[str], object]
) -> None:
    process = subprocess.Popen(
        group.command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True
    )
    last = ""
    for line in process.stdout or ():
        say(line.rstrip("\n"))
        last = line if line.strip() else last
    code = process.wait()
    if "pytest" in group.command and code == NO_TESTS:
        result.skipped = "no tests yet"
        return
    if "pytest" in group.command:
        result.passed, result.failed = (_read(last, word) for word in ("passed", "failed"))
        result.failed += _read(last, "error")
    result.failed = result.failed or int(code not in (0,))


def _read(line: str, word: str) -> int:
    found = re.search(rf"(\d+) {word}", line)
    return int(found.group(1)) if found else 0


def main(names: list[str]) -> int:
    stages = [[group for group in stage if not names or group.name in names] for stage in STAGES]
    results = [result for stage in stages if stage for result in run_stage(stage)]
    print("\ngroup        seconds  passed  failed")
    for r in results:
        print(f"{r.group:<12} {r.seconds:7.1f} {r.passed:7} {r.failed:7}  {r.skipped}")
    failed = sum(r.failed for r in results)
    print(f"\n{sum(r.passed for r in results)} passed, {failed} failed", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
