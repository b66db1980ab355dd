"""JSON for the programs of organisations, over the services that the pages use."""

from placements.api import authority, employers, providers
from placements.api.blueprint import add_api, blueprint

ROUTES = (employers, providers, authority)

__all__ = ["ROUTES", "add_api", "blueprint"]
