"""What raters were shown beside a unit's name, written down when the round opened."""

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from evalsvc.db import Row


class ShownBeside(Row):
    """A unit's own account (`component` empty), or one of its figures as text."""

    __tablename__ = "shown_beside"

    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"), primary_key=True)
    unit: Mapped[str] = mapped_column(String(40), primary_key=True)
    component: Mapped[str] = mapped_column(String(80), primary_key=True, default="")
    text: Mapped[str] = mapped_column(String(1000))
