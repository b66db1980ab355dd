"""Time `assign` beside its peers: `python -m tests.benchmarks [--quick]`."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from families import FAMILIES, SMALL
from measuring import Rules, Run, measure, warm_up
from peers import OURS, SOLVERS
from reporting import table_lines, write_report


def main() -> int:
    """Measure, print as it goes, and write the report of a full run."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a tenth of the size, no report")
    parser.add_argument("--size", type=float, help="share of the full size")
    parser.add_argument("--turns", type=int, default=3, help="turns of each, the best counts")
    parser.add_argument("--limit", type=float, default=40, help="seconds a call may take")
    parser.add_argument("--minutes", type=float, default=16, help="after these, ours alone")
    parser.add_argument("--family", action="append", choices=FAMILIES, help="only these")
    parser.add_argument("--solver", action="append", choices=SOLVERS, help="ours and these only")
    parser.add_argument("--report", type=Path, help="where to write it")
    given = parser.parse_args()
    size = given.size or (0.1 if given.quick else 1.0)
    report = given.report or (None if given.quick or given.family else Path("docs/benchmarks.md"))
    solvers = [OURS, *given.solver] if given.solver else list(SOLVERS)
    families = given.family or list(FAMILIES)
    began = time.monotonic()
    rules = Rules(given.turns, given.limit, until=began + given.minutes * 60)
    print(f"{len(families)} families: {estimate(families, size):.0f} minutes on an idle machine, "
          f"peers no longer than {given.minutes:.0f}", flush=True)  # fmt: skip
    warm_up(solvers)
    runs: list[Run] = []
    for family in families:
        share = 1.0 if family in SMALL else size
        runs.append(measure(family, share, rules, solvers))
        print("\n".join(table_lines(runs[-1:], header=len(runs) == 1)), flush=True)
    minutes = (time.monotonic() - began) / 60
    print(f"\n{minutes:.1f} minutes")
    if report:
        write_report(report, runs, size, rules, minutes)
        print(f"written to {report}")
    wrong = [run.family for run in runs if run.ours.answer is None]
    return 1 if wrong else 0


def estimate(families: list[str], size: float) -> float:
    """Minutes a run takes about: a minute to compile, then by family what the peers need."""
    return 1 + sum(0.2 if family in SMALL else 1.1 * size for family in families)


if __name__ == "__main__":
    sys.exit(main())
