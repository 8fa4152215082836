"""Decisions of people on flagged ballots, and what a result would be without them."""

from datetime import datetime

from sqlalchemy import ForeignKey, ForeignKeyConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from evalsvc.db import Moment, Row


class BallotExclusion(Row):
    """One ballot that somebody has excluded, and who took that back, if anybody did.

    `ballot` is the random name that the ballot got when the box was opened. Nothing here says who
    cast it: of anonymous groups nobody could, of groups with names the opened ballot does.
    """

    __tablename__ = "ballot_exclusion"

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"), index=True)
    group: Mapped[str] = mapped_column(String(40))
    ballot: Mapped[str] = mapped_column(String(20))
    # What drew attention to the ballot; a flag alone excludes nothing.
    flag: Mapped[str] = mapped_column(String(20))
    reason: Mapped[str] = mapped_column(String(200))
    decided_by: Mapped[str] = mapped_column(String(60))
    # The second person; empty in a small office, where the log says that it was one.
    agreed_by: Mapped[str] = mapped_column(String(60), default="")
    decided_at: Mapped[datetime] = mapped_column(Moment)
    restored_reason: Mapped[str] = mapped_column(String(200), default="")
    restored_by: Mapped[str] = mapped_column(String(60), default="")
    restored_at: Mapped[datetime | None] = mapped_column(Moment)


class PlainFigure(Row):
    """A unit's figure and place as if nobody had excluded a ballot, beside the official one.

    Only where a computation left ballots out by decision; written with it and never changed.
    """

    __tablename__ = "plain_figure"
    __table_args__ = (
        ForeignKeyConstraint(["season_id", "version"], ["result.season_id", "result.version"]),
    )

    season_id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    unit: Mapped[str] = mapped_column(String(40), primary_key=True)
    published: Mapped[str | None] = mapped_column(String(20))
    rank: Mapped[int | None]
