"""What was destroyed and has to leave the database's files, too."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from evalsvc.db import Moment, Row

# Keys after the review time, keys made anew, a roll issued anew, an exchanged card, a round's
# drafts, a colleague's secrets.
PURGE_KINDS = ("keys", "old_keys", "roll", "card", "drafts", "account")


class Purge(Row):
    """One destruction; `done_at` once nothing of it is in the files any more.

    `notes` are the codes, between spaces, of what stood in the way the last time, and of copies
    that nobody reaches from here.
    """

    __tablename__ = "purge"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(10))
    round_id: Mapped[int | None] = mapped_column(ForeignKey("round.id"), index=True)
    asked_at: Mapped[datetime] = mapped_column(Moment)
    done_at: Mapped[datetime | None] = mapped_column(Moment)
    notes: Mapped[str] = mapped_column(String(200), default="")
