"""The figure that a report says was reached, beside its text.

Revision ID: 0008
Revises: 0007
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # What was reported before has it in its words alone.
    op.add_column("task_report", sa.Column("actual", sa.String(40), nullable=False, server_default=""))
