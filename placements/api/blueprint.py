"""Where the API lives, what every route of it may answer, and whom a key acts for."""

from typing import Any

from apiflask import APIBlueprint, APIFlask, HTTPError
from flask import g

from placements.api.shapes import Problem, Who
from placements.domain.vocabulary import Role
from placements.web.access import Gate, current_hat, open_to
from placements.web.errors import WORDS

PREFIX = "/api/v1"
EVERY_KEY = (Role.EMPLOYER, Role.PROVIDER, Role.OPERATOR)
PROBLEMS = {
    400: "What was sent cannot be read",
    401: "No key, or one that opens nothing",
    404: "There is no such record, or it is not yours",
    409: "It changed, or cannot be done now",
    422: "Something sent is not right; `field` names it",
    503: "Busy; nothing changed, try again",
}
blueprint = APIBlueprint("api", __name__, url_prefix=PREFIX, tag="Placements")


def add_api(app: APIFlask) -> None:
    """Add the routes and their description at /openapi.json."""
    app.security_schemes = {
        "OrganisationKey": {
            "type": "http",
            "scheme": "bearer",
            "description": "A key that an organisation made for its own programs.",
        }
    }
    for pages in app.blueprints.values():
        if not isinstance(pages, APIBlueprint):
            pages.enable_openapi = False  # pages are for people; only this room is described
    app.register_blueprint(blueprint)
    # Set, not decorated: the decorator would answer the pages of people in JSON as well.
    app.error_callback = tell_problem
    app.view_functions["openapi.spec"].gate = Gate((), "public")


def tell_problem(error: HTTPError) -> tuple[dict, int, dict]:
    """Write what a shape refused as every other problem is written."""
    title, words = WORDS.get(error.status_code, (PROBLEMS[422], error.message))
    field, words = _first(error.detail) if error.detail else (None, words)
    said = {"title": title, "words": words, "request_id": g.get("request_id", ""), "field": field}
    return said, error.status_code, dict(error.headers)


def _first(detail: Any) -> tuple[str | None, str]:
    """Return the first field that is wrong, and why, from wherever it was sent."""
    for fields in detail.values() if isinstance(detail, dict) else ():
        for name, why in fields.items() if isinstance(fields, dict) else ():
            return str(name), "; ".join(map(str, why)) if isinstance(why, list) else str(why)
    return None, str(detail)


def document(summary: str, *statuses: int) -> dict:
    """Describe a route: what it does, its key, and the problems it may answer with."""
    named = (401, 404, 503, *statuses)
    responses = {
        status: {
            "description": PROBLEMS[status],
            "content": {"application/json": {"schema": Problem.model_json_schema()}},
        }
        for status in sorted(named)
    }
    return {"summary": summary, "security": "OrganisationKey", "responses": responses}


@blueprint.get("/me")
@open_to(*EVERY_KEY, scope="own_org")
@blueprint.output(Who)
@blueprint.doc(**document("Whom this key acts for"))
def who() -> dict:
    hat = current_hat()
    return {"role": hat.actor.role.value, "organisation": hat.title}
