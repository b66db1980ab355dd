"""Pages of the authority's staff: operators run, approvers read and approve."""

from placements.web.authority import (
    approval,
    employers,
    funnel,
    home,
    placements,
    plans,
    rounds,
    running,
    settling,
)
from placements.web.authority.blueprint import blueprint

ROUTES = (home, employers, placements, rounds, running, plans, approval, settling, funnel)

__all__ = ["ROUTES", "blueprint"]
