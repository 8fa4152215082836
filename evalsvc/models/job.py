"""Long work with its progress, done by a process of its own."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from evalsvc.db import Moment, Row


class Job(Row):
    """One piece of long work; what it made, if a file, waits sealed in the spool."""

    __tablename__ = "job"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    round_id: Mapped[int | None] = mapped_column(ForeignKey("round.id"))
    season_id: Mapped[int] = mapped_column(ForeignKey("season.id"))
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    state: Mapped[str] = mapped_column(String(10), default="waiting")
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    problem: Mapped[str] = mapped_column(Text, default="")
    filename: Mapped[str] = mapped_column(String(120), default="")
    started_at: Mapped[datetime] = mapped_column(Moment)
    # A worker that has not shown itself for a while is taken for dead.
    beat_at: Mapped[datetime] = mapped_column(Moment)
