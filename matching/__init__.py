"""Matching of people to placements: exact, explained, and checked by a second pair of eyes."""

from matching.assign import Assignment, assign
from matching.bundle import Bundle, check_bundle, read_bundle, seal
from matching.cascade import Cascade, cascade
from matching.certify import certify
from matching.compare import compare
from matching.errors import MarketError, MatchingError, PlanError, PolicyError
from matching.explain import Receipt, explain, explain_all
from matching.fairness import Fairness, fairness
from matching.graphs import check_graph, graph
from matching.market import Market
from matching.plan import Placed, Plan
from matching.reach import Reached, reach, reach_table
from matching.recheck import Pair, recheck_pairs
from matching.records import Candidate, Placement, Policy
from matching.solve import solve
from matching.transparency import transparency
from matching.verify import verify

__all__ = [
    "Assignment",
    "Bundle",
    "Candidate",
    "Cascade",
    "Fairness",
    "Market",
    "MarketError",
    "MatchingError",
    "Pair",
    "Placed",
    "Placement",
    "Plan",
    "PlanError",
    "Policy",
    "PolicyError",
    "Reached",
    "Receipt",
    "assign",
    "cascade",
    "certify",
    "check_bundle",
    "check_graph",
    "compare",
    "explain",
    "explain_all",
    "fairness",
    "graph",
    "reach",
    "reach_table",
    "read_bundle",
    "recheck_pairs",
    "seal",
    "solve",
    "transparency",
    "verify",
]
