"""The published figures, worked out again at most every ten minutes by each process."""

from flask import current_app

from placements.domain.figures import Figures
from placements.domain.what_works import Works, list_works
from placements.services import open_data
from placements.services.gazetteer import get_rules
from placements.services.public_figures import list_released
from placements.web.kept import keep

KEEP_SECONDS = 600


def get_works() -> list[Works]:
    """Return what goes with work or learning that lasts, kinds of work by their names."""
    rules = get_rules(current_app.config["SETTINGS"].region_folder)
    return list_works(get_figures().tables, {one.code: one.name for one in rules.sectors})


def get_figures() -> Figures:
    """Return the published figures of the region.

    What may be shown depends on every table at once, so it takes longer than a page should. They
    are worked out at once when the results of another round come out.
    """
    region = get_rules(current_app.config["SETTINGS"].region_folder).code
    rounds = "-".join(str(one.id) for one in list_released(region))
    name = f"published {rounds}"
    return keep(name, KEEP_SECONDS, lambda: open_data.publish_for_everybody(region))
