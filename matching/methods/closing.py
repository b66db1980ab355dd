"""Placements that run only with a group, under mechanisms that look at one person at a time.

As a course is called off when too few sign up: the mechanism runs, the placement furthest below
its least group is closed, and everyone goes again. Which placements run is found by this rule and
not proven best (deciding whether some set of them has a stable match is NP-complete: Biró,
Fleiner, Irving and Manlove, doi:10.1016/j.tcs.2010.05.005).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from matching.columnar.columns import Ints
from matching.errors import PolicyError
from matching.methods.problem import Answer, Problem


def with_groups(problem: Problem, method: str, run: Callable[[Ints], Ints]) -> Answer:
    """Run a mechanism until every placement that runs has its least group.

    Parameters
    ----------
    problem : Problem
    method : str
    run : callable of seats int64[M] to match int64[N]

    Raises
    ------
    PolicyError
        When a placement with a pinned person stays below its least group.
    """
    rules = problem.rules
    seats = np.where(rules.floor > rules.seats, 0, rules.seats)
    while True:
        match = run(seats)
        held = np.bincount(match[match >= 0], minlength=len(seats))
        missing = np.where((held > 0) & (held < rules.floor), rules.floor - held, 0)
        if not missing.any():
            break
        seats[len(seats) - 1 - int(np.argmax(missing[::-1]))] = 0
    _check_pinned(problem, held)
    return Answer(match, method, {"kind": "none", "closed": closed(problem, match)})


def closed(problem: Problem, match: Ints) -> list[str]:
    """The placements with a least group that nobody goes to, by id."""
    floor = problem.rules.floor
    empty = (floor > 0) & (np.bincount(match[match >= 0], minlength=len(floor)) == 0)
    return sorted(str(name) for name in problem.market.placements.ids[empty].tolist())


def _check_pinned(problem: Problem, held: Any) -> None:
    short = np.flatnonzero(held < problem.rules.low)
    if len(short):
        place = problem.market.placements[int(short[0])]
        raise PolicyError(
            f"policy: under {problem.market.policy.mechanism} too few people come to {place.id}, "
            f"which is pinned and runs from {place.group_min}; take away the pin, or use optimal"
        )
