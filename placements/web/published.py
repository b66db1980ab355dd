"""The published figures, worked out again at most every ten minutes by each process."""

from flask import current_app

from placements.domain.figures import Figures
from placements.services import open_data
from placements.web.kept import keep

KEEP_SECONDS = 600


def get_figures() -> Figures:
    """Return the published figures of the region.

    What may be shown depends on every table at once, so it takes longer than a page should.
    """
    region = current_app.config["SETTINGS"].region
    return keep("published", KEEP_SECONDS, lambda: open_data.publish_for_everybody(region))
