"""All tasks of a season as pages and bulletins show them, with everything said about each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import select

from evalsvc.db import Database
from evalsvc.domain.people.bodies import read_bodies
from evalsvc.domain.people.liaisons import list_unit_names
from evalsvc.models.assessment import Task, TaskDecision, TaskReport
from evalsvc.text import Text


@dataclass(frozen=True)
class DecisionView:
    """What one level said."""

    level: str
    agreed: bool
    reason: str
    decided_by: str
    decided_at: datetime


@dataclass(frozen=True)
class ReportView:
    """One report of a task, due or given or graded."""

    id: int
    round: str
    due: datetime
    text: str
    reported_by: str | None
    reported_at: datetime | None
    grade: str
    note: str
    graded_by: str | None

    def is_overdue(self, moment: datetime) -> bool:
        return self.reported_at is None and moment > self.due

    @property
    def was_late(self) -> bool:
        return self.reported_at is not None and self.reported_at > self.due


@dataclass(frozen=True)
class TaskView:
    """A task with everything that was said about it."""

    id: int
    season_id: int
    unit: str
    unit_name: str
    lead: str
    lead_name: Text
    title: str
    target: str
    figure: str
    last_year: str
    weight: str
    state: str
    level: str
    proposed_by: str
    proposed_at: datetime
    decisions: tuple[DecisionView, ...]
    reports: tuple[ReportView, ...]

    @property
    def lowers_target(self) -> bool:
        """就高不就低: the new target is below last year's."""
        return bool(self.figure and self.last_year) and (
            Decimal(self.figure) < Decimal(self.last_year)
        )


def list_tasks(database: Database, season_id: int) -> tuple[TaskView, ...]:
    """All tasks of a season with decisions and reports."""
    with database.reading() as session:
        units = list_unit_names(session, season_id)
        bodies = read_bodies(session, season_id)
        tasks = session.scalars(
            select(Task).where(Task.season_id == season_id).order_by(Task.id)
        ).all()
        # Three questions for all tasks, and not two for each.
        ids = [task.id for task in tasks]
        decisions = session.scalars(
            select(TaskDecision).where(TaskDecision.task_id.in_(ids)).order_by(TaskDecision.id)
        ).all()
        reports = session.scalars(
            select(TaskReport).where(TaskReport.task_id.in_(ids)).order_by(TaskReport.due)
        ).all()
        return tuple(_build_view(task, units, bodies, decisions, reports) for task in tasks)


def _build_view(
    task: Task,
    units: Mapping[str, str],
    bodies: Mapping[str, Text],
    decisions: Sequence[TaskDecision],
    reports: Sequence[TaskReport],
) -> TaskView:
    return TaskView(
        id=task.id,
        season_id=task.season_id,
        unit=task.unit,
        unit_name=units.get(task.unit, task.unit),
        lead=task.lead,
        lead_name=bodies.get(task.lead, Text(task.lead, task.lead)),
        title=task.title,
        target=task.target,
        figure=task.figure or "",
        last_year=task.last_year or "",
        weight=task.weight,
        state=task.state,
        level=task.level,
        proposed_by=task.proposed_by,
        proposed_at=task.proposed_at,
        decisions=tuple(
            DecisionView(row.level, row.agreed, row.reason, row.decided_by, row.decided_at)
            for row in decisions
            if row.task_id == task.id
        ),
        reports=tuple(
            ReportView(
                row.id,
                row.round,
                row.due,
                row.text,
                row.reported_by,
                row.reported_at,
                row.grade,
                row.note,
                row.graded_by,
            )
            for row in reports
            if row.task_id == task.id
        ),
    )
