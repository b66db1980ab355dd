"""What Prometheus reads, on an address that only operators reach (METRICS_BIND).

Requests are counted by each process; under gunicorn the counts of all its processes lie in the
folder that PROMETHEUS_MULTIPROC_DIR names and are added up. What waits is counted in the database
when it is asked for, so that it is the same whoever answers.
"""

import logging
import os
import threading
from collections.abc import Iterable
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from flask import Flask
from prometheus_client import REGISTRY, CollectorRegistry, make_wsgi_app
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from placements.services.watching import Watched, watch

log = logging.getLogger(__name__)
GAUGES = {
    "outbox_waiting": "Messages that have not left.",
    "outbox_overdue_seconds": "How long the message that is most overdue should have left.",
    "dead_letters": "Messages that could not be delivered and wait for somebody.",
    "steps_due": "Steps of the schedule that are due and not done.",
    "steps_late": "Steps of the schedule that are more than five minutes late.",
    "step_overdue_seconds": "How late the step is that is most overdue.",
}
FOLDER = "PROMETHEUS_MULTIPROC_DIR"


class _FromDatabase(Collector):
    """Counts in the database each time it is asked."""

    def __init__(self, app: Flask) -> None:
        self._app = app

    def describe(self) -> Iterable[Metric]:
        """Name nothing beforehand: to register must not ask the database."""
        return []

    def collect(self) -> Iterable[Metric]:
        """Give one gauge a count; a database that does not answer gives one that says so."""
        try:
            with self._app.app_context():
                watched = watch()
        except Exception:
            log.exception("metrics stopped")
            yield GaugeMetricFamily("placements_database_up", "1 if it answers.", value=0)
            return
        yield GaugeMetricFamily("placements_database_up", "1 if it answers.", value=1)
        yield from _gauges(watched)


def _gauges(watched: Watched) -> Iterable[Metric]:
    for name, words in GAUGES.items():
        yield GaugeMetricFamily(f"placements_{name}", words, value=getattr(watched, name))
    rounds = GaugeMetricFamily("placements_rounds", "Rounds by state.", labels=["state"])
    for state, n in watched.rounds_by_state.items():
        rounds.add_metric([state], n)
    yield rounds
    if watched.last_solve_seconds is not None:
        words = "Seconds that the newest plan took."
        yield GaugeMetricFamily("placements_solve_seconds", words, value=watched.last_solve_seconds)
    if watched.worker_seen_at is not None:
        words, seen = "When a worker was last seen.", watched.worker_seen_at.timestamp()
        yield GaugeMetricFamily("placements_worker_seen_timestamp_seconds", words, value=seen)


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _Silent(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: whoever reads the figures does so all day."""


def serve_metrics(app: Flask) -> WSGIServer | None:
    """Serve the figures beside the pages if METRICS_BIND says where; raise OSError if taken."""
    bind = app.config["SETTINGS"].metrics_bind
    if bind is None:
        return None
    server = make_server(*bind, make_metrics_app(app), _Server, _Silent)
    threading.Thread(target=server.serve_forever, name="metrics", daemon=True).start()
    return server


def make_metrics_app(app: Flask) -> object:
    """Return the small web application that prints the figures."""
    registry = CollectorRegistry()
    if os.environ.get(FOLDER):
        MultiProcessCollector(registry)
    else:
        registry.register(REGISTRY)
    registry.register(_FromDatabase(app))
    return make_wsgi_app(registry)
