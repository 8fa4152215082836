"""A published version says which rounds it was shown without, and why.

Revision ID: 0007
Revises: 0006
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # What was published before says nothing about it, and nothing is invented for it.
    op.add_column("publication", sa.Column("left_out", sa.Text(), nullable=False, server_default=""))
