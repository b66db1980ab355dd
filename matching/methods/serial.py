"""Serial dictatorship in lottery order: a baseline that anyone can follow by hand."""

from __future__ import annotations

from matching.methods.closing import with_groups
from matching.methods.deferred import deferred
from matching.methods.orders import by_choice, by_lottery
from matching.methods.problem import Answer, Problem


def serial(problem: Problem) -> Answer:
    """Each person in lottery order takes the best place left for them.

    It is deferred acceptance where every placement sees people in lottery order.
    """
    wish, standing = by_choice(problem), by_lottery(problem)
    return with_groups(
        problem, "serial dictatorship", lambda seats: deferred(problem, seats, wish, standing)
    )
