"""Pages of this role."""

from placements.web.young_people.routes import blueprint

__all__ = ["blueprint"]
