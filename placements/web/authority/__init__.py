"""Pages of this role."""

from placements.web.authority.routes import blueprint

__all__ = ["blueprint"]
