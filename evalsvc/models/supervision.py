"""What supervision and e-monitoring found, what became of it, and units' own weekly checks."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from evalsvc.db import Moment, Row

FINDING_KINDS = ("supervision", "e_monitoring")
FINDING_STATES = ("open", "rectified", "cleared", "deducted")


class Finding(Row):
    """One finding about a unit: noticed, rectified, and cleared or deducted.

    Days are ISO dates of the office. A deduction is an adjustment of the season beside it.
    """

    __tablename__ = "finding"

    id: Mapped[int] = mapped_column(primary_key=True)
    season_id: Mapped[int] = mapped_column(ForeignKey("season.id"), index=True)
    unit: Mapped[str] = mapped_column(String(40))
    kind: Mapped[str] = mapped_column(String(12))
    day: Mapped[str] = mapped_column(String(10))
    found: Mapped[str] = mapped_column(Text)
    # The number of the notice by which the unit was told.
    notice: Mapped[str] = mapped_column(String(120))
    # Until when it is to be rectified.
    due: Mapped[str] = mapped_column(String(10))
    entered_by: Mapped[str] = mapped_column(String(60))
    entered_at: Mapped[datetime] = mapped_column(Moment)
    rectified: Mapped[str] = mapped_column(Text, default="")
    rectified_by: Mapped[str | None] = mapped_column(String(60))
    rectified_at: Mapped[datetime | None] = mapped_column(Moment)
    state: Mapped[str] = mapped_column(String(10), default="open")
    rule: Mapped[str] = mapped_column(String(60), default="")
    amount: Mapped[str] = mapped_column(String(40), default="")
    reason: Mapped[str] = mapped_column(Text, default="")
    settled_by: Mapped[str | None] = mapped_column(String(60))
    settled_at: Mapped[datetime | None] = mapped_column(Moment)


class SelfCheck(Row):
    """A unit's own note of a week, which begins on this Monday; a later one takes its place."""

    __tablename__ = "self_check"

    season_id: Mapped[int] = mapped_column(ForeignKey("season.id"), primary_key=True)
    unit: Mapped[str] = mapped_column(String(40), primary_key=True)
    week: Mapped[str] = mapped_column(String(10), primary_key=True)
    text: Mapped[str] = mapped_column(Text)
    written_by: Mapped[str] = mapped_column(String(60))
    written_at: Mapped[datetime] = mapped_column(Moment)
