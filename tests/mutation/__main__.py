"""Plant every small fault in the modules that prove a plan, and see the tests find it.

`python -m tests.mutation [MODULE ...]` prints a table and ends 1 where fewer than nine of ten are
found. A fault counts as found when a test that passed before fails or takes far too long. Of a
long module a sample is taken, the same each time. Those that change no answer are listed, each
with its reason, in `equivalent.toml`; one listed there in vain is named. Compiled code is tried
in its plain form. Words of errors are left as they are.

Tests are collected once; each fault is planted in a copy of that process, where only the tests
that run its line are run, the quickest first.
"""

import argparse
import fnmatch
import os
import pickle
import random
import sys
import tempfile
import time
import tomllib
from pathlib import Path

os.environ |= {"NUMBA_DISABLE_JIT": "1", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
ROOT = Path(__file__).resolve().parents[2]
HERE = ROOT / "tests/mutation"
sys.path[:0] = [str(ROOT), str(ROOT / "tests"), str(HERE)]

import coverage  # noqa: E402
import pytest  # noqa: E402
from copies import BROKEN, in_child, plant, run_items, run_with_module  # noqa: E402
from mutants import list_mutants  # noqa: E402

QUIET = ["--confcutdir=tests/matching", "-p", "no:cacheprovider", "-p", "no:terminal"]
SURVIVED, FOUND, NO_TESTS = 0, 1, 5


class Bench:
    """A pytest plugin that plants faults instead of running the tests it collected."""

    def __init__(self, paths, arguments):
        self.paths, self.arguments, self.rows = paths, arguments, []
        self.began = time.monotonic()

    def pytest_runtestloop(self, session):
        self.items = {item.nodeid: item for item in session.items}
        self.took, self.lines = self.measure()
        for path in self.paths:
            self.rows.append((path.relative_to(ROOT), *self.try_module(path)))
            print(row(*self.rows[-1]), f"{time.monotonic() - self.began:6.0f} s", flush=True)
        return True

    def measure(self):
        """The seconds of each test that passes, and the tests that ran each line of each module."""
        with tempfile.NamedTemporaryFile() as told:

            def act():
                cover = coverage.Coverage(data_file=None, include=[str(p) for p in self.paths])
                cover.start()
                took = run_items(list(self.items.values()), before=cover.switch_context)
                cover.stop()
                data = cover.get_data()
                lines = {str(path): data.contexts_by_lineno(str(path)) for path in self.paths}
                Path(told.name).write_bytes(pickle.dumps((took, lines)))
                return 0

            in_child(act, 3_600)
            return pickle.loads(Path(told.name).read_bytes())

    def try_module(self, path):
        """How many faults were tried and found, and how many change no answer."""
        every, listed = list_mutants(path.read_text()), equivalents(path)
        for line, change in sorted(listed - {(m.text, m.change) for m in every}):
            print(f"  {path.name}: listed in vain: {line} [{change}]")
        if len(every) > self.arguments.sample:
            every = random.Random(self.arguments.seed).sample(every, self.arguments.sample)
        asked = [m for m in every if (m.text, m.change) not in listed]
        alive = 0
        for mutant in sorted(asked, key=lambda m: m.line):
            answer = self.try_one(path, mutant)
            if answer != FOUND:
                alive += 1
                why = "no test comes here" if answer == NO_TESTS else "not found"
                where = f"{path.name}:{mutant.line}"
                print(f"  {where}: {mutant.text} [{mutant.change}] {why}", flush=True)
        return len(every), len(asked) - alive, len(every) - len(asked)

    def try_one(self, path, mutant):
        """Whether some test that runs the line fails once the fault is planted there."""
        chosen, seconds = self.tests_of(self.lines[str(path)], mutant), 0.0
        if not chosen:
            return NO_TESTS
        seconds = sum(self.took[test] for test in chosen)

        def act():
            if mutant.inside_function:
                plant(path, mutant.tree)
                run_items([self.items[test] for test in chosen], limits=self.took)
                return SURVIVED
            name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
            return run_with_module(name, path, mutant.tree, [*QUIET, "-x", *chosen])

        answer = in_child(act, 20 * seconds + 60)
        if answer == BROKEN:
            raise RuntimeError(f"{path.name}:{mutant.line} could not be tried: {mutant.change}")
        return SURVIVED if answer == SURVIVED else FOUND

    def tests_of(self, lines, mutant):
        """The tests that come to the line, the quickest first, as many as there is time for."""
        reach = {t for n in range(mutant.line, mutant.end + 1) for t in lines.get(n, ())}
        if not mutant.inside_function:
            reach = {test for tests in lines.values() for test in tests}
        chosen, spent = [], 0.0
        for test in sorted((t for t in reach if t in self.took), key=self.took.get):
            spent += self.took[test]
            if spent < self.arguments.seconds or not chosen:
                chosen.append(test)
        return chosen


def equivalents(path):
    """The listed faults of a module that change no answer: their line and what is done to it."""
    listed = tomllib.loads((HERE / "equivalent.toml").read_text())
    return {(e["line"], e["change"]) for e in listed.get(str(path.relative_to(ROOT)), [])}


def row(name, tried, found, same):
    return f"{name!s:44} {tried:7} {found:6} {same:6} {found / max(tried - same, 1):8.1%}"


def main():
    parser = argparse.ArgumentParser(prog="python -m tests.mutation", description=__doc__)
    parser.add_argument("modules", nargs="*", help="parts of paths, as checking/ or costs.py")
    parser.add_argument("--sample", type=int, default=150, help="faults of one module at most")
    parser.add_argument("--seed", type=int, default=4, help="draws another sample")
    parser.add_argument("--seconds", type=float, default=30, help="tests of one fault at most")
    arguments = parser.parse_args()
    os.chdir(ROOT)
    rows = []
    for group in tomllib.loads((HERE / "groups.toml").read_text()).values():
        paths = [ROOT / p for pattern in group["modules"] for p in sorted(ROOT.glob(pattern))]
        wanted = arguments.modules or [""]
        paths = [p for p in paths if any(fnmatch.fnmatch(p, f"*{word}*") for word in wanted)]
        if paths:
            bench = Bench(paths, arguments)
            tests = [f"tests/matching/test_{name}.py" for name in group["tests"]]
            skipped = [word for name in group.get("without", []) for word in ("--deselect", name)]
            ended = pytest.main([*QUIET, "-s", *tests, *skipped], [bench])
            if len(bench.rows) < len(paths):
                raise SystemExit(f"the tests of {paths[0].name} could not be collected: {ended}")
            rows += bench.rows
    print(f"\n{'module':44} mutants  found  equal    share")
    for one in rows:
        print(row(*one))
    print(row("all", *(sum(one[k] for one in rows) for k in (1, 2, 3))))
    return int(any(found < 0.9 * (tried - same) for _, tried, found, same in rows))


if __name__ == "__main__":
    sys.exit(main())
