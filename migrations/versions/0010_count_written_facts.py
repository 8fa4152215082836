"""A season counts how often facts of its result are written; what follows from them is kept.

Revision ID: 0010
Revises: 0009
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "season", sa.Column("facts_written", sa.Integer(), nullable=False, server_default="0")
    )
    # Of what was computed before nobody knows: such a result's facts are hashed to tell.
    op.add_column("result", sa.Column("facts_written", sa.Integer(), nullable=True))
    # And the figures alone, without the answers below them, for pages that show many units.
    op.add_column("unit_sheet", sa.Column("outline", sa.Text(), nullable=True))
    op.create_table(
        "kept_diagnostics",
        sa.Column("season_id", sa.Integer(), nullable=False),
        sa.Column("facts_written", sa.Integer(), nullable=False),
        sa.Column("program", sa.String(40), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["season_id"], ["season.id"]),
        sa.PrimaryKeyConstraint("season_id"),
    )
