"""Pages for everybody: the four doors, and whether the service lives."""

from placements.web.public.routes import blueprint

__all__ = ["blueprint"]
