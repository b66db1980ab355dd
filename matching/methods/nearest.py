"""Greedy by distance: the baseline people use by hand with a map and a list."""

from __future__ import annotations

import numpy as np

from matching.methods.problem import Answer, Problem, Seats


def nearest(problem: Problem) -> Answer:
    """The shortest journeys first, whoever they belong to; ties by lottery."""
    edges = problem.edges
    minutes = np.maximum(edges.there, edges.back)
    match = np.full(len(problem.market.candidates), -1, dtype=np.int64)
    seats = Seats(problem)
    for edge in np.lexsort((edges.cols, edges.rows, minutes)).tolist():
        row, col = int(edges.rows[edge]), int(edges.cols[edge])
        if match[row] < 0 and seats.take(col):
            match[row] = col
    return Answer(match, "greedy by travel time", {"kind": "none"})
