"""Assessing bodies: their sheets of figures, indicators added during the year, task reports."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from evalsvc.db import Moment, Row

SHEET_STATES = ("open", "handed_in", "returned", "accepted")
# The four levels of 四级联审 in their order; after the last a task stands.
APPROVAL_LEVELS = ("lead", "office", "leader", "leading_group")


class BodyMember(Row):
    """A colleague who works for an assessing body: one of the scheme's, a unit, or a desk."""

    __tablename__ = "body_member"

    staff_id: Mapped[int] = mapped_column(
        ForeignKey("staff.id", ondelete="CASCADE"), primary_key=True
    )
    season_id: Mapped[int] = mapped_column(ForeignKey("season.id"), primary_key=True)
    body: Mapped[str] = mapped_column(String(80), primary_key=True)


class BodySheet(Row):
    """One body's figures of one round, as a whole: asked for, handed in, returned or accepted."""

    __tablename__ = "body_sheet"

    season_id: Mapped[int] = mapped_column(ForeignKey("season.id"), primary_key=True)
    round: Mapped[str] = mapped_column(String(40), primary_key=True)
    body: Mapped[str] = mapped_column(String(80), primary_key=True)
    state: Mapped[str] = mapped_column(String(10), default="open")
    deadline: Mapped[datetime] = mapped_column(Moment)
    handed_in_by: Mapped[str | None] = mapped_column(String(60))
    handed_in_at: Mapped[datetime | None] = mapped_column(Moment)
    # Why the office sent it back last; a reason for changed figures once it is accepted again.
    reason: Mapped[str] = mapped_column(Text, default="")
    decided_by: Mapped[str | None] = mapped_column(String(60))
    decided_at: Mapped[datetime | None] = mapped_column(Moment)


class BodyFigure(Row):
    """A body's figure for a unit, under its name; it counts once its sheet is accepted."""

    __tablename__ = "body_figure"

    season_id: Mapped[int] = mapped_column(ForeignKey("season.id"), primary_key=True)
    round: Mapped[str] = mapped_column(String(40), primary_key=True)
    unit: Mapped[str] = mapped_column(String(40), primary_key=True)
    component: Mapped[str] = mapped_column(String(80), primary_key=True)
    # None: the unit does not carry it.
    value: Mapped[str | None] = mapped_column(String(40))
    entered_by: Mapped[str] = mapped_column(String(60))
    entered_at: Mapped[datetime] = mapped_column(Moment)


class BodyNote(Row):
    """What a body writes beside a unit's figures, and what it rests on."""

    __tablename__ = "body_note"

    season_id: Mapped[int] = mapped_column(ForeignKey("season.id"), primary_key=True)
    round: Mapped[str] = mapped_column(String(40), primary_key=True)
    body: Mapped[str] = mapped_column(String(80), primary_key=True)
    unit: Mapped[str] = mapped_column(String(40), primary_key=True)
    note: Mapped[str] = mapped_column(Text, default="")
    evidence: Mapped[str] = mapped_column(Text, default="")


class FigureChange(Row):
    """A figure that counted and was changed afterwards: both figures, and why."""

    __tablename__ = "figure_change"

    id: Mapped[int] = mapped_column(primary_key=True)
    season_id: Mapped[int] = mapped_column(ForeignKey("season.id"), index=True)
    round: Mapped[str] = mapped_column(String(40))
    unit: Mapped[str] = mapped_column(String(40))
    component: Mapped[str] = mapped_column(String(80))
    before: Mapped[str | None] = mapped_column(String(40))
    after: Mapped[str | None] = mapped_column(String(40))
    reason: Mapped[str] = mapped_column(Text)
    changed_by: Mapped[str] = mapped_column(String(60))
    changed_at: Mapped[datetime] = mapped_column(Moment)


