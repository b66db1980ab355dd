"""Keep which member of a provider looks after whom; nobody is chosen for people here already."""

import sqlalchemy as sa
from alembic import op

from placements.models.columns import UtcDateTime

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "key_worker",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("chosen_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_key_worker_application_id")
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_key_worker_account_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_key_worker")),
        sa.UniqueConstraint("application_id", name=op.f("uq_key_worker_application_id")),
    )
    op.create_index(op.f("ix_key_worker_account_id"), "key_worker", ["account_id"])


def downgrade() -> None:
    op.drop_table("key_worker")
