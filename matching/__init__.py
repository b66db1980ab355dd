"""Matching of people to placements: exact, explained, and checked by a second pair of eyes."""

from matching.assign import Assignment, assign
from matching.certify import certify
from matching.compare import compare
from matching.errors import MarketError, MatchingError, PlanError, PolicyError
from matching.explain import Receipt, explain
from matching.market import Market
from matching.plan import Placed, Plan
from matching.records import Candidate, Placement, Policy
from matching.solve import solve
from matching.verify import verify

__all__ = [
    "Assignment",
    "Candidate",
    "Market",
    "MarketError",
    "MatchingError",
    "Placed",
    "Placement",
    "Plan",
    "PlanError",
    "Policy",
    "PolicyError",
    "Receipt",
    "assign",
    "certify",
    "compare",
    "explain",
    "solve",
    "verify",
]
