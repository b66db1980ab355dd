"""One line and one count for each request: its number, its rule and not its address, how it went.

The rule has names where the address has ids, so neither the line nor the count can name anybody.
"""

import logging
import time

from flask import Flask, g, request
from prometheus_client import Counter, Histogram
from werkzeug.wrappers import Response

log = logging.getLogger(__name__)
QUIET = ("static", "public.healthz", "public.readyz")
UNKNOWN = "unknown"
METHODS = ("GET", "HEAD", "POST", "OPTIONS", "PUT", "PATCH", "DELETE")

REQUESTS = Counter("placements_requests", "Requests answered.", ["method", "route", "status"])
SECONDS = Histogram(
    "placements_request_seconds",
    "Seconds from a request to its answer.",
    ["route"],
    buckets=(0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 0.8, 1.0, 2.0, 5.0, 10.0),
)


def watch_requests(app: Flask) -> None:
    """Time each request and tell of it; comes first, so that it sees every answer."""

    @app.before_request
    def begin() -> None:
        g.began = time.perf_counter()

    @app.after_request
    def tell(response: Response) -> Response:
        seconds = time.perf_counter() - g.get("began", time.perf_counter())
        route = request.url_rule.rule if request.url_rule else UNKNOWN
        method = request.method if request.method in METHODS else UNKNOWN
        REQUESTS.labels(method, route, response.status_code).inc()
        SECONDS.labels(route).observe(seconds)
        facts = {"method": method, "route": route, "status": response.status_code}
        level = logging.DEBUG if request.endpoint in QUIET else logging.INFO
        log.log(level, "request", extra={**facts, "ms": round(seconds * 1000, 1)})
        return response
