"""The published figures, worked out again at most every ten minutes by each process."""

import threading
import time

from flask import current_app

from placements.domain.figures import Figures
from placements.services import open_data

KEPT, KEEP_SECONDS = "published_figures", 600
ONE_AT_A_TIME = threading.Lock()


def get_figures() -> Figures:
    """Return the published figures of the region.

    What may be shown depends on every table at once, so it takes longer than a page should.
    """
    with ONE_AT_A_TIME:
        until, kept = current_app.extensions.get(KEPT, (0.0, None))
        if kept is None or time.monotonic() >= until:
            kept = open_data.publish_for_everybody(current_app.config["SETTINGS"].region)
            if current_app.config["SETTINGS"].environment != "test":
                current_app.extensions[KEPT] = (time.monotonic() + KEEP_SECONDS, kept)
        return kept
