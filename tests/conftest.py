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


class SqliteDatabases:
    """Makes copies of one migrated file, and removes them."""

    def __init__(self, folder):
        self.folder, self.template = folder, folder / "template.db"
        migrate(f"sqlite:///{self.template}")

    def __call__(self):
        copy = self.folder / f"{uuid.uuid4().hex}.db"
        shutil.copy(self.template, copy)
        return f"sqlite:///{copy}"

    def drop(self, url):
        for path in self.folder.glob(f"{make_url(url).database.rsplit('/', 1)[-1]}*"):
            path.unlink()

    def close(self):
        """Leave the folder to pytest."""


class PostgresqlDatabases:
    """Makes copies of one migrated database of a server, and drops them."""

    def __init__(self, server_url):
        self.url = make_url(server_url).set(drivername="postgresql+psycopg")
        self.admin = create_engine(self.url, isolation_level="AUTOCOMMIT")
        self.names = []
        self.template = self._create("template0")
        migrate(self._url_of(self.template))

    def __call__(self):
        return self._url_of(self._create(self.template))

    def _create(self, template):
        name = f"placements_{uuid.uuid4().hex}"
        self._run(f"CREATE DATABASE {name} TEMPLATE {template}")
        self.names.append(name)
        return name

    def _url_of(self, name):
        return self.url.set(database=name).render_as_string(hide_password=False)

    def _run(self, statement):
        with self.admin.connect() as connection:
            connection.execute(text(statement))

    def drop(self, url):
        name = make_url(url).database
        self._run(f"DROP DATABASE {name} WITH (FORCE)")
        self.names.remove(name)

    def close(self):
        for name in tuple(self.names):
            self.drop(self._url_of(name))
        self.admin.dispose()


@pytest.fixture(scope="session")
def make_database(tmp_path_factory):
    """Call it for a fresh migrated database; the answer is its URL, to be dropped when done."""
    if POSTGRESQL_URL:
        databases = PostgresqlDatabases(POSTGRESQL_URL)
    else:
        databases = SqliteDatabases(tmp_path_factory.mktemp("databases"))
    yield databases
    databases.close()


@pytest.fixture
def database_url(make_database):
    url = make_database()
    yield url
    make_database.drop(url)


@pytest.fixture
def app(database_url):
    app = build_app(database_url)
    yield app
    close(app)


@pytest.fixture
def client(app):
    return app.test_client()
