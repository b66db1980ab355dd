"""The first page, and the two addresses that watch over the service."""

from flask import Blueprint
from werkzeug.wrappers import Response

from placements.services import health
from placements.web.access import open_to
from placements.web.pages import page

blueprint = Blueprint("public", __name__)


@blueprint.get("/")
@open_to()
def start() -> Response:
    return page("public/start.html")


@blueprint.get("/healthz")
@open_to()
def healthz() -> dict[str, bool]:
    return {"ok": True}


@blueprint.get("/readyz")
@open_to()
def readyz() -> tuple[dict[str, object], int]:
    faults = health.list_faults()
    return {"ok": not faults, "faults": faults}, 503 if faults else 200
