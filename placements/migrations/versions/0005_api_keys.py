"""Keys for the programs of organisations."""

import sqlalchemy as sa
from alembic import op

from placements.models.columns import UtcDateTime

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "api_key",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("organisation_id", sa.Integer()),
        sa.Column("region_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("key_hash", sa.String(64), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime()),
        sa.CheckConstraint(
            "role IN ('employer', 'provider', 'operator')", name=op.f("ck_api_key_role_known")
        ),
        sa.CheckConstraint(
            "(role = 'operator') = (organisation_id IS NULL)", name=op.f("ck_api_key_owned")
        ),
        sa.ForeignKeyConstraint(
            ["region_id"], ["region.id"], name=op.f("fk_api_key_region_id_region")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_key")),
        sa.UniqueConstraint("key_hash", name=op.f("uq_api_key_key_hash")),
    )
    op.create_index(op.f("ix_api_key_region_id"), "api_key", ["region_id"])


def downgrade() -> None:
    op.drop_table("api_key")
