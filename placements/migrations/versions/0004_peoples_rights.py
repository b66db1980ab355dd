"""Requests about people's own data with their due dates, and an erasure list that stays."""

import importlib.util
from pathlib import Path

import sqlalchemy as sa
from alembic import op

from placements.models.columns import UtcDateTime

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

WORDS_ONLY = "extension_is_not_changed"
GUARDS = (
    (
        WORDS_ONLY,
        "UPDATE",
        "extension",
        "NEW.reason <> '' OR NEW.id <> OLD.id OR NEW.assignment_id <> OLD.assignment_id"
        " OR NEW.from_at <> OLD.from_at OR NEW.to_at <> OLD.to_at"
        " OR NEW.extended_by <> OLD.extended_by",
        "I-32: an extension stays; only its words are ever emptied",
    ),
    (
        "erasure_stays_on_the_list",
        "DELETE",
        "erasure_list",
        "1 = 1",
        "I-38: the erasure list is only added to",
    ),
    (
        "erasure_is_not_changed",
        "UPDATE",
        "erasure_list",
        "NEW.candidate_id <> OLD.candidate_id OR NEW.erased_at <> OLD.erased_at",
        "I-38: the erasure list is only added to",
    ),
    (
        "request_is_counted_once",
        "UPDATE",
        "rights_request",
        "NEW.due_on IS DISTINCT FROM OLD.due_on OR NEW.asked_at <> OLD.asked_at"
        " OR NEW.candidate_id <> OLD.candidate_id OR NEW.kind <> OLD.kind",
        "I-32: a deadline is counted once",
    ),
)


def upgrade() -> None:
    op.add_column("erasure_list", sa.Column("emptied_at", UtcDateTime()))
    op.add_column("application", sa.Column("counted_district", sa.String(60)))
    op.create_table(
        "rights_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("candidate_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("asked_by", sa.Integer()),
        sa.Column("asked_by_role", sa.String(20), nullable=False),
        sa.Column("due_on", sa.Date()),
        sa.Column("closed_at", UtcDateTime()),
        sa.Column("closed_by", sa.Integer()),
        sa.Column("result", sa.String(20)),
        sa.Column("words", sa.Text()),
        sa.CheckConstraint(
            "kind IN ('access', 'erasure', 'hold')", name=op.f("ck_rights_request_kind_known")
        ),
        sa.CheckConstraint(
            "asked_by_role IN ('employer', 'provider', 'operator', 'approver', 'young_person',"
            " 'system')",
            name=op.f("ck_rights_request_asked_by_role_known"),
        ),
        sa.CheckConstraint(
            "result IN ('done', 'refused', 'taken_back')",
            name=op.f("ck_rights_request_result_known"),
        ),
        sa.CheckConstraint(
            "(closed_at IS NULL) = (result IS NULL)",
            name=op.f("ck_rights_request_closed_with_result"),
        ),
        sa.CheckConstraint(
            "(kind = 'hold') = (due_on IS NULL)", name=op.f("ck_rights_request_due_unless_hold")
        ),
        sa.ForeignKeyConstraint(
            ["candidate_id"],
            ["candidate.id"],
            name=op.f("fk_rights_request_candidate_id_candidate"),
        ),
        sa.ForeignKeyConstraint(
            ["asked_by"], ["account.id"], name=op.f("fk_rights_request_asked_by_account")
        ),
        sa.ForeignKeyConstraint(
            ["closed_by"], ["account.id"], name=op.f("fk_rights_request_closed_by_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rights_request")),
    )
    op.create_index(op.f("ix_rights_request_candidate_id"), "rights_request", ["candidate_id"])
    op.create_index(
        "uq_rights_request_open",
        "rights_request",
        ["candidate_id", "kind"],
        unique=True,
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    _drop_guard(WORDS_ONLY, "extension")
    _add(GUARDS)


def downgrade() -> None:
    for name, _, table, *_ in GUARDS:
        _drop_guard(name, table)
    op.drop_table("rights_request")
    op.drop_column("application", "counted_district")
    op.drop_column("erasure_list", "emptied_at")
    _add([guard for guard in _before().GUARDS if guard[0] == WORDS_ONLY])


def _before():
    """Return the migration that made the guards; it knows how each engine writes one."""
    file = Path(__file__).with_name("0003_guards.py")
    spec = importlib.util.spec_from_file_location("guards", file)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _add(guards) -> None:
    made = _before()
    write = made._postgresql if op.get_bind().dialect.name == "postgresql" else made._sqlite
    for guard in guards:
        for statement in write(*guard):
            op.get_bind().exec_driver_sql(statement)


def _drop_guard(name: str, table: str) -> None:
    on_postgresql = op.get_bind().dialect.name == "postgresql"
    op.execute(f"DROP TRIGGER {name} ON {table}" if on_postgresql else f"DROP TRIGGER {name}")
    if on_postgresql:
        op.execute(f"DROP FUNCTION {name}()")
