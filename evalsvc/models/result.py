"""Computed results: each computation is a version that is never changed."""

from datetime import datetime

from sqlalchemy import ForeignKey, ForeignKeyConstraint, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from evalsvc.db import Moment, Row


class Result(Row):
    """One computation of a season."""

    __tablename__ = "result"

    season_id: Mapped[int] = mapped_column(ForeignKey("season.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    computed_at: Mapped[datetime] = mapped_column(Moment)
    computed_by: Mapped[str] = mapped_column(String(60))
    # SHA-256 over the facts it followed from: shows when entered figures have changed since.
    facts_sha256: Mapped[str] = mapped_column(String(64))
    # Where the season's count stood when these facts were the season's; None: nobody counted yet.
    facts_written: Mapped[int | None]


class UnitSheet(Row):
    """One unit's score tree in a computation, with every figure below it as exact text."""

    __tablename__ = "unit_sheet"
    __table_args__ = (
        ForeignKeyConstraint(["season_id", "version"], ["result.season_id", "result.version"]),
    )

    season_id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    unit: Mapped[str] = mapped_column(String(40), primary_key=True)
    published: Mapped[str | None] = mapped_column(String(20))
    rank: Mapped[int | None]
    tree: Mapped[str] = mapped_column(Text)
    # The same without the answers and events below its figures; None: computed before it was kept.
    outline: Mapped[str | None] = mapped_column(Text)


class ResultFile(Row):
    """A file of a version's packages as it stood, where later acts could change it."""

    __tablename__ = "result_file"
    __table_args__ = (
        ForeignKeyConstraint(["season_id", "version"], ["result.season_id", "result.version"]),
    )

    season_id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    content: Mapped[str] = mapped_column(Text)
