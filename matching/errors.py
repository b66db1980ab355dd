"""What can go wrong, as one small tree.

MatchingError (a ValueError)
├── MarketError   a record that cannot be used, named by its kind, id and field
├── PolicyError   a policy that contradicts itself or asks for what a mechanism cannot do
└── PlanError     a plan that cannot be read
"""


class MatchingError(ValueError):
    """Anything the engine refuses to work with."""


class MarketError(MatchingError):
    """A candidate, placement or cap that cannot be used; the message names it."""


class PolicyError(MatchingError):
    """A policy that cannot be followed; the message says what to change."""


class PlanError(MatchingError):
    """A plan that cannot be read."""
