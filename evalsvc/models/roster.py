"""Who is evaluated and who evaluates: units, raters, listed relations and the panel's plan."""

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from evalsvc.db import Row


class Unit(Row):
    """A unit under evaluation. `work` says in one line what it does, for raters.

    `account` is its own account of the year, shown to raters where the scheme says so. `cluster`
    names its area or line of work 片区、分管口: one test over all of them is made at opening.
    """

    __tablename__ = "unit"
    __table_args__ = (UniqueConstraint("season_id", "code"), UniqueConstraint("season_id", "name"))

    id: Mapped[int] = mapped_column(primary_key=True)
    season_id: Mapped[int] = mapped_column(ForeignKey("season.id"))
    position: Mapped[int]
    code: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(60))
    category: Mapped[str] = mapped_column(String(40))
    flags: Mapped[str] = mapped_column(String(120), default="")
    work: Mapped[str] = mapped_column(String(200), default="")
    account: Mapped[str] = mapped_column(String(600), default="")
    cluster: Mapped[str] = mapped_column(String(40), default="")


class Rater(Row):
    """A rater of a `named` or `unit` group. Citizens have no row here."""

    __tablename__ = "rater"
    __table_args__ = (UniqueConstraint("season_id", "group", "code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    season_id: Mapped[int] = mapped_column(ForeignKey("season.id"))
    group: Mapped[str] = mapped_column(String(40))
    code: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(60))
    # The code of the unit the rater belongs to, which it never rates; empty for leaders.
    unit: Mapped[str] = mapped_column(String(40), default="")


class Relation(Row):
    """One listed relation: this rater evaluates this unit, in this role."""

    __tablename__ = "relation"
    __table_args__ = (UniqueConstraint("season_id", "group", "rater", "unit"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    season_id: Mapped[int] = mapped_column(ForeignKey("season.id"))
    group: Mapped[str] = mapped_column(String(40))
    rater: Mapped[str] = mapped_column(String(40))
    unit: Mapped[str] = mapped_column(String(40))
    role: Mapped[str] = mapped_column(String(40))


class PanelSeats(Row):
    """How many cards a stratum of a `counts` group gets."""

    __tablename__ = "panel_seats"

    season_id: Mapped[int] = mapped_column(ForeignKey("season.id"), primary_key=True)
    group: Mapped[str] = mapped_column(String(40), primary_key=True)
    stratum: Mapped[str] = mapped_column(String(40), primary_key=True)
    seats: Mapped[int]
