"""The Placements service: `create_app` and nothing importable besides."""

import os
from pathlib import Path

from apiflask import APIFlask
from flask import Flask

from placements import models as _models  # noqa: F401 - registers the tables
from placements.api import add_api
from placements.api import blueprint as api
from placements.database import engine_options, prepare_engine
from placements.extensions import csrf, db, migrate
from placements.settings import Settings, load_settings
from placements.web import guard_web, init_web

__all__ = ["create_app"]

MIGRATIONS = Path(__file__).parent / "migrations"


def create_app(settings: Settings | None = None) -> Flask:
    """Build the web application from `settings`, or from the environment."""
    settings = settings or load_settings(os.environ)
    app = APIFlask(
        __name__,
        title="Placements",
        version="1",
        docs_path=None,
        spec_path="/openapi.json",
        json_errors=False,
    )
    app.config.from_mapping(
        SETTINGS=settings,
        SECRET_KEY=settings.secret_key,
        SECRET_KEY_FALLBACKS=list(settings.secret_key_fallbacks),
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SQLALCHEMY_ENGINE_OPTIONS=engine_options(settings.database_url),
        SESSION_COOKIE_SECURE=settings.is_production,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        MAX_CONTENT_LENGTH=10 * 1024 * 1024,
    )
    db.init_app(app)
    migrate.init_app(app, db, directory=str(MIGRATIONS))
    guard_web(app)
    csrf.init_app(app)
    with app.app_context():
        prepare_engine(db.engine)
    init_web(app)
    csrf.exempt(api)
    add_api(app)
    return app
