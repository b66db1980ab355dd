"""Deferred acceptance, candidates proposing: no pair would rather have each other.

Gale and Shapley, doi:10.1080/00029890.1962.11989827.
"""

from __future__ import annotations

import heapq

import numpy as np

from matching.costs import choice_levels, priority_levels
from matching.errors import PolicyError
from matching.market import Ints
from matching.methods.problem import Answer, Problem


def stable(problem: Problem) -> Answer:
    """The stable match best for every candidate at once.

    Raises
    ------
    PolicyError
        With host caps, under which a stable match need not exist.
    """
    if problem.caps_left:
        raise PolicyError(
            "policy: host caps need the optimal mechanism, stable cannot promise them"
        )
    wishes = _wishes(problem)
    standing = _standing(problem)
    seats = problem.capacities.tolist()
    held: list[list[tuple[tuple[int, ...], int]]] = [[] for _ in seats]
    match = np.full(len(wishes), -1, dtype=np.int64)
    waiting = [row for row in reversed(range(len(wishes))) if wishes[row]]
    while waiting:
        row = waiting.pop()
        if not wishes[row]:
            continue
        col = wishes[row].pop()
        heapq.heappush(held[col], (standing[row, col], row))
        match[row] = col
        if len(held[col]) > seats[col]:
            _, loser = heapq.heappop(held[col])
            match[loser] = -1
            waiting.append(loser)
    return Answer(match, "deferred acceptance", {"kind": "none"})


def _wishes(problem: Problem) -> list[list[int]]:
    """Each candidate's eligible placements, best last: choice, minutes, lottery."""
    edges = problem.edges
    level = choice_levels(problem.market, edges)
    minutes = np.maximum(edges.there, edges.back)
    order = np.lexsort((edges.cols, minutes, level, edges.rows))[::-1]
    wishes: list[list[int]] = [[] for _ in problem.market.candidates]
    for edge in order.tolist():
        wishes[int(edges.rows[edge])].append(int(edges.cols[edge]))
    return wishes


def _standing(problem: Problem) -> dict[tuple[int, int], tuple[int, ...]]:
    """How a placement sees each candidate, larger is better (so that a heap gives up the worst)."""
    edges, market = problem.edges, problem.market
    ranks = [
        {c: i for i, c in enumerate(p.ranking)} if p.ranking else {} for p in market.placements
    ]
    groups: Ints = priority_levels(market)
    minutes = np.maximum(edges.there, edges.back)
    seen: dict[tuple[int, int], tuple[int, ...]] = {}
    for row, col, far in zip(
        edges.rows.tolist(), edges.cols.tolist(), minutes.tolist(), strict=True
    ):
        named = ranks[col].get(market.candidates[row].id, len(ranks[col]))
        seen[row, col] = (-named, -int(groups[row]), -far, -row)
    return seen
