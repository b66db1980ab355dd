"""Every test gets a real, migrated database of its own, on the engine under test."""

import os
import shutil
import uuid

import flask_migrate
import pytest
from jinja2 import BytecodeCache
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from placements import create_app
from placements.extensions import db
from placements.settings import load_settings

# What only the demo and tests may do (hold the clock, open as somebody) asks the environment.
os.environ.setdefault("PLACEMENTS_ENV", "test")
POSTGRESQL_URL = os.environ.get("TEST_POSTGRESQL_URL")


class CompiledTemplates(BytecodeCache):
    """Keeps compiled templates from one app of this process to the next."""

    def __init__(self):
        self.kept = {}

    def load_bytecode(self, bucket):
        if bucket.key in self.kept:
            bucket.bytecode_from_string(self.kept[bucket.key])

    def dump_bytecode(self, bucket):
        self.kept[bucket.key] = bucket.bytecode_to_string()


TEMPLATES = CompiledTemplates()


def build_app(url):
    app = create_app(load_settings({"PLACEMENTS_ENV": "test", "DATABASE_URL": url}))
    app.config["TESTING"] = True
    app.jinja_env.bytecode_cache = TEMPLATES
    return app


def close(app):
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def migrate(url):
    app = build_app(url)
    with app.app_context():
        flask_migrate.upgrade()
    close(app)


@pytest.fixture(scope="session")
def make_database(tmp_path_factory):
    """A function that makes a fresh migrated database and returns its URL."""
    if POSTGRESQL_URL:
        yield from _make_on_postgresql()
    else:
        yield from _make_on_sqlite(tmp_path_factory.mktemp("databases"))


def _make_on_sqlite(folder):
    template = folder / "template.db"
    migrate(f"sqlite:///{template}")

    def make():
        copy = folder / f"{uuid.uuid4().hex}.db"
        shutil.copy(template, copy)
        return f"sqlite:///{copy}"

    yield make


def _make_on_postgresql():
    admin_url = make_url(POSTGRESQL_URL).set(drivername="postgresql+psycopg")
    admin = create_engine(admin_url, isolation_level="AUTOCOMMIT")
    names = []

    def create(template):
        name = f"placements_{uuid.uuid4().hex}"
        with admin.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {template}"))
        names.append(name)
        return name

    def url_of(name):
        return admin_url.set(database=name).render_as_string(hide_password=False)

    template = create("template0")
    migrate(url_of(template))
    yield lambda: url_of(create(template))
    with admin.connect() as connection:
        for name in names:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    admin.dispose()


@pytest.fixture
def database_url(make_database):
    return make_database()


@pytest.fixture
def app(database_url):
    app = build_app(database_url)
    yield app
    close(app)


@pytest.fixture
def client(app):
    return app.test_client()
