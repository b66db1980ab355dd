"""Most people placed, then the policy's objectives in order: exact, with its certificate."""

from __future__ import annotations

from matching.costs import joined_word, words_joined
from matching.methods.closing import closed
from matching.methods.problem import Answer, Problem
from matching.phases import best_match
from matching.side_rules.best import best_under_rules


def optimal(problem: Problem) -> Answer:
    """The best match by the policy; where a side rule would be broken, the best that keeps it.

    What is best for the seats alone and breaks no side rule is best under the rules as well.
    """
    edges, costs = problem.edges, problem.costs
    n = len(problem.market.candidates)
    best = best_match(edges.rows, edges.cols, costs.part, len(costs.phases), problem.capacities, n)
    if problem.rules.broken_by(best.match):
        return _under_rules(problem)
    certificate = {
        "kind": "exact",
        "outside_price": joined_word(best.outside_prices),
        "total_cost": joined_word(best.total_costs),
        "n_matched": best.n_matched,
        "weights": costs.weights,
        "lottery_bits": costs.lottery_bits,
    }
    if len(costs.phases) > 1:
        certificate["phases"] = [list(names) for names in costs.phases]
    if problem.rules.floor.any():
        certificate["closed"] = closed(problem, best.match)
    row_price, col_price = words_joined(best.row_prices), words_joined(best.col_prices)
    method = "assignment by prices"
    return Answer(best.match, method, certificate, row_price, col_price, best.note)


def _under_rules(problem: Problem) -> Answer:
    match, proof = best_under_rules(problem.rules, problem.costs.levels)
    certificate = {"kind": "bound", "closed": closed(problem, match), **proof}
    return Answer(match, "prices and branching", certificate)
