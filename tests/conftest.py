"""Every test gets a real, migrated database of its own, on the engine under test."""

import os
import shutil
import sqlite3
import uuid
from contextlib import closing

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
FROM_MIGRATION = {"transition", "audit_head"}
BEGIN_CHAIN = f"UPDATE audit_head SET seq = 0, hash = '{'0' * 64}' WHERE seq > 0"
END_OTHERS = """SELECT pg_terminate_backend(pid) FROM pg_stat_activity
 WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle'"""
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
    """Makes copies of one migrated file, empties them again, and removes them."""

    def __init__(self, folder):
        self.folder, self.template = folder, folder / "template.db"
        migrate(f"sqlite:///{self.template}")

    def __call__(self):
        copy = self.folder / f"{uuid.uuid4().hex}.db"
        shutil.copy(self.template, copy)
        return f"sqlite:///{copy}"

    def empty(self, url):
        """Bring the file back to what it was, page by page, below every open connection."""
        with (
            closing(sqlite3.connect(self.template)) as as_migrated,
            closing(sqlite3.connect(make_url(url).database)) as used,
        ):
            as_migrated.backup(used)

    def close(self):
        """Leave the folder to pytest."""


def _emptying(counters, version):
    """The statements that bring a database back to what it was when it was migrated."""
    tables = sorted(name for name in db.metadata.tables if name not in FROM_MIGRATION)
    looks = " ".join(
        f'IF EXISTS (SELECT FROM "{name}") THEN used := used || \'"{name}"\'::text; END IF;'
        for name in tables
    )
    # A table is cut off whole, so that the next test's rows lie in the order they are written.
    cut = f"""DO $$ DECLARE used text[]; BEGIN {looks}
 IF used IS NOT NULL THEN EXECUTE 'TRUNCATE ' || array_to_string(used, ',') || ' CASCADE'; END IF;
 END $$"""
    restarts = [f"SELECT setval('\"{name}\"', 1, false)" for name in sorted(counters)]
    as_migrated = f"UPDATE alembic_version SET version_num = '{version}'"
    unasked = "SET session_replication_role = replica"  # no trigger is asked on the way back
    return ";".join([END_OTHERS, unasked, cut, *restarts, BEGIN_CHAIN, as_migrated])


class PostgresqlDatabases:
    """Makes copies of one migrated database of a server, empties them again, and drops them."""

    def __init__(self, server_url):
        self.url = make_url(server_url).set(drivername="postgresql+psycopg")
        self.admin = create_engine(self.url, isolation_level="AUTOCOMMIT")
        self.engines = {}
        self.names = []
        self.template = self._create("template0")
        migrate(self._url_of(self.template))

    def __call__(self):
        return self._url_of(self._create(self.template))

    def empty(self, url):
        """Remove every row the tests wrote, and whoever still holds one."""
        if url not in self.engines:
            engine = create_engine(url, isolation_level="AUTOCOMMIT")
            with engine.connect() as connection:
                counters = connection.scalars(text("SELECT sequencename FROM pg_sequences")).all()
                version = connection.scalar(text("SELECT version_num FROM alembic_version"))
            self.engines[url] = engine, _emptying(counters, version)
        engine, statements = self.engines[url]
        with engine.connect() as connection:
            connection.exec_driver_sql(statements)

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

    def close(self):
        for engine, _ in self.engines.values():
            engine.dispose()
        for name in self.names:
            self._run(f"DROP DATABASE {name} WITH (FORCE)")
        self.admin.dispose()


@pytest.fixture(scope="session")
def make_database(tmp_path_factory):
    """Call it for a fresh migrated database; the answer is its URL."""
    if POSTGRESQL_URL:
        databases = PostgresqlDatabases(POSTGRESQL_URL)
    else:
        databases = SqliteDatabases(tmp_path_factory.mktemp("databases"))
    yield databases
    databases.close()


@pytest.fixture(scope="session")
def kept_app(make_database):
    """One app and one database for all tests of this process: both are dear to make."""
    app = build_app(make_database())
    yield app
    close(app)


@pytest.fixture
def database_url(kept_app, make_database):
    url = kept_app.config["SETTINGS"].database_url
    yield url
    make_database.empty(url)


@pytest.fixture
def app(kept_app, database_url):
    as_made = dict(kept_app.config)
    yield kept_app
    kept_app.config.clear()
    kept_app.config.update(as_made)
    with kept_app.app_context():
        db.session.remove()


@pytest.fixture
def app_to_build_on(database_url):
    """A new app over the same database, for a test that adds pages of its own."""
    app = build_app(database_url)
    yield app
    close(app)


@pytest.fixture
def client(app):
    return app.test_client()


@pytest.fixture
def clock_file(tmp_path, monkeypatch):
    """The file that holds the service's clock; time runs on until an instant is written in it."""
    path = tmp_path / "clock"
    monkeypatch.setenv("CLOCK_FILE", str(path))
    return path
