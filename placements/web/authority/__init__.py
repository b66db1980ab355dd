"""Pages of the authority's staff: operators run, approvers read and approve."""

from placements.web.authority import (
    approval,
    employers,
    figures,
    funnel,
    home,
    placements,
    plans,
    rounds,
    running,
    settling,
)
from placements.web.authority.blueprint import blueprint

ROUTES = (home, employers, placements, rounds, running, plans, figures, approval, settling, funnel)

__all__ = ["ROUTES", "blueprint"]
