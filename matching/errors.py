"""What can go wrong, as one small tree.

MatchingError (a ValueError)
├── MarketError   a record that cannot be used, named by its kind, id and field
├── PolicyError   a policy that contradicts itself or asks for what a mechanism cannot do
│   └── PinConflict   pins that cannot all be kept, no more of them than it takes
├── PlanError     a plan that cannot be read
├── BundleError   a sealed bundle that is damaged, or a plan that cannot be sealed
└── FileError     a file that a command cannot use, named first
"""


class MatchingError(ValueError):
    """Anything the engine refuses to work with."""


class MarketError(MatchingError):
    """A candidate, placement or cap that cannot be used; the message names it."""


class PolicyError(MatchingError):
    """A policy that cannot be followed; the message says what to change."""


class PinConflict(PolicyError):
    """Pins that cannot all be kept; ``pins`` is a smallest set of them, (candidate, placement)."""

    def __init__(self, message: str, pins: list[tuple[str, str]]) -> None:
        super().__init__(message)
        self.pins = pins


class PlanError(MatchingError):
    """A plan that cannot be read."""


class BundleError(MatchingError):
    """A bundle that cannot be made or read."""


class FileError(MatchingError):
    """A file that a command cannot use; the message begins with its name."""


class FeedError(MatchingError):
    """A timetable or table of minutes that cannot be used; the message names file and line."""
