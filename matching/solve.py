"""From a market to its plan: edges, costs, the chosen mechanism, reserves and reasons."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from matching.costs import pair_costs
from matching.edges import Edges, eligible_edges
from matching.eligibility import Refusal, refusals
from matching.market import Ints, Market
from matching.methods.nearest import nearest
from matching.methods.optimal import optimal
from matching.methods.problem import Answer, Problem
from matching.methods.serial import serial
from matching.methods.stable import stable
from matching.pins import take_pins
from matching.plan import Placed, Plan
from matching.records import MODES

MECHANISMS: dict[str, Callable[[Problem], Answer]] = {
    "optimal": optimal,
    "stable": stable,
    "serial": serial,
    "nearest": nearest,
}
Progress = Callable[[str, int, int], None]
RESERVES_A_PLACEMENT = 10
PEOPLE_A_BLOCK = 1_000
STEPS = ("edges", "costs", "match", "plan")


def solve(market: Market, progress: Progress | None = None) -> Plan:
    """Place people by the market's policy.

    Parameters
    ----------
    market : Market
    progress : callable of (step, done, total), optional
        Called before each step; an exception it raises stops the solve between steps.

    Returns
    -------
    Plan
        The same for the same market, whatever the order of its records.

    Raises
    ------
    PolicyError
        When pins cannot all be kept or the mechanism cannot keep the policy.

    Examples
    --------
    >>> market = Market([{"id": "ann", "choices": ["shop"]}], [{"id": "shop"}], {"travel": "none"})
    >>> solve(market).placement_of
    {'ann': 'shop'}
    """
    clock = _Clock(progress)
    clock.enter("edges")
    edges = eligible_edges(market)
    clock.enter("costs")
    problem, pinned = _problem(market, edges)
    clock.enter("match")
    answer = MECHANISMS[market.policy.mechanism](problem)
    clock.enter("plan")
    plan = _plan(problem, answer, edges, pinned)
    return dataclasses.replace(plan, timings=clock.finish())


class _Clock:
    """Seconds by step, for the timings beside a plan."""

    def __init__(self, progress: Progress | None) -> None:
        self.progress = progress
        self.marks: list[tuple[str, float]] = []

    def enter(self, step: str) -> None:
        if self.progress:
            self.progress(step, STEPS.index(step), len(STEPS))
        self.marks.append((step, time.perf_counter()))

    def finish(self) -> dict[str, float]:
        if self.progress:
            self.progress("done", len(STEPS), len(STEPS))
        ends = [at for _, at in self.marks[1:]] + [time.perf_counter()]
        return {step: round(end - at, 4) for (step, at), end in zip(self.marks, ends, strict=True)}


def _problem(market: Market, edges: Edges) -> tuple[Problem, dict[int, int]]:
    """Take pinned people and their places out of what the mechanism decides."""
    pinned, rules = take_pins(market, edges)
    free = ~np.isin(edges.rows, list(pinned))
    left = Edges(*(getattr(edges, f.name)[free] for f in dataclasses.fields(Edges)))
    return Problem(market, left, pair_costs(market, left), rules), pinned


def _plan(problem: Problem, answer: Answer, edges: Edges, pinned: dict[int, int]) -> Plan:
    market = problem.market
    match = answer.match.copy()
    for row, col in pinned.items():
        match[row] = col
    reserves = _reserves(problem, match)
    prices: dict[str, Any] = {}
    if answer.row_price is not None and answer.col_price is not None:
        prices = {
            "candidate": _named(market.candidates, answer.row_price),
            "placement": _named(market.placements, answer.col_price),
        }
    assignments = _assignments(market, edges, match, set(pinned))
    totals = {"placed": len(assignments), "people": len(match)}
    kept = match[problem.edges.rows] == problem.edges.cols
    totals |= {name: int(v[kept].sum()) for name, v in problem.costs.levels.items()}
    return Plan(
        market.sha256,
        market.policy.mechanism,
        answer.method,
        assignments,
        reserves,
        _reasons(market, edges, match),
        prices,
        answer.certificate,
        totals,
    )


def _named(records: Iterable[Any], values: Ints) -> dict[str, int]:
    return {r.id: int(v) for r, v in sorted(zip(records, values, strict=True), key=_first_id)}


def _first_id(pair: tuple[Any, Any]) -> str:
    return str(pair[0].id)


def _assignments(market: Market, edges: Edges, match: Ints, pinned: set[int]) -> tuple[Placed, ...]:
    geography = market.policy.travel != "none"
    placed = []
    for edge in np.flatnonzero(match[edges.rows] == edges.cols).tolist():
        row, rank, mode = int(edges.rows[edge]), int(edges.rank[edge]), int(edges.mode[edge])
        placed.append(
            Placed(
                market.candidates[row].id,
                market.placements[int(edges.cols[edge])].id,
                rank + 1 if rank >= 0 else None,
                int(edges.there[edge]) if geography else -1,
                int(edges.back[edge]) if geography else -1,
                int(edges.metres[edge]) if geography else -1,
                MODES[mode] if mode >= 0 else None,
                geography,
                row in pinned,
            )
        )
    return tuple(sorted(placed, key=lambda a: a.candidate))


def _reserves(problem: Problem, match: Ints) -> dict[str, list[str]]:
    """Who a freed place would go to while everyone placed keeps theirs: the cheapest pair first."""
    edges, market = problem.edges, problem.market
    waiting = np.flatnonzero(match[edges.rows] < 0)
    order = waiting[
        np.lexsort((edges.rows[waiting], problem.costs.total[waiting], edges.cols[waiting]))
    ]
    lines: dict[str, list[str]] = {}
    for edge in order.tolist():
        line = lines.setdefault(market.placements[int(edges.cols[edge])].id, [])
        if len(line) < RESERVES_A_PLACEMENT:
            line.append(market.candidates[int(edges.rows[edge])].id)
    return dict(sorted(lines.items()))


def _reasons(market: Market, edges: Edges, match: Ints) -> dict[str, dict[str, Any]]:
    """For each unplaced person: places went to others, or none was eligible and what refused it."""
    open_to = np.bincount(edges.rows, minlength=len(match))
    reasons: dict[str, dict[str, Any]] = {}
    for row in np.flatnonzero((match < 0) & (open_to > 0)).tolist():
        found = {"code": "places_taken", "eligible": int(open_to[row])}
        reasons[market.candidates[row].id] = found
    closed = np.flatnonzero((match < 0) & (open_to == 0))
    for begin in range(0, len(closed), PEOPLE_A_BLOCK):
        reasons |= _refused_everywhere(market, closed[begin : begin + PEOPLE_A_BLOCK])
    return dict(sorted(reasons.items()))


def _refused_everywhere(market: Market, rows: Ints) -> dict[str, dict[str, Any]]:
    """For people without one eligible place: how many placements each rule refused."""
    m = len(market.placements)
    everywhere = np.tile(np.arange(m, dtype=np.int64), len(rows))
    bits = refusals(market, np.repeat(rows, m), everywhere).reshape(len(rows), m)
    counts = {str(r.name).lower(): ((bits & r) > 0).sum(axis=1) for r in Refusal}
    return {
        market.candidates[row].id: {
            "code": "no_eligible_place",
            "eligible": 0,
            "refused": {name: int(count[at]) for name, count in counts.items() if count[at]},
        }
        for at, row in enumerate(rows.tolist())
    }
