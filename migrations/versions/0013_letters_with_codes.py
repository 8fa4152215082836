"""Codes on letters to persons, as far as they are kept.

Revision ID: 0013
Revises: 0012
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "letter_code",
        sa.Column("key", sa.LargeBinary(32), primary_key=True),
        sa.Column("season_id", sa.Integer(), sa.ForeignKey("season.id"), nullable=False),
        sa.Column("unit", sa.String(40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("read_at", sa.DateTime()),
        sa.UniqueConstraint("season_id", "unit"),
    )
    op.create_index("ix_letter_code_season_id", "letter_code", ["season_id"])
