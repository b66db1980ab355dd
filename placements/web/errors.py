"""Every refusal and fault as a page: what happened, what to do, and the request's number."""

import logging

from flask import Flask, g, jsonify, make_response, render_template, request
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, SecurityError
from werkzeug.wrappers import Response

from placements.domain.errors import (
    GuardRefused,
    IllegalMove,
    Invalid,
    NotAllowed,
    NotFound,
    Refusal,
    Stale,
)
from placements.logs import list_places
from placements.services import outages
from placements.services.idempotency import StillWorking
from placements.services.transactions import Busy, OutOfReach

log = logging.getLogger(__name__)
NOT_FOUND = "There is no such page, or it is not yours."
STATUSES: tuple[tuple[type[Refusal], int, str], ...] = (
    (NotFound, 404, "Page not found"),
    (NotAllowed, 403, "You cannot do this"),
    (Stale, 409, "This changed while you were reading"),
    (StillWorking, 409, "You sent this already"),
    (IllegalMove, 409, "This cannot be done now"),
    (GuardRefused, 409, "This cannot be done yet"),
    (Invalid, 422, "Something needs to be changed"),
    (OutOfReach, 503, "The service is not at hand"),
    (Busy, 503, "The service is busy"),
    (Refusal, 409, "This cannot be done"),
)
WORDS = {
    401: ("No key", "Send the key of your organisation: Authorization: Bearer."),
    400: ("This page could not be read", "Go back, reload the page and try again."),
    403: ("You cannot do this", "What was sent came from another site. Nothing changed."),
    404: ("Page not found", NOT_FOUND),
    405: ("This page cannot be used like that", "Go back and use the buttons on the page."),
    413: ("The file is too large", "Send a file of up to 10 MB. Nothing was kept."),
}
FAULT = ("Something went wrong", "It is not because of you. Try again in a few minutes.")


API_PATH = "/api/"


def register_errors(app: Flask) -> None:
    """Turn each refusal and fault into a page that tells nothing of the inside."""
    app.register_error_handler(Refusal, _refused)
    app.register_error_handler(CSRFError, _stale_form)
    app.register_error_handler(HTTPException, _http)
    if not app.config.get("PROPAGATE_EXCEPTIONS"):
        app.register_error_handler(Exception, _fault)


def _refused(refusal: Refusal) -> Response:
    status, title = next((s, t) for kind, s, t in STATUSES if isinstance(refusal, kind))
    words = NOT_FOUND if isinstance(refusal, NotFound) else str(refusal)
    g.refused_field = getattr(refusal, "field", None) or None
    response = error_page(title, words, status)
    seconds = getattr(refusal, "seconds", None)
    if seconds is not None:
        response.status_code = 429
        response.headers["Retry-After"] = str(seconds)
    return response


def _stale_form(_error: CSRFError) -> Response:
    words = "The page was open for too long. Go back, reload it and send it again."
    return error_page("Send this again", words, 400)


def _http(error: HTTPException) -> Response:
    if isinstance(error, SecurityError):
        # Under a name that is not ours no address can be built, so this is no page.
        return Response("This host name is not known here.", 400, mimetype="text/plain")
    if error.response is not None or error.code is None or error.code < 400:
        return error.get_response()
    title, words = WORDS.get(error.code, FAULT)
    return error_page(title, words, error.code)


def _fault(error: Exception) -> Response:
    words = outages.describe(error)
    if words is not None:
        return error_page("The service is not at hand", words, 503)
    # The number joins the page to this line; neither tells anything of a person.
    facts = {"request_id": g.get("request_id"), "error": type(error).__name__}
    log.error("request failed", extra={**facts, "frames": list_places(error.__traceback__)})
    return error_page(*FAULT, 500)


def error_page(title: str, words: str, status: int, renew_url: str | None = None) -> Response:
    """Render the one error page there is, or the same as JSON where programs ask."""
    if request.path.startswith(API_PATH):
        return _problem(title, words, status)
    page = render_template("error.html", error_title=title, words=words, renew_url=renew_url)
    return make_response(page, status)


def _problem(title: str, words: str, status: int) -> Response:
    field = g.get("refused_field")
    facts = {"title": title, "words": words, "request_id": g.get("request_id", ""), "field": field}
    return make_response(jsonify(facts), status)
