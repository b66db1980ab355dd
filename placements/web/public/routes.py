"""The first page, and the two addresses that watch over the service."""

from flask import Blueprint, current_app
from werkzeug.wrappers import Response

from placements import clock
from placements.services import health, public_figures
from placements.services.gazetteer import get_rules
from placements.web.access import open_to
from placements.web.pages import page
from placements.web.public.demo import blueprint as demo
from placements.web.public.results import blueprint as results

blueprint = Blueprint("public", __name__)
TOPICS = {
    "help": "public/help.html",
    "accessibility": "public/accessibility.html",
    "privacy": "public/privacy.html",
    "cookies": "public/cookies.html",
    "terms": "public/terms.html",
}
blueprint.register_blueprint(demo)
blueprint.register_blueprint(results)


@blueprint.get("/")
@open_to()
def start() -> Response:
    rules = get_rules(current_app.config["SETTINGS"].region_folder)
    rounds = public_figures.list_next_rounds(rules.code)
    totals = public_figures.list_totals(rules.code)
    next_on = public_figures.next_opening(rules.calendar.openings, clock.today())
    return page("public/start.html", rounds=rounds, totals=totals, next_on=next_on)


@blueprint.get("/employers")
@open_to()
def employers() -> Response:
    return page("public/employers.html")


@blueprint.get("/<any(help, accessibility, privacy, cookies, terms):topic>")
@open_to()
def about(topic: str) -> Response:
    return page(TOPICS[topic])


@blueprint.get("/check")
@open_to()
def check() -> Response:
    rules = get_rules(current_app.config["SETTINGS"].region_folder)
    return page("public/check.html", rounds=public_figures.list_released(rules.code))


@blueprint.get("/healthz")
@open_to()
def healthz() -> dict[str, bool]:
    return {"ok": True}


@blueprint.get("/readyz")
@open_to()
def readyz() -> tuple[dict[str, object], int]:
    faults = health.list_faults(current_app.config["SETTINGS"])
    return {"ok": not faults, "faults": faults}, 503 if faults else 200
