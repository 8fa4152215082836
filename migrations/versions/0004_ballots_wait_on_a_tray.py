"""ballots wait on a tray, and rolls lie in the order of their keys"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "pending_ballot",
        sa.Column("tag", sa.LargeBinary(length=32), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("batch", sa.SmallInteger(), nullable=False),
        sa.Column("place", sa.LargeBinary(length=122), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("tag"),
        sqlite_with_rowid=False,
    )
    op.add_column(
        "round", sa.Column("batch", sa.SmallInteger(), server_default="1", nullable=False)
    )
    if op.get_bind().dialect.name == "postgresql":
        # Rolls that were issued earlier lie in the printed order; its log keeps them so for a while.
        op.execute("CLUSTER credential USING credential_pkey")
        op.execute("CLUSTER invite USING invite_pkey")
