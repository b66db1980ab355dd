"""Pages of the authority's staff: operators run, approvers read and approve."""

from placements.web.authority import (
    approval,
    data_requests,
    deciding,
    employers,
    figures,
    funnel,
    holds,
    home,
    outcomes,
    people,
    pins,
    placements,
    plans,
    records,
    rescues,
    rounds,
    rules,
    running,
    settling,
    supply,
    what_works,
)
from placements.web.authority.blueprint import blueprint

ROUTES = (
    home,
    employers,
    holds,
    placements,
    rounds,
    rules,
    running,
    plans,
    pins,
    figures,
    approval,
    settling,
    rescues,
    funnel,
    outcomes,
    people,
    deciding,
    records,
    data_requests,
    supply,
    what_works,
)

__all__ = ["ROUTES", "blueprint"]
