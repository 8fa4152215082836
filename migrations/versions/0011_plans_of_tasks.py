"""Tasks that are proposed together stand on one plan, and a task may be due in some rounds only.

Revision ID: 0011
Revises: 0010
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "task_plan",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("season_id", sa.Integer(), nullable=False),
        sa.Column("proposed_by", sa.String(60), nullable=False),
        sa.Column("proposed_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["season_id"], ["season.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_task_plan_season_id", "task_plan", ["season_id"])
    # Tasks that are there already were proposed one by one, and are due in every round.
    op.add_column("task", sa.Column("plan_id", sa.Integer(), nullable=True))
    op.create_index("ix_task_plan_id", "task", ["plan_id"])
    op.add_column("task", sa.Column("rounds", sa.String(400), nullable=False, server_default=""))
