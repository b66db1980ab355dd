"""Serial dictatorship in lottery order: a baseline that anyone can follow by hand."""

from __future__ import annotations

import numpy as np

from matching.costs import choice_levels
from matching.methods.problem import Answer, Problem, Seats


def serial(problem: Problem) -> Answer:
    """Each person in lottery order takes the best place left for them."""
    edges = problem.edges
    level = choice_levels(problem.market, edges)
    minutes = np.maximum(edges.there, edges.back)
    match = np.full(len(problem.market.candidates), -1, dtype=np.int64)
    seats = Seats(problem)
    for edge in np.lexsort((edges.cols, minutes, level, edges.rows)).tolist():
        row, col = int(edges.rows[edge]), int(edges.cols[edge])
        if match[row] < 0 and seats.take(col):
            match[row] = col
    return Answer(match, "serial dictatorship", {"kind": "none"})
