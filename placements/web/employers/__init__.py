"""Pages of employers: what waits, sites, placements being described and live, and people."""

from placements.web.employers import (
    agreements,
    changes,
    drafts,
    ends,
    outcomes,
    people,
    placements,
    pledges,
    sites,
    still_true,
    today,
)
from placements.web.employers.blueprint import blueprint

__all__ = [
    "agreements",
    "blueprint",
    "changes",
    "drafts",
    "ends",
    "outcomes",
    "people",
    "placements",
    "pledges",
    "sites",
    "still_true",
    "today",
]
