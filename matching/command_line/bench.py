"""How long each step takes on an invented market; `make bench` sets the solver beside its peers."""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from functools import partial
from typing import TypeVar

from matching.canonical import canonical_json
from matching.errors import MatchingError
from matching.generate import generate
from matching.solve import solve
from matching.verify import verify

R = TypeVar("R")


def bench(given: argparse.Namespace) -> int:
    """Time the road from columns to a verified plan, the best of several runs by step."""
    best: dict[str, float] = {}
    placed = people = 0
    for _ in range(max(given.repeat, 1)):
        seconds: dict[str, float] = {}
        sizes = (given.people, given.placements, given.places, given.seed)
        market = _timed(seconds, "generate", partial(generate, *sizes, pairs=given.pairs))
        plan = _timed(seconds, "solve", partial(solve, market))
        seconds |= {f"  {k}": spent for k, spent in plan.timings.items() if k != "solver"}
        found = _timed(seconds, "verify", partial(verify, market, plan))
        if found:
            raise MatchingError(f"the plan is false: {found[0]}")
        placed, people = len(plan.assignments), len(market.candidates)
        best = {step: min(best.get(step, spent), spent) for step, spent in seconds.items()}
    if given.json:
        steps = {step.strip(): round(spent, 4) for step, spent in best.items()}
        print(canonical_json({"people": people, "placed": placed, "seconds": steps}))
        return 0
    print(f"{placed:,} of {people:,} placed and verified; best of {max(given.repeat, 1)}, seconds:")
    for step, spent in best.items():
        print(f"{step:<12} {spent:9.3f}")
    return 0


def _timed(seconds: dict[str, float], step: str, work: Callable[[], R]) -> R:
    began = time.perf_counter()
    done = work()
    seconds[step] = time.perf_counter() - began
    return done
