"""What an operator watches: whether the service is ready, and the figures beside the pages."""

import os
import urllib.request
from dataclasses import replace
from datetime import timedelta

import pytest
from factories.records import make_employer, make_region
from factories.shell import free_port

from placements import clock
from placements.extensions import db
from placements.models.operations import Lease
from placements.services import health, occurrences
from placements.services.transactions import act
from placements.services.watching import watch
from placements.web.metrics import serve_metrics


@act
def leave_lease(age):
    db.session.add(Lease(name="schedule", holder="w", epoch=1, expires_at=clock.now() - age))


@act
def add_late_step():
    occurrences.add_occurrence("round.open", 1, clock.now() - timedelta(minutes=9))


@pytest.mark.parametrize(
    ("minutes", "environment", "is_late", "status"),
    [
        (0, "production", True, 200),
        (30, "production", False, 503),
        (30, "test", False, 200),
        (30, "test", True, 503),
    ],
)
def test_readyz_is_503_when_the_worker_that_was_there_is_missed(
    app, visit, minutes, environment, is_late, status
):
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], environment=environment)
    with app.app_context():
        leave_lease(timedelta(minutes=minutes))
        if is_late:
            add_late_step()
    visitor = visit().get("/readyz")
    assert visitor.status == status
    assert ("placements worker" in visitor.html) == (status == 503)


@pytest.fixture
def no_writes(app, monkeypatch):
    """A database that can be read and not written."""
    if not app.config["SETTINGS"].database_url.startswith("postgresql"):
        monkeypatch.setattr(health.os, "access", lambda _path, way, **_how: way != os.W_OK)
        yield
        return
    with app.app_context():
        engine = db.engine

    def change(how):
        options = {"isolation_level": "AUTOCOMMIT"}
        with engine.connect().execution_options(**options) as connection:
            name = engine.url.database
            connection.exec_driver_sql("SET default_transaction_read_only = off")
            connection.exec_driver_sql(f"ALTER DATABASE {name} {how}")
        engine.dispose()

    change("SET default_transaction_read_only = on")
    yield
    change("RESET default_transaction_read_only")


def test_readyz_is_503_when_the_database_takes_no_writes_and_reads_go_on(no_writes, visit):
    visitor = visit().get("/readyz")
    assert visitor.status == 503
    assert "written" in visitor.html or "writes" in visitor.html
    assert visit().get("/").status == 200


def test_readyz_is_503_when_the_region_is_gone_and_healthz_lives(app, visit):
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], region="nowhere")
    assert visit().get("/readyz").status == 503
    assert visit().get("/healthz").status == 200


def test_figures_count_what_waits_and_what_was_asked(app, visit):
    port = free_port()
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], metrics_bind=("127.0.0.1", port))
    with app.app_context():
        leave_lease(timedelta(0))
        add_late_step()
        assert watch().step_overdue_seconds >= 540
    visit().get("/")
    server = serve_metrics(app)
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=5) as reply:
            lines = reply.read().decode().splitlines()
    finally:
        server.shutdown()
        server.server_close()
    assert "placements_steps_late 1.0" in lines
    assert "placements_database_up 1.0" in lines
    assert any(line.startswith("placements_worker_seen_timestamp_seconds") for line in lines)
    assert any(
        line.startswith('placements_requests_total{method="GET",route="/"') for line in lines
    )


def test_figures_are_not_among_the_pages(visit):
    assert visit().get("/metrics").status == 404


def test_production_does_not_open_on_invented_people(app):
    settings = replace(app.config["SETTINGS"], environment="production")
    with app.app_context():
        health.refuse_invented_people(settings)
        make_invented()
        health.refuse_invented_people(app.config["SETTINGS"])
        with pytest.raises(health.UnsafeSetting, match="DATABASE_URL"):
            health.refuse_invented_people(settings)


@act
def make_invented():
    make_employer(make_region(), name="Lockside Precision (invented)")
