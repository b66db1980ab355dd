"""The migrated database is the one the models describe, with every constraint named."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import CheckConstraint, inspect

from placements.extensions import Base, db


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
