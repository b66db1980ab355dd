"""How people see placements and placements see people: positions, lower is better."""

from __future__ import annotations

import numpy as np

from matching.columnar.columns import Ints
from matching.costs import choice_levels, priority_levels
from matching.methods.problem import Problem


def positions(*keys: Ints) -> Ints:
    """The position of each entry when sorted by the first key, then the next; all different."""
    order = np.lexsort(keys[::-1])
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order))
    return place


def by_choice(problem: Problem) -> Ints:
    """A person's order: choice, then minutes, then the placement's lottery number."""
    edges = problem.edges
    return positions(choice_levels(problem.market, edges), problem.minutes(), edges.cols)


def by_minutes(problem: Problem) -> Ints:
    """Shortest journeys first, then lottery: the order of both sides under ``nearest``."""
    return positions(problem.minutes(), problem.edges.rows, problem.edges.cols)


def by_lottery(problem: Problem) -> Ints:
    """People in lottery order."""
    return positions(problem.edges.rows, problem.edges.cols)


def by_ranking(problem: Problem) -> Ints:
    """A placement's order: its ranking if given, priority group, minutes, lottery."""
    edges = problem.edges
    groups = priority_levels(problem.market)[edges.rows]
    return positions(_named(problem), groups, problem.minutes(), edges.rows, edges.cols)


def _named(problem: Problem) -> Ints:
    """Position of each pair's person in the placement's own ranking, after all who are in it."""
    market, edges = problem.market, problem.edges
    n, row_of = max(len(market.candidates), 1), market.row_of
    told = market.placements.kinds("ranking")
    listed: dict[int, int] = {}
    length = np.zeros(len(market.placements), dtype=np.int64)
    for col, code in enumerate(told.codes.tolist()):
        ranking = told.values[code] or ()
        length[col] = len(ranking)
        listed |= {col * n + row_of[c]: i for i, c in enumerate(ranking) if c in row_of}
    if not listed:
        return length[edges.cols]
    keys = np.array(sorted(listed), dtype=np.int64)
    ranks = np.array([listed[key] for key in keys.tolist()], dtype=np.int64)
    wanted = edges.cols * n + edges.rows
    at = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    return np.where(keys[at] == wanted, ranks[at], length[edges.cols])