class FigureEntry(Row):
    """What was done to a figure that counts: one row each time it came, changed or went."""

    __tablename__ = "figure_entry"
    __table_args__ = (Index("ix_figure_entry_place", "season_id", "round", "unit", "component"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    season_id: Mapped[int] = mapped_column(ForeignKey("season.id"))
    round: Mapped[str] = mapped_column(String(40))
    unit: Mapped[str] = mapped_column(String(40))
    component: Mapped[str] = mapped_column(String(80))
    # None: the unit does not carry it, or there is no figure any more.
    value: Mapped[str | None] = mapped_column(String(40))
    gone: Mapped[bool] = mapped_column(default=False)
    source: Mapped[str] = mapped_column(String(10))
    reason: Mapped[str] = mapped_column(Text, default="")
    entered_by: Mapped[str] = mapped_column(String(60))
    entered_at: Mapped[datetime] = mapped_column(Moment)


class TaskPlan(Row):
    """Tasks that are proposed together and go through the four levels as one list."""

    __tablename__ = "task_plan"

    id: Mapped[int] = mapped_column(primary_key=True)
    season_id: Mapped[int] = mapped_column(ForeignKey("season.id"), index=True)
    proposed_by: Mapped[str] = mapped_column(String(60))
    proposed_at: Mapped[datetime] = mapped_column(Moment)


class Task(Row):
    """An indicator that is proposed during the year and, once four levels agree, a task.

    `level` is the level that it waits for; empty once it stands or has been sent back.
    """

    __tablename__ = "task"

    id: Mapped[int] = mapped_column(primary_key=True)
    season_id: Mapped[int] = mapped_column(ForeignKey("season.id"), index=True)
    unit: Mapped[str] = mapped_column(String(40))
    # The body that leads: it approves first, and grades the reports.
    lead: Mapped[str] = mapped_column(String(80))
    title: Mapped[str] = mapped_column(String(120))
    target: Mapped[str] = mapped_column(String(500))
    # As exact decimal text, where the target is a number.
    figure: Mapped[str | None] = mapped_column(String(40))
    last_year: Mapped[str | None] = mapped_column(String(40))
    # Why the target is below last year's; empty where it is not.
    lowered: Mapped[str] = mapped_column(Text, default="", server_default="")
    weight: Mapped[str] = mapped_column(String(20))
    # Codes of the rounds in which it is reported on, with spaces between; empty: in every one.
    rounds: Mapped[str] = mapped_column(String(400), default="", server_default="")
    # The plan on which it was proposed; None where it joined on its own.
    plan_id: Mapped[int | None] = mapped_column(index=True)
    state: Mapped[str] = mapped_column(String(10), default="waiting")
    level: Mapped[str] = mapped_column(String(20), default="lead")
    proposed_by: Mapped[str] = mapped_column(String(60))
    proposed_at: Mapped[datetime] = mapped_column(Moment)


class TaskDecision(Row):
    """What one level said to a task."""

    __tablename__ = "task_decision"

    id: Mapped[int] = mapped_column(primary_key=True)
    task_id: Mapped[int] = mapped_column(ForeignKey("task.id"), index=True)
    level: Mapped[str] = mapped_column(String(20))
    agreed: Mapped[bool]
    reason: Mapped[str] = mapped_column(Text)
    decided_by: Mapped[str] = mapped_column(String(60))
    decided_at: Mapped[datetime] = mapped_column(Moment)


class TaskReport(Row):
    """A unit's report on a task at its set time, and the lead body's grade of it."""

    __tablename__ = "task_report"
    __table_args__ = (UniqueConstraint("task_id", "round"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    task_id: Mapped[int] = mapped_column(ForeignKey("task.id"), index=True)
    round: Mapped[str] = mapped_column(String(40))
    due: Mapped[datetime] = mapped_column(Moment)
    text: Mapped[str] = mapped_column(Text, default="")
    # The figure reached, as exact decimal text; empty where the target is none.
    actual: Mapped[str] = mapped_column(String(40), default="", server_default="")
    reported_by: Mapped[str | None] = mapped_column(String(60))
    reported_at: Mapped[datetime | None] = mapped_column(Moment)
    # The code of the component that counts tasks of this grade.
    grade: Mapped[str] = mapped_column(String(80), default="")
    note: Mapped[str] = mapped_column(Text, default="")
    graded_by: Mapped[str | None] = mapped_column(String(60))
    graded_at: Mapped[datetime | None] = mapped_column(Moment)
    # The task's weight as it was graded: a weight that is changed later changes later rounds.
    weight: Mapped[str] = mapped_column(String(20), default="", server_default="")
    # Not owed: neither missing nor counted.
    exempt: Mapped[bool] = mapped_column(default=False, server_default=false())


class TaskChange(Row):
    """What was done to a task after it stood, and why; an exempted report may be restored."""

    __tablename__ = "task_change"

    id: Mapped[int] = mapped_column(primary_key=True)
    task_id: Mapped[int] = mapped_column(ForeignKey("task.id"), index=True)
    kind: Mapped[str] = mapped_column(String(10))
    # The round of an exempted report; empty for what is about the whole task.
    round: Mapped[str] = mapped_column(String(40), default="")
    # As JSON, by what: before and after.
    told: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    changed_by: Mapped[str] = mapped_column(String(60))
    changed_at: Mapped[datetime] = mapped_column(Moment)


class TaskReopening(Row):
    """A shown version that is open to change, until its correction is shown: all of its facts.

    Tasks were the first that could be opened so, and the table has their name.
    """

    __tablename__ = "task_reopening"

    id: Mapped[int] = mapped_column(primary_key=True)
    season_id: Mapped[int] = mapped_column(ForeignKey("season.id"), index=True)
    version: Mapped[int]
    reason: Mapped[str] = mapped_column(Text)
    reopened_by: Mapped[str] = mapped_column(String(60))
    reopened_at: Mapped[datetime] = mapped_column(Moment)
    # Made final after all, with what stood.
    closed_at: Mapped[datetime | None] = mapped_column(Moment)
