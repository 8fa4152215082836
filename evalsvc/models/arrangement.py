"""Years whose days off and shifted working days the office has entered itself."""

from datetime import datetime

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from evalsvc.db import Moment, Row


class EnteredArrangement(Row):
    """A year by its notice's two lines, as they were typed; the log has the days."""

    __tablename__ = "entered_arrangement"

    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    # The notice's number.
    source: Mapped[str] = mapped_column(String(200))
    off: Mapped[str] = mapped_column(Text)
    worked: Mapped[str] = mapped_column(Text)
    entered_by: Mapped[str] = mapped_column(String(60))
    entered_at: Mapped[datetime] = mapped_column(Moment)
