"""The web service on this machine: it starts on what is safe alone, and ends with all answered."""

import logging
import os
import signal
import socket
import time
from threading import Event

import click
import waitress
from flask import Flask
from waitress.server import BaseWSGIServer

from placements import create_app
from placements.logs import log_as_json
from placements.services.health import check_schema, refuse_invented_people
from placements.services.transactions import close_connections
from placements.settings import load_settings
from placements.web.metrics import serve_metrics

HOST = "127.0.0.1"
THREADS, DRAIN_SECONDS, LISTEN_ON_SECONDS = 8, 18.0, 0.3


@click.command(name="serve")
def serve_command() -> None:
    """Serve the pages on this machine. Example: PORT=8001 placements serve."""
    settings = load_settings(os.environ)
    refuse_taken(settings.port)
    app = create_app(settings)
    check_start(app)
    # The demo's terminal is for its one line; everywhere else each request is a line.
    log_as_json(logging.WARNING if settings.environment == "demo" else logging.INFO)
    server = _listen(app, settings.port)
    stopping = Event()
    for named in (signal.SIGINT, signal.SIGTERM):
        signal.signal(named, lambda _signal, _frame: stopping.set())
    serve_metrics_or_refuse(app)
    serve_until(server, stopping)


def check_start(app: Flask) -> None:
    """Raise what keeps this app from starting on its database."""
    with app.app_context():
        try:
            check_schema()
            refuse_invented_people(app.config["SETTINGS"])
        finally:
            close_connections()


def serve_metrics_or_refuse(app: Flask) -> None:
    """Serve the figures for operators; one plain line when their address is taken."""
    try:
        serve_metrics(app)
    except OSError as taken:
        raise click.ClickException("METRICS_BIND is taken, or not of this machine.") from taken


def serve_until(server: BaseWSGIServer, stopping: Event, seconds: float = DRAIN_SECONDS) -> None:
    """Serve until told to stop; then take no more, and answer all that has come in `seconds`."""
    while not stopping.is_set():
        _turn(server)
    stopped_at = time.monotonic()
    # Who connected before the stop is still let in; then the door is shut and they are answered.
    while time.monotonic() < stopped_at + LISTEN_ON_SECONDS:
        _turn(server)
    server.del_channel()
    server.socket.close()
    while _is_answering(server) and time.monotonic() < stopped_at + seconds:
        _turn(server)
    server.task_dispatcher.shutdown(timeout=1)
    for channel in list(server.active_channels.values()):
        channel.handle_close()
    server.trigger.close()


def _turn(server: BaseWSGIServer) -> None:
    server.asyncore.loop(timeout=0.1, use_poll=True, map=server._map, count=1)


def _is_answering(server: BaseWSGIServer) -> bool:
    channels = server.active_channels.values()
    return any(c.requests or c.request is not None or c.total_outbufs_len for c in channels)


def _listen(app: Flask, port: int) -> BaseWSGIServer:
    try:
        return waitress.create_server(app, host=HOST, port=port, threads=THREADS, ident=None)
    except OSError as taken:
        raise click.ClickException(_port_words(port)) from taken


def _port_words(port: int) -> str:
    return f"Port {port} is taken. Stop what uses it, or choose another: PORT={port + 1}."


def refuse_taken(port: int) -> None:
    """Raise in one plain line when something listens on the port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as taken:
            raise click.ClickException(_port_words(port)) from taken


def stop_on(*signals: signal.Signals) -> None:
    """End in order on these, also where a shell started this process deaf to them."""
    for named in signals:
        signal.signal(named, _stop)


def _stop(_signal: int, _frame: object) -> None:
    raise KeyboardInterrupt
