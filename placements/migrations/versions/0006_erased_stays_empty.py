"""Let the database itself keep an erased person empty, whoever wrote at the same moment."""

import importlib.util
from pathlib import Path

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

PERSON = ("name", "preferred_name", "date_of_birth", "email", "mobile", "postcode")
PERSON += ("guardian_contact", "access_needs", "identity_key")
LISTED = "EXISTS (SELECT 1 FROM erasure_list WHERE candidate_id = {})"


def comes_back(*columns: str) -> str:
    """Say that one of these columns is to hold something it did not hold."""
    said = (f"(NEW.{c} IS NOT NULL AND NEW.{c} IS DISTINCT FROM OLD.{c})" for c in columns)
    return f"({' OR '.join(said)})"


def is_chosen(*columns: str) -> str:
    """Say that one of these lists is to hold something it did not hold."""
    texts = ((f"CAST(NEW.{c} AS TEXT)", f"CAST(OLD.{c} AS TEXT)") for c in columns)
    said = (f"({new} NOT IN ('[]', '{{}}') AND {new} <> {old})" for new, old in texts)
    return f"({' OR '.join(said)})"


GUARDS = (
    (
        "erased_person_stays_empty",
        "UPDATE",
        "candidate",
        f"{LISTED.format('NEW.id')} AND {comes_back(*PERSON)}",
        "I-38: nothing is kept of somebody erased",
    ),
    (
        "erased_entry_stays_empty",
        "UPDATE",
        "application",
        f"{LISTED.format('NEW.candidate_id')} AND ({comes_back('reason')}"
        f" OR {is_chosen('choices', 'never', 'availability')})",
        "I-38: nothing is kept of somebody erased",
    ),
    (
        "erased_account_stays_empty",
        "UPDATE",
        "account",
        f"NEW.erased AND {comes_back('name', 'email', 'mobile')}",
        "I-38: nothing is kept of somebody erased",
    ),
)


def upgrade() -> None:
    made = _before()
    write = made._postgresql if op.get_bind().dialect.name == "postgresql" else made._sqlite
    for guard in GUARDS:
        for statement in write(*guard):
            op.get_bind().exec_driver_sql(statement)


def downgrade() -> None:
    on_postgresql = op.get_bind().dialect.name == "postgresql"
    for name, _, table, *_ in GUARDS:
        op.execute(f"DROP TRIGGER {name} ON {table}" if on_postgresql else f"DROP TRIGGER {name}")
        if on_postgresql:
            op.execute(f"DROP FUNCTION {name}()")


def _before():
    """Return the migration that made the guards; it knows how each engine writes one."""
    spec = importlib.util.spec_from_file_location(
        "guards", Path(__file__).with_name("0003_guards.py")
    )
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
