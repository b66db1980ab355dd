"""The pages: one blueprint a role, each route behind a gate, all over the same services."""

from importlib import import_module
from urllib.parse import urlsplit

from flask import Flask

from placements.web.access import guard_routes
from placements.web.errors import register_errors
from placements.web.headers import add_headers
from placements.web.once import act_once
from placements.web.pages import dress_pages
from placements.web.squeeze import squeeze_static_files
from placements.web.watch import watch_requests

MORE_OF_ACCOUNTS = ("my_account", "joining")
ROOMS = ("accounts", "guardians", "public", "employers", "providers", "authority", "young_people")


def guard_web(app: Flask) -> None:
    """Number each request and check its gate; comes before anything else looks at a request."""
    host = urlsplit(app.config["SETTINGS"].public_base_url).hostname
    app.config["TRUSTED_HOSTS"] = sorted({host or "localhost", "127.0.0.1", "localhost"})
    watch_requests(app)
    add_headers(app)
    guard_routes(app)


def init_web(app: Flask) -> None:
    """Add the pages to the app, once forged forms are kept out."""
    act_once(app)
    squeeze_static_files(app)
    dress_pages(app)
    register_errors(app)
    for pages in MORE_OF_ACCOUNTS:
        import_module(f"placements.web.{pages}")
    for room in ROOMS:
        app.register_blueprint(import_module(f"placements.web.{room}").blueprint)
