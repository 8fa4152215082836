"""why a task's target is below last year's"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("task", sa.Column("lowered", sa.Text(), nullable=False, server_default=""))
