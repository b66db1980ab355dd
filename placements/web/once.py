"""A form carries a one-use key: pressed twice, or sent again by a reload, it acts once."""

import secrets
from contextlib import suppress

from flask import Flask, g, redirect, request
from markupsafe import Markup
from werkzeug.wrappers import Response

from placements.services import idempotency
from placements.services.transactions import OutOfReach

FIELD = "form_key"
REDIRECTS = (302, 303)
MAX_KEY = 64


def key_field() -> Markup:
    """Return the hidden field that makes a form act once."""
    return Markup('<input type="hidden" name="{}" value="{}">').format(
        FIELD, secrets.token_urlsafe(24)
    )


def act_once(app: Flask) -> None:
    """Answer a form that was sent before with the answer it had."""

    @app.before_request
    def claim() -> Response | None:
        g.form_key = None
        key = request.form.get(FIELD, "")[:MAX_KEY] if request.method == "POST" else ""
        if not key:
            return None
        answer = idempotency.claim_key(key, g.account.id if g.account else None)
        if answer is not None:
            return redirect(answer, 303)
        g.form_key = key
        return None

    @app.after_request
    def settle(response: Response) -> Response:
        key = g.get("form_key")
        # What was answered stays answered when the database goes in the same moment.
        with suppress(OutOfReach):
            if key and response.status_code in REDIRECTS:
                idempotency.keep_answer(key, response.headers["Location"])
            elif key:
                idempotency.release_key(key)
        return response
