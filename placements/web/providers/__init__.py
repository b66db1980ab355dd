"""Pages of this role."""

from placements.web.providers.routes import blueprint

__all__ = ["blueprint"]
