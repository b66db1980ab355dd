"""P7: what became of people, for anybody, with few people kept back."""

import threading
import time

from flask import Blueprint, current_app
from werkzeug.wrappers import Response

from placements.domain.errors import NotFound
from placements.domain.figures import MEASURES, Figures
from placements.services import open_data
from placements.web.access import open_to
from placements.web.pages import page

blueprint = Blueprint("results", __name__)
KEPT, KEEP_SECONDS = "published_figures", 600
TYPES = {"csv": "text/csv; charset=utf-8", "json": "application/json"}
ONE_AT_A_TIME = threading.Lock()


@blueprint.get("/results")
@open_to()
def results() -> Response:
    figures = _figures()
    names = list(open_data.write_files(figures))
    return page("public/results.html", figures=figures, measures=MEASURES, files=names)


@blueprint.get("/results/<name>")
@open_to()
def results_file(name: str) -> Response:
    files = open_data.write_files(_figures())
    if name not in files:
        raise NotFound("There is no such file.")
    reply = current_app.response_class(files[name], mimetype=None)
    reply.headers["Content-Type"] = TYPES[name.rsplit(".", 1)[1]]
    reply.headers["Content-Disposition"] = f"attachment; filename={name}"
    return reply


def _figures() -> Figures:
    """Return the published figures, worked out again at most every ten minutes by each process.

    What may be shown depends on every table at once, so it takes longer than a page should.
    """
    with ONE_AT_A_TIME:
        until, kept = current_app.extensions.get(KEPT, (0.0, None))
        if kept is None or time.monotonic() >= until:
            kept = open_data.publish_for_everybody(current_app.config["SETTINGS"].region)
            if current_app.config["SETTINGS"].environment != "test":
                current_app.extensions[KEPT] = (time.monotonic() + KEEP_SECONDS, kept)
        return kept
