"""What a placement said before it changed, how people like to be reached, and guardians' links."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

PURPOSES = "ck_link_purpose_known"
BEFORE = "purpose IN ('sign_in', 'offer', 'checkpoint')"
NOW = "purpose IN ('sign_in', 'offer', 'checkpoint', 'guardian')"


def upgrade() -> None:
    op.add_column("placement", sa.Column("last_published", sa.JSON()))
    with op.batch_alter_table("link") as batch:
        batch.drop_constraint(op.f(PURPOSES), type_="check")
        batch.create_check_constraint(op.f(PURPOSES), NOW)
    op.add_column("account", sa.Column("language", sa.String(10)))
    # SQLite adds a checked column in one statement only as it is written here.
    op.execute(
        "ALTER TABLE account ADD COLUMN prefers VARCHAR(5)"
        " CONSTRAINT ck_account_prefers_known CHECK (prefers IN ('email', 'text'))"
    )


def downgrade() -> None:
    op.execute("DELETE FROM link WHERE purpose = 'guardian'")
    with op.batch_alter_table("link") as batch:
        batch.drop_constraint(op.f(PURPOSES), type_="check")
        batch.create_check_constraint(op.f(PURPOSES), BEFORE)
    for table, column in (
        ("account", "prefers"),
        ("account", "language"),
        ("placement", "last_published"),
    ):
        op.drop_column(table, column)
