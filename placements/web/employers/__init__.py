"""Pages of this role."""

from placements.web.employers.routes import blueprint

__all__ = ["blueprint"]
