"""Pages of the authority's staff: operators run, approvers read and approve."""

from placements.web.authority import (
    approval,
    employers,
    figures,
    funnel,
    home,
    pins,
    placements,
    plans,
    rescues,
    rounds,
    running,
    settling,
)
from placements.web.authority.blueprint import blueprint

ROUTES = (
    home,
    employers,
    placements,
    rounds,
    running,
    plans,
    pins,
    figures,
    approval,
    settling,
    rescues,
    funnel,
)

__all__ = ["ROUTES", "blueprint"]
