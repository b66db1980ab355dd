"""The demo: invented records, and the web service with the worker beside it."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress

import click
import flask_migrate
from flask import Flask

from placements import create_app, scheduler
from placements.cli_serve import HOST, refuse_taken, stop_on
from placements.domain.postcodes import Gazetteer
from placements.domain.region import load_region
from placements.services.demo.rounds import deliver_results, make_demo
from placements.services.demo.seed import AlreadySeeded, Sizes, seed_region
from placements.services.health import check_schema
from placements.services.transactions import close_connections
from placements.settings import ROOT, Settings, UnsafeSetting, load_settings

INSTANCE = ROOT / "instance"
DEMO_DEFAULTS = {
    "PLACEMENTS_ENV": "demo",
    "CLOCK_FILE": str(INSTANCE / "clock"),
    "MAIL_SINK_DIR": str(INSTANCE / "outbox"),
}
STOPS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
PATIENCE_SECONDS, STARTS_WITHIN_SECONDS = 25.0, 30.0


@click.command(name="seed")
@click.option("--seed", default=7, show_default=True, help="The same seed gives the same region.")
@click.option("--people", default=3000, show_default=True, type=click.IntRange(1, 20000))
@click.option("--placements", default=350, show_default=True, type=click.IntRange(1))
@click.option("--canaries", is_flag=True, help="A unique text in every personal field.")
def seed_command(seed: int, people: int, placements: int, canaries: bool) -> None:
    """Write an invented region with its history. Example: placements seed --seed 7."""
    app = create_app(load_settings(os.environ))
    region, gazetteer = _read_region(app.config["SETTINGS"])
    sizes = Sizes(seed, people, placements, canaries)
    with app.app_context():
        check_schema()
        try:
            seed_region(region, gazetteer, sizes, scheduler.run_due)
        except AlreadySeeded as here:
            click.echo(str(here))
            return
        finally:
            close_connections()
    click.echo(f"{region.name}: {people} invented people, {placements} placements, one past round.")


def _read_region(settings: Settings) -> tuple:
    if settings.is_production:
        raise UnsafeSetting("PLACEMENTS_ENV is production; invented people do not belong there.")
    region = load_region(settings.region_folder)
    gazetteer = Gazetteer.load(region.postcodes_path, region.sectors_path, region.district_of)
    return region, gazetteer


@click.command(name="demo")
@click.option("--seed", default=7, show_default=True)
@click.option("--people", default=3000, show_default=True, type=click.IntRange(1, 20000))
@click.option("--placements", default=350, show_default=True, type=click.IntRange(1))
def demo_command(seed: int, people: int, placements: int) -> None:
    """Do what `make run` does: make the demo once, then serve it with the worker beside it."""
    stop_on(*STOPS)
    for name, value in DEMO_DEFAULTS.items():
        os.environ.setdefault(name, value)
    settings = load_settings(os.environ)
    refuse_taken(settings.port)
    with suppress(KeyboardInterrupt):
        new_app = _prepare(settings, Sizes(seed, people, placements))
        _run_both(settings, new_app)


def _prepare(settings: Settings, sizes: Sizes) -> Flask | None:
    """Bring the schema up to date; in an empty database make the demo, and return its app."""
    began = time.monotonic()
    region, gazetteer = _read_region(settings)
    app = create_app(settings)
    with app.app_context():
        flask_migrate.upgrade()
        click.echo(f"{region.name}: looking after the records. The first time takes a minute.")
        is_new = make_demo(region, gazetteer, sizes, scheduler.run_due)
    if is_new:
        words = f"{sizes.n_people} invented people, {sizes.n_placements} placements"
        click.echo(f"Made {words} in {time.monotonic() - began:.0f} seconds.")
    return app if is_new else None


def _run_both(settings: Settings, new_app: Flask | None) -> None:
    """Run the web service and the worker until one ends or somebody stops them.

    Of a new demo the messages of its results go out first, at the hour of their release: the
    worker, who may start at night, would put them off until the morning.
    """
    children: list[subprocess.Popen[bytes]] = []
    try:
        _start_among(children, "serve")
        _wait_until_ready(settings.port, children)
        address = f"http://{HOST}:{settings.port}"
        click.echo(f"Ready: {address}  Open {address}/demo first. Ctrl-C stops it.")
        if new_app is not None:
            with new_app.app_context():
                deliver_results(settings)
        _start_among(children, "worker")
        while all(child.poll() is None for child in children):
            time.sleep(0.5)
        raise click.ClickException("The web service or the worker stopped by itself.")
    finally:
        _stop_all(children)


def _start_among(children: list[subprocess.Popen[bytes]], command: str) -> None:
    """Start a child and note it; a stop that comes in between waits until it is noted."""
    come: list[int] = []
    before = {named: signal.signal(named, lambda at, _: come.append(at)) for named in STOPS}
    try:
        children.append(_start(os.environ, command))
    finally:
        for named, handler in before.items():
            signal.signal(named, handler)
    if come:
        raise KeyboardInterrupt


def _start(environment: Mapping[str, str], command: str) -> subprocess.Popen[bytes]:
    # A session of its own: Ctrl-C reaches this process alone, which then stops both in order.
    words = [sys.executable, "-m", "placements.cli", command]
    return subprocess.Popen(words, cwd=ROOT, env=dict(environment), start_new_session=True)


def _wait_until_ready(port: int, children: list[subprocess.Popen[bytes]]) -> None:
    until = time.monotonic() + STARTS_WITHIN_SECONDS
    while time.monotonic() < until and all(child.poll() is None for child in children):
        with socket.socket() as probe:
            if probe.connect_ex((HOST, port)) == 0:
                return
        time.sleep(0.1)
    raise click.ClickException("The web service did not start.")


def _stop_all(children: list[subprocess.Popen[bytes]]) -> None:
    for deaf_to in STOPS:
        signal.signal(deaf_to, signal.SIG_IGN)
    for child in children:
        if child.poll() is None:
            child.terminate()
    for child in children:
        with suppress(subprocess.TimeoutExpired):
            child.wait(PATIENCE_SECONDS)
        if child.poll() is None:
            child.kill()
