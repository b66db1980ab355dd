"""Tables and their constraints, one file a noun; importing this registers them all."""

from placements.models import (
    accounts,
    assignments,
    audit,
    candidates,
    employers,
    operations,
    outcomes,
    placements,
    regions,
    rights,
    rounds,
)

__all__ = [
    "accounts",
    "assignments",
    "audit",
    "candidates",
    "employers",
    "operations",
    "outcomes",
    "placements",
    "regions",
    "rights",
    "rounds",
]
