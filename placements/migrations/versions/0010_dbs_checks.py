"""Keep with an agreement how far a DBS check is; never what it says."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

DAYS = ("dbs_applied_on", "dbs_sent_on", "dbs_back_on")


def upgrade() -> None:
    for day in DAYS:
        op.add_column("agreement", sa.Column(day, sa.Date(), nullable=True))


def downgrade() -> None:
    for day in reversed(DAYS):
        op.drop_column("agreement", day)
