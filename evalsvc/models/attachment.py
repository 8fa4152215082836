"""Files that entered figures rest on 佐证材料, kept whole and never changed."""

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from evalsvc.db import Moment, Row

SUBJECTS = ("figure", "note", "adjustment", "report")


class AttachedContent(Row):
    """A file's bytes under their hash: the same file attached twice is kept once.

    In the database, so that one transaction and one backup hold a figure and what it rests on.
    """

    __tablename__ = "attached_content"

    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)


class Attachment(Row):
    """One file at one place; taken away it stays on record with its hash and its reason.

    `body` is empty where no assessing body's sheet is meant. `item` is a component's code, or the
    number of an adjustment or a report; empty for a note.
    """

    __tablename__ = "attachment"

    id: Mapped[int] = mapped_column(primary_key=True)
    season_id: Mapped[int] = mapped_column(ForeignKey("season.id"), index=True)
    subject: Mapped[str] = mapped_column(String(10))
    round: Mapped[str] = mapped_column(String(40))
    body: Mapped[str] = mapped_column(String(80), default="")
    unit: Mapped[str] = mapped_column(String(40))
    item: Mapped[str] = mapped_column(String(80), default="")
    name: Mapped[str] = mapped_column(String(120))
    kind: Mapped[str] = mapped_column(String(4))
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(ForeignKey("attached_content.sha256"))
    added_by: Mapped[str] = mapped_column(String(60))
    added_at: Mapped[datetime] = mapped_column(Moment)
    removed_by: Mapped[str | None] = mapped_column(String(60))
    removed_at: Mapped[datetime | None] = mapped_column(Moment)
    removed_why: Mapped[str] = mapped_column(String(200), default="", server_default="")
