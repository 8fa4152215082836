"""What became of units in the course of a year: renamed, merged, split off, new, dissolved."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from evalsvc.db import Moment, Row


class UnitChange(Row):
    """One change, by the names of then; codes stay, so that figures and history stay with them.

    `other` is the unit that a renamed one is still (itself), that a merged one went into, or that
    a new one was split off from; empty for a unit that only came or went.
    """

    __tablename__ = "unit_change"

    id: Mapped[int] = mapped_column(primary_key=True)
    season_id: Mapped[int] = mapped_column(ForeignKey("season.id"), index=True)
    kind: Mapped[str] = mapped_column(String(10))
    unit: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(60))
    other: Mapped[str] = mapped_column(String(40), default="")
    other_name: Mapped[str] = mapped_column(String(60), default="")
    # The day from which on it holds, as ISO text.
    since: Mapped[str] = mapped_column(String(10))
    reason: Mapped[str] = mapped_column(Text, default="")
    changed_by: Mapped[str] = mapped_column(String(60))
    changed_at: Mapped[datetime] = mapped_column(Moment)
