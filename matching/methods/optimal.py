"""Most people placed, then the policy's objectives in order: exact, with its certificate."""

from __future__ import annotations

import numpy as np

from matching.assign import Assignment, assign
from matching.columns import Ints
from matching.methods.closing import closed
from matching.methods.problem import Answer, Problem
from matching.side_rules.best import Pairs, best_under_rules


def optimal(problem: Problem) -> Answer:
    """The best match by the policy; where a side rule would be broken, the best that keeps it.

    What is best for the seats alone and breaks no side rule is best under the rules as well.
    """
    edges, costs = problem.edges, problem.costs
    n = len(problem.market.candidates)
    answer = assign(edges.rows, edges.cols, costs.total, problem.capacities, n)
    match = answer.match.astype(np.int64)
    if problem.rules.broken_by(match):
        return _under_rules(problem, match)
    certificate = {
        "kind": "exact",
        "outside_price": answer.outside_price,
        "total_cost": answer.total_cost,
        "n_matched": answer.n_matched,
        "weights": costs.weights,
        "lottery_bits": costs.lottery_bits,
    }
    if problem.rules.floor.any():
        certificate["closed"] = closed(problem, match)
    return Answer(match, _name(answer), certificate, answer.row_price, answer.col_price)


def _name(answer: Assignment) -> str:
    return "scipy assignment"


def _under_rules(problem: Problem, match: Ints) -> Answer:
    edges, costs = problem.edges, problem.costs
    pairs = Pairs(edges.rows, edges.cols, costs.total, match)
    found, proof = best_under_rules(
        problem.market, problem.rules, pairs, problem.market.policy.seconds
    )
    certificate = {
        "kind": "bound",
        "weights": costs.weights,
        "lottery_bits": costs.lottery_bits,
        "closed": closed(problem, found),
        **proof,
    }
    return Answer(found, "prices and branching", certificate)
