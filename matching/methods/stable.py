"""Deferred acceptance, candidates proposing: no pair would rather have each other.

Gale and Shapley, doi:10.1080/00029890.1962.11989827.
"""

from __future__ import annotations

from matching.methods.closing import with_groups
from matching.methods.deferred import deferred
from matching.methods.orders import by_choice, by_ranking
from matching.methods.problem import Answer, Problem


def stable(problem: Problem) -> Answer:
    """The stable match best for every candidate at once, caps of employers kept.

    Among the placements that run; which ones do is found by ``closing``.
    """
    wish, standing = by_choice(problem), by_ranking(problem)
    return with_groups(
        problem, "deferred acceptance", lambda seats: deferred(problem, seats, wish, standing)
    )
