"""Destructions that have to leave the database's files, and no samples of secrets."""

import json

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

# PostgreSQL samples values of every column and keeps them after the rows are gone.
_UNSAMPLED = (
    ("round", "wrapped_key"),
    ("approval", "detail"),
    ("invite", "credential"),
    ("draft", "id"),
    ("draft", "sealed"),
    ("staff", "password"),
    ("staff", "link"),
    ("staff", "totp"),
    ("staff_session", "secret"),
    ("recovery_code", "hash"),
)


def upgrade() -> None:
    op.create_table(
        "purge",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=True),
        sa.Column("asked_at", sa.DateTime(), nullable=False),
        sa.Column("done_at", sa.DateTime(), nullable=True),
        sa.Column("notes", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_purge_round_id"), "purge", ["round_id"], unique=False)
    if op.get_bind().dialect.name == "postgresql":
        for table, column in _UNSAMPLED:
            op.execute(f'ALTER TABLE "{table}" ALTER COLUMN "{column}" SET STATISTICS 0')
    _ask_for_what_was_destroyed()
    _forget_holders_of_exchanged_cards()


def _ask_for_what_was_destroyed() -> None:
    """Keys and drafts of before have left their tables, not the files."""
    for kind, column in (("keys", "destroyed_at"), ("drafts", "closed_at")):
        op.execute(
            "INSERT INTO purge (kind, round_id, asked_at, notes) "
            f"SELECT '{kind}', id, {column}, '' FROM round WHERE {column} IS NOT NULL ORDER BY id"
        )


def _forget_holders_of_exchanged_cards() -> None:
    """Whose card was exchanged went with a round's invitations in name only."""
    connection = op.get_bind()
    found = connection.execute(
        sa.text(
            "SELECT approval.id, approval.detail FROM approval "
            "JOIN round ON round.id = approval.round_id "
            "WHERE round.destroyed_at IS NOT NULL AND approval.kind IN ('reissue', 'revoke')"
        )
    ).all()
    for row in found:
        kept = {"group": json.loads(row.detail).get("group", "")}
        connection.execute(
            sa.text("UPDATE approval SET detail = :detail WHERE id = :id"),
            {"detail": json.dumps(kept), "id": row.id},
        )
