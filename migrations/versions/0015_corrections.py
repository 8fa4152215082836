"""A correction that was opened ends without one, too: the version is made final as it stood.

Revision ID: 0015
Revises: 0014
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("task_reopening", sa.Column("closed_at", sa.DateTime(), nullable=True))
