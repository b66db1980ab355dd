"""Keep what an employer says when a placement ends."""

import sqlalchemy as sa
from alembic import op

from placements.models.columns import UtcDateTime

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

QUESTIONS = ("on_time", "did_the_work", "take_again")


def upgrade() -> None:
    op.create_table(
        "ending",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("assignment_id", sa.Integer(), nullable=False),
        sa.Column("days_attended", sa.Integer(), nullable=True),
        *(sa.Column(question, sa.String(length=10), nullable=True) for question in QUESTIONS),
        sa.Column("reference_line", sa.String(length=300), nullable=True),
        sa.Column("told_by", sa.Integer(), nullable=True),
        sa.Column("told_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("days_attended >= 0", name=op.f("ck_ending_days_attended_counted")),
        *(
            sa.CheckConstraint(
                f"{question} IN ('yes', 'mostly', 'no')", name=op.f(f"ck_ending_{question}_known")
            )
            for question in QUESTIONS
        ),
        sa.ForeignKeyConstraint(
            ["assignment_id"], ["assignment.id"], name=op.f("fk_ending_assignment_id")
        ),
        sa.ForeignKeyConstraint(["told_by"], ["account.id"], name=op.f("fk_ending_told_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ending")),
        sa.UniqueConstraint("assignment_id", name=op.f("uq_ending_assignment_id")),
    )
    op.create_index(op.f("ix_ending_told_by"), "ending", ["told_by"])


def downgrade() -> None:
    op.drop_table("ending")
