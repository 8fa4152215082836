"""What the office decides on citizens' comments, and what of them a published version holds."""

from datetime import datetime

from sqlalchemy import ForeignKeyConstraint, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from evalsvc.db import Moment, Row

# "internal": for the office and the auditors alone. Without a row a comment waits.
COMMENT_STATES = ("public", "internal", "withheld")
# Why a comment is withheld.
WITHHOLDING_REASONS = ("personal", "writer", "abuse", "beside", "unclear")


class CommentDecision(Row):
    """A reviewer's decision on one text, for all who wrote it."""

    __tablename__ = "comment_decision"
    __table_args__ = (
        ForeignKeyConstraint(
            ["round_id", "number"], ["comment_text.round_id", "comment_text.number"]
        ),
    )

    round_id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[str] = mapped_column(String(10))
    reason: Mapped[str] = mapped_column(String(20), default="")
    # Shown in the place of the text, which then only auditors see; empty where the text stands.
    wording: Mapped[str] = mapped_column(Text, default="")
    decided_by: Mapped[str] = mapped_column(String(60))
    decided_at: Mapped[datetime] = mapped_column(Moment)


class ReleasedComment(Row):
    """A comment as a version has shown it since its first day; never written again.

    The key is that of the opened comment and the version.
    """

    __tablename__ = "released_comment"
    __table_args__ = (
        ForeignKeyConstraint(
            ["season_id", "version"], ["publication.season_id", "publication.version"]
        ),
    )

    season_id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(primary_key=True)
    group: Mapped[str] = mapped_column(String(40), primary_key=True)
    item: Mapped[str] = mapped_column(String(90), primary_key=True)
    unit: Mapped[str] = mapped_column(String(40), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str] = mapped_column(Text)
