"""Keep with a plan what its readers ask: how groups did, and what each place is worth.

Plans that were made before have none; their figures are worked out again when they are read.
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("plan", sa.Column("figures", sa.JSON(), nullable=True))


def downgrade() -> None:
    op.drop_column("plan", "figures")
