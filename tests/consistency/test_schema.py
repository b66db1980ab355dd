"""The migrated database is the one the models describe, with every constraint named."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import CheckConstraint, inspect

from placements.extensions import Base, db


def list_guards(connection):
    """The triggers that stand in the database."""
    if connection.dialect.name == "postgresql":
        found = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"
    else:
        found = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    return set(connection.exec_driver_sql(found).scalars())


def test_every_guard_stands_after_the_last_migration(app):
    """A table made anew on SQLite loses its triggers: its migration must make them again."""
    migrations = ScriptDirectory(app.extensions["migrate"].directory)
    guards = migrations.get_revision("0003").module.GUARDS
    with app.app_context(), db.engine.connect() as connection:
        assert list_guards(connection) >= {name for name, *_ in guards}


def differences(connection):
    return compare_metadata(MigrationContext.configure(connection), Base.metadata)


def test_models_and_migrated_schema_are_the_same(app):
    with app.app_context(), db.engine.connect() as connection:
        assert differences(connection) == []


def test_a_planted_difference_is_found(app):
    with app.app_context(), db.engine.connect() as connection:
        connection.exec_driver_sql("ALTER TABLE skip ADD COLUMN planted INTEGER")
        assert [kind for kind, *_ in differences(connection)] == ["remove_column"]


def test_every_constraint_of_the_migrated_schema_has_a_name(app):
    with app.app_context():
        schema = inspect(db.engine)
        for table in Base.metadata.tables:
            named = [
                *schema.get_foreign_keys(table),
                *schema.get_unique_constraints(table),
                *schema.get_check_constraints(table),
            ]
            assert all(constraint["name"] for constraint in named), table


def test_check_constraints_of_the_models_are_in_the_database(app):
    with app.app_context():
        schema = inspect(db.engine)
        for name, table in Base.metadata.tables.items():
            wanted = {c.name for c in table.constraints if isinstance(c, CheckConstraint)}
            stored = {c["name"] for c in schema.get_check_constraints(name)}
            assert wanted == stored, name
