"""Most people placed, then the policy's objectives in order: exact, with its certificate."""

from __future__ import annotations

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array, vstack

from matching.assign import assign
from matching.errors import MatchingError
from matching.market import Ints
from matching.methods.problem import Answer, Problem


def optimal(problem: Problem) -> Answer:
    """The best match by the policy; whole-number programming when host caps bind."""
    edges, costs = problem.edges, problem.costs
    n = len(problem.market.candidates)
    answer = assign(edges.rows, edges.cols, costs.total, problem.capacities, n)
    match = answer.match.astype(np.int64)
    if not _breaks_caps(problem, match):
        certificate = {
            "kind": "exact",
            "outside_price": answer.outside_price,
            "total_cost": answer.total_cost,
            "n_matched": answer.n_matched,
            "weights": costs.weights,
            "lottery_bits": costs.lottery_bits,
        }
        return Answer(match, "scipy assignment", certificate, answer.row_price, answer.col_price)
    return _capped(problem)


def _breaks_caps(problem: Problem, match: Ints) -> bool:
    used = dict.fromkeys(problem.caps_left, 0)
    for col in match[match >= 0].tolist():
        host = problem.market.placements[col].employer
        if host in used:
            used[host] += 1
    return any(used[host] > cap for host, cap in problem.caps_left.items())


def _capped(problem: Problem) -> Answer:
    """One whole-number program an objective, each keeping the optimum of those before it."""
    n_edges = len(problem.edges.rows)
    goals = {"placed": np.full(n_edges, -1, dtype=np.int64), **problem.costs.levels}
    table, upper = _limits(problem)
    bounds: list[float] = upper.tolist()
    reached: dict[str, int] = {}
    chosen = np.zeros(n_edges, dtype=np.int64)
    for name, goal in goals.items():
        found = milp(
            goal.astype(np.float64),
            constraints=LinearConstraint(table, -np.inf, np.array(bounds)),
            integrality=np.ones(n_edges, dtype=np.int64),
            bounds=Bounds(0, 1),
            options={"mip_rel_gap": 0.0},
        )
        if found.x is None:
            raise MatchingError(f"host caps: the solver stopped at {name}: {found.message}")
        chosen = np.rint(found.x).astype(np.int64)
        reached[name] = int(goal @ chosen)
        table = vstack([table, csr_array(goal.astype(np.float64).reshape(1, -1))], format="csr")
        bounds.append(float(reached[name]))
    match = np.full(len(problem.market.candidates), -1, dtype=np.int64)
    used = chosen > 0
    match[problem.edges.rows[used]] = problem.edges.cols[used]
    certificate = {"kind": "bound", "status": "optimal", "gap": 0, "reached": reached}
    return Answer(match, "scipy milp", certificate)


def _limits(problem: Problem) -> tuple[csr_array, Ints]:
    """One line a person, a placement and a capped host: at most this many pairs."""
    edges, market = problem.edges, problem.market
    n, m = len(market.candidates), len(market.placements)
    hosts = {host: i for i, host in enumerate(problem.caps_left)}
    host_of = np.array([hosts.get(p.employer, -1) for p in market.placements], dtype=np.int64)
    at = np.arange(len(edges.rows))
    capped = host_of[edges.cols] >= 0
    lines = np.concatenate([edges.rows, n + edges.cols, n + m + host_of[edges.cols[capped]]])
    pairs = np.concatenate([at, at, at[capped]])
    table = csr_array(
        (np.ones(len(lines)), (lines, pairs)), shape=(n + m + len(hosts), len(edges.rows))
    )
    caps = np.array(list(problem.caps_left.values()), dtype=np.int64)
    return table, np.concatenate([np.ones(n, dtype=np.int64), problem.capacities, caps])
