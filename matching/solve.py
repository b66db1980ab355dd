"""From a market to its plan: edges, costs, the chosen mechanism, reserves and reasons."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

from matching.columnar.listing import Placings, Prices
from matching.costs import Levels, pair_costs
from matching.edges import Edges, eligible_edges
from matching.market import Ints, Market
from matching.methods.nearest import nearest
from matching.methods.optimal import optimal
from matching.methods.problem import Answer, Problem
from matching.methods.serial import serial
from matching.methods.stable import stable
from matching.pins import take_pins
from matching.plan import Plan
from matching.reasons import unplaced_reasons
from matching.reserves import waiting_lines

MECHANISMS: dict[str, Callable[[Problem], Answer]] = {
    "optimal": optimal,
    "stable": stable,
    "serial": serial,
    "nearest": nearest,
}
Progress = Callable[[str, int, int], None]
MANY_PEOPLE = 20_000
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
    with ThreadPoolExecutor(max_workers=1) as beside:
        if len(market.candidates) >= MANY_PEOPLE:
            beside.submit(lambda: market.sha256)
        answer = MECHANISMS[market.policy.mechanism](problem)
    clock.enter("plan")
    plan = _plan(problem, answer, edges, pinned)
    timings: dict[str, Any] = {**clock.finish(), "solver": answer.solver}
    return dataclasses.replace(plan, timings=timings)


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
    left = edges.where(~np.isin(edges.rows, list(pinned))) if pinned else edges
    return Problem(market, left, pair_costs(market, left), rules), pinned


def _plan(problem: Problem, answer: Answer, edges: Edges, pinned: dict[int, int]) -> Plan:
    market = problem.market
    match = answer.match.copy()
    match[list(pinned)] = list(pinned.values())
    placed = np.flatnonzero(match[edges.rows] == edges.cols)
    return Plan(
        market.sha256,
        market.policy.mechanism,
        answer.method,
        _placings(market, edges.where(placed), list(pinned)),
        waiting_lines(market, problem.edges, problem.costs, match),
        unplaced_reasons(market, edges.rows, match),
        _prices(market, answer),
        answer.certificate,
        _totals(problem, match, len(placed)),
    )


def _prices(market: Market, answer: Answer) -> dict[str, Prices]:
    if answer.row_price is None or answer.col_price is None:
        return {}
    people, places = market.candidates, market.placements
    return {
        "candidate": Prices(people.ids[people.by_id], answer.row_price[people.by_id]),
        "placement": Prices(places.ids[places.by_id], answer.col_price[places.by_id]),
    }


def _totals(problem: Problem, match: Ints, placed: int) -> dict[str, int]:
    """People in all and placed, and the sum of each objective over those not pinned."""
    edges = problem.edges
    kept = Levels(problem.market, edges.where(match[edges.rows] == edges.cols))
    sums = {name: int(level.sum()) for name, level in kept.items()}
    return {"placed": placed, "people": len(match), **sums}


def _placings(market: Market, edges: Edges, pinned: list[int]) -> Placings:
    """The placed pairs by candidate id; without travel no figures of it."""
    names = market.candidates.ids[edges.rows]
    order = np.argsort(names, kind="stable")
    edges = edges.where(order)
    nothing = np.full(len(order), -1, dtype=np.int32)
    geography = market.policy.travel != "none"
    return Placings(
        names[order],
        market.placements.ids[edges.cols],
        edges.rank + 1,
        edges.there if geography else nothing,
        edges.back if geography else nothing,
        edges.metres if geography else nothing,
        edges.mode,
        edges.estimate,
        np.isin(edges.rows, pinned),
    )
