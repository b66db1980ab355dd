"""What every reply carries: a request id, and headers that keep it private and script-free."""

import uuid

from flask import Flask, g, request
from werkzeug.wrappers import Response

from placements.logs import bind_contextvars, clear_contextvars
from placements.services.events import use_request_id

POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
YEAR = 365 * 24 * 3600


def add_headers(app: Flask) -> None:
    """Number each request and put the headers on each reply."""

    @app.before_request
    def number() -> None:
        g.request_id = str(uuid.uuid4())
        use_request_id(g.request_id)
        clear_contextvars()
        bind_contextvars(request_id=g.request_id)

    @app.after_request
    def mark(response: Response) -> Response:
        response.headers["X-Request-Id"] = g.get("request_id") or str(uuid.uuid4())
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if app.config["SETTINGS"].is_production:
            response.headers["Strict-Transport-Security"] = f"max-age={YEAR}"
        if request.endpoint != "static":
            response.headers.setdefault("Cache-Control", "no-store")
        return response
