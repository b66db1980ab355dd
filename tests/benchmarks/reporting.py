"""The table, the report and the plot of a run."""

from __future__ import annotations

import datetime
import platform
from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path

from measuring import Rules, Run, Times

KEPT = "<!-- What stands below this line is written by hand; a run keeps it. -->"
TOOLS = ("numpy", "scipy", "numba", "ortools", "lapx", "networkx")


def table_lines(runs: Iterable[Run], header: bool = True) -> list[str]:
    """One line a family: ours, its check, the best peer, the ratio, and every peer by name."""
    lines = []
    if header:
        lines = [
            "| family | people | seats | pairs | ours s | check s | MB | best peer | s | ratio |",
            "|---|--:|--:|--:|--:|--:|--:|---|--:|--:|",
        ]
    for run in runs:
        best = run.best_peer
        lines.append(
            f"| {run.family} | {run.people:,} | {run.seats:,} | {run.pairs:,} "
            f"| {_seconds(run.ours)} | {run.ours.proof_seconds:.3f} | {run.ours.megabytes:,} "
            f"| {best.solver if best else 'none'} | {_seconds(best) if best else '–'} "
            f"| {f'{run.ratio:.1f}' if run.ratio else '–'} |"
        )
    return lines


def peer_lines(runs: list[Run]) -> list[str]:
    """Every peer's time or what became of it."""
    names = list(dict.fromkeys(t.solver for run in runs for t in run.times))
    lines = ["| family | " + " | ".join(names) + " |", "|---" + "|--:" * len(names) + "|"]
    for run in runs:
        by_name = {t.solver: t for t in run.times}
        cells = [_cell(by_name.get(name)) for name in names]
        lines.append(f"| {run.family} | " + " | ".join(cells) + " |")
    return lines


def write_report(path: Path, runs: list[Run], size: float, rules: Rules, minutes: float) -> None:
    """The report with its plot beside it; what stands below the line ``KEPT`` stays."""
    before = path.read_text(encoding="utf-8") if path.exists() else ""
    kept = before[before.index(KEPT) + len(KEPT) :].strip() if KEPT in before else ""
    lost = [run for run in runs if run.ratio is not None and run.ratio < 1]
    short = [run for run in runs if run.ratio is not None and 1 <= run.ratio < 5]
    tools = ", ".join(f"{name} {version(name)}" for name in TOOLS)
    text = [
        "# `assign` beside its peers",
        "",
        "`make bench` writes this page. Every call has a child process of its own, on the same",
        f"problem, by turns, {rules.turns} each, one for a peer that takes over {rules.long:g} s;",
        "the best counts, the answers are compared. Seconds are processor time, so that other",
        "work on the machine does not count. A peer is stopped (*over … s*) when it takes more",
        f"than twice as long as the best peer before it and {rules.long:g} s.",
        "Ours gives prices and is checked by `certify`; the ratio is the best peer's time to both.",
        "Peers give number and cost only. Compiling is not counted (about 15 s, once for each",
        "installation), nor is importing. From a market to a verified plan, whole:",
        "[benchmarks-pipeline.md](benchmarks-pipeline.md).",
        "",
        f"{datetime.date.today().isoformat()}, {platform.machine()}, {_processor()}, "
        f"Python {platform.python_version()}, {tools}. "
        f"Size {size:g} of full, {minutes:.0f} minutes in all.",
        "",
        *table_lines(runs),
        "",
        f"![Seconds of each solver on each family]({path.stem}.svg)",
        "",
        "## Every peer",
        "",
        "Seconds, or what became of it.",
        "",
        *peer_lines(runs),
        "",
        "## Losses",
        "",
        *_losses(lost, short),
        "",
        "The package `matching` of the Python index is left out: it has the name of our own, and",
        "it finds stable matches, which is another question. `linear_sum_assignment` and lapx work",
        "in floating point: exact only while sums stay below 2**53.",
        "",
        KEPT,
        "",
        *([kept, ""] if kept else []),
    ]
    path.write_text("\n".join(text), encoding="utf-8")
    _plot(path.with_suffix(".svg"), runs)


def _losses(lost: list[Run], short: list[Run]) -> list[str]:
    lines = [f"- {run.family}: slower than {run.best_peer.solver}, {run.ratio:.2f} times its speed."
             for run in lost if run.best_peer and run.ratio]  # fmt: skip
    lines += [f"- {run.family}: faster than the best peer, but only {run.ratio:.1f} times."
              for run in short if run.ratio]  # fmt: skip
    return lines or ["None in this run."]


def _plot(path: Path, runs: list[Run]) -> None:
    import matplotlib

    matplotlib.use("svg")
    import matplotlib.pyplot as plt

    matplotlib.rcParams["svg.hashsalt"] = "benchmarks"
    names = list(dict.fromkeys(t.solver for run in runs for t in run.times))
    figure, axes = plt.subplots(figsize=(10, 5))
    for name, mark in zip(names, "ovs^<>dPX*", strict=False):
        points = [
            (i, t.seconds)
            for i, run in enumerate(runs)
            for t in run.times
            if t.solver == name and t.seconds
        ]
        axes.plot(*zip(*points, strict=True), mark, label=name) if points else None
    axes.set_yscale("log")
    axes.set_ylabel("seconds")
    axes.set_xticks(range(len(runs)), [run.family for run in runs], rotation=40, ha="right")
    axes.legend(fontsize="small", ncols=2)
    axes.grid(axis="y", alpha=0.3)
    figure.tight_layout()
    figure.savefig(path, metadata={"Date": None})


def _seconds(times: Times) -> str:
    return f"{times.seconds:.3f}" if times.seconds else "–"


def _cell(times: Times | None) -> str:
    if times is None:
        return "–"
    if times.note:
        return times.note if times.seconds is None else f"{times.note} ({_seconds(times)})"
    return _seconds(times)


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(":")[1].strip()
    return platform.processor()
