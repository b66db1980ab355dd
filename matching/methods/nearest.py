"""Greedy by distance: the baseline people use by hand with a map and a list."""

from __future__ import annotations

from matching.methods.closing import with_groups
from matching.methods.deferred import deferred
from matching.methods.orders import by_minutes
from matching.methods.problem import Answer, Problem


def nearest(problem: Problem) -> Answer:
    """The shortest journeys first, whoever they belong to; ties by lottery.

    It is deferred acceptance where both sides would rather have the shorter journey.
    """
    order = by_minutes(problem)
    return with_groups(
        problem, "greedy by travel time", lambda seats: deferred(problem, seats, order, order)
    )
