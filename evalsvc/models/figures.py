"""Figures that are entered, not rated: indicators and adjustments."""

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from evalsvc.db import Row


class Indicator(Row):
    """A unit's figure for a component, as the exact decimal text; None: it does not carry it."""

    __tablename__ = "indicator"

    season_id: Mapped[int] = mapped_column(ForeignKey("season.id"), primary_key=True)
    round: Mapped[str] = mapped_column(String(40), primary_key=True)
    unit: Mapped[str] = mapped_column(String(40), primary_key=True)
    component: Mapped[str] = mapped_column(String(80), primary_key=True)
    value: Mapped[str | None] = mapped_column(String(40))


class Adjustment(Row):
    """A bonus or deduction event with its evidence and who entered it."""

    __tablename__ = "adjustment"

    id: Mapped[int] = mapped_column(primary_key=True)
    season_id: Mapped[int] = mapped_column(ForeignKey("season.id"))
    round: Mapped[str] = mapped_column(String(40))
    unit: Mapped[str] = mapped_column(String(40))
    rule: Mapped[str] = mapped_column(String(60))
    times: Mapped[int]
    amount: Mapped[str | None] = mapped_column(String(40))
    date: Mapped[str] = mapped_column(String(10))
    evidence: Mapped[str] = mapped_column(String(500))
    project: Mapped[str] = mapped_column(String(120), default="", server_default="")
    entered_by: Mapped[str] = mapped_column(String(60))
