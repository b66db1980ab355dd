"""Count requests to sign in; keep the next step of everyone a round did not place."""

import sqlalchemy as sa
from alembic import op

from placements.models.columns import UtcDateTime

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sign_in_attempt",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key_hash", sa.String(length=64), nullable=False),
        sa.Column("happened_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_attempt")),
    )
    with op.batch_alter_table("sign_in_attempt", schema=None) as batch_op:
        batch_op.create_index(
            "ix_sign_in_attempt_recent", ["key_hash", "happened_at"], unique=False
        )

    op.create_table(
        "next_step",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('next_round', 'provider_talk')", name=op.f("ck_next_step_kind_known")
        ),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_next_step_application_id")
        ),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f("fk_next_step_round_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_next_step")),
        sa.UniqueConstraint(
            "round_id", "application_id", name=op.f("uq_next_step_round_id_application_id")
        ),
    )
    with op.batch_alter_table("next_step", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_next_step_application_id"), ["application_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_next_step_round_id"), ["round_id"], unique=False)

    with op.batch_alter_table("link", schema=None) as batch_op:
        batch_op.add_column(sa.Column("code_hash", sa.String(length=64), nullable=True))
        batch_op.add_column(
            sa.Column("n_wrong_codes", sa.Integer(), server_default="0", nullable=False)
        )


def downgrade() -> None:
    with op.batch_alter_table("link", schema=None) as batch_op:
        batch_op.drop_column("n_wrong_codes")
        batch_op.drop_column("code_hash")

    with op.batch_alter_table("next_step", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_next_step_round_id"))
        batch_op.drop_index(batch_op.f("ix_next_step_application_id"))

    op.drop_table("next_step")
    with op.batch_alter_table("sign_in_attempt", schema=None) as batch_op:
        batch_op.drop_index("ix_sign_in_attempt_recent")

    op.drop_table("sign_in_attempt")
