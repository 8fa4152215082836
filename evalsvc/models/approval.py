"""Acts that wait for a second person."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from evalsvc.db import Moment, Row

# Forward only; only an approved act can be done, and only once.
APPROVAL_STATES = ("pending", "approved", "refused", "done")


class Approval(Row):
    """One act that somebody proposed, and what a second person said to it.

    `detail` says what it is about: a rater, or a card by the public key of its place. A code is
    never here.
    """

    __tablename__ = "approval"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    season_id: Mapped[int] = mapped_column(ForeignKey("season.id"), index=True)
    round_id: Mapped[int | None] = mapped_column(ForeignKey("round.id"))
    reason: Mapped[str] = mapped_column(String(200))
    detail: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(10), default="pending")
    proposed_by: Mapped[str] = mapped_column(String(60))
    proposed_at: Mapped[datetime] = mapped_column(Moment)
    decided_by: Mapped[str | None] = mapped_column(String(60))
    decided_at: Mapped[datetime | None] = mapped_column(Moment)
