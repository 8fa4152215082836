"""Results of earlier years, for consequences over years: they never enter a score."""

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from evalsvc.db import Row

# Where in its category a unit stood, as far as anybody asks; empty: it follows from the scores.
PLACES = ("first", "last", "between")


class SeasonYear(Row):
    """Which year a season is; consequences count back from it."""

    __tablename__ = "season_year"

    season_id: Mapped[int] = mapped_column(ForeignKey("season.id"), primary_key=True)
    year: Mapped[int]


class PastResult(Row):
    """A unit's result in an earlier year; a year that nobody knows has no row."""

    __tablename__ = "past_result"

    season_id: Mapped[int] = mapped_column(ForeignKey("season.id"), primary_key=True)
    unit: Mapped[str] = mapped_column(String(40), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    # As exact decimal text; None: only grade or place is known.
    score: Mapped[str | None] = mapped_column(String(40))
    grade: Mapped[str] = mapped_column(String(80), default="")
    place: Mapped[str] = mapped_column(String(10), default="")
    # Where it was taken from: a workbook, a season of this database, a package by its hash.
    source: Mapped[str] = mapped_column(String(120))
