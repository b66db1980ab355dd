"""Keep since when a young person agrees that a guardian gets a copy of offers; nobody has yet."""

import sqlalchemy as sa
from alembic import op

from placements.models.columns import UtcDateTime

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("candidate", sa.Column("guardian_copies_at", UtcDateTime(), nullable=True))


def downgrade() -> None:
    op.drop_column("candidate", "guardian_copies_at")
