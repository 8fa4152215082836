"""What was done to tasks that stand: mended, split, withdrawn, exempted; and grades reopened.

Revision ID: 0012
Revises: 0011
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "task_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("task_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("round", sa.String(40), nullable=False),
        sa.Column("told", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("changed_by", sa.String(60), nullable=False),
        sa.Column("changed_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_task_change_task_id", "task_change", ["task_id"])
    op.create_table(
        "task_reopening",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("season_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("reopened_by", sa.String(60), nullable=False),
        sa.Column("reopened_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["season_id"], ["season.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_task_reopening_season_id", "task_reopening", ["season_id"])
    op.add_column(
        "task_report", sa.Column("exempt", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.add_column("task_report", sa.Column("weight", sa.String(20), nullable=False, server_default=""))
    # What was graded before counts with the weight that its task has had all along.
    op.execute(
        "UPDATE task_report SET weight = "
        "(SELECT task.weight FROM task WHERE task.id = task_report.task_id) WHERE grade <> ''"
    )
