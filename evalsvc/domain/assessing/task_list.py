"""All tasks of a season as pages and bulletins show them, with everything said about each."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from evalsvc.db import Database
from evalsvc.domain.assessing.tasks import is_held
from evalsvc.domain.people.bodies import read_bodies
from evalsvc.domain.people.liaisons import list_unit_names
from evalsvc.errors import NOT_FOUND, Problem
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
    actual: str
    reported_by: str | None
    reported_at: datetime | None
    grade: str
    note: str
    graded_by: str | None
    exempt: bool

    def is_overdue(self, moment: datetime) -> bool:
        return self.reported_at is None and not self.exempt and moment > self.due

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
    rounds: tuple[str, ...]
    plan: int | None
    # On a plan that has not come to its level as a whole.
    held: bool
    lowered: str
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
        ids = session.scalars(
            select(Task.id).where(Task.season_id == season_id).order_by(Task.id)
        ).all()
        return tuple(build_views(session, season_id, ids).values())


def get_task(database: Database, task_id: int) -> TaskView:
    """One task with everything that was said about it."""
    with database.reading() as session:
        row = session.get(Task, task_id)
        if row is None:
            raise Problem(NOT_FOUND)
        return build_views(session, row.season_id, [task_id])[task_id]


def build_views(session: Session, season_id: int, ids: Sequence[int]) -> dict[int, TaskView]:
    """These tasks by number, in their order of proposal: three questions, however many they are."""
    units, bodies = list_unit_names(session, season_id), read_bodies(session, season_id)
    decisions: dict[int, list[DecisionView]] = defaultdict(list)
    reports: dict[int, list[ReportView]] = defaultdict(list)
    for part in _cut(ids):
        for said in session.scalars(
            select(TaskDecision).where(TaskDecision.task_id.in_(part)).order_by(TaskDecision.id)
        ):
            decisions[said.task_id].append(_build_decision(said))
        for report in session.scalars(
            select(TaskReport).where(TaskReport.task_id.in_(part)).order_by(TaskReport.due)
        ):
            reports[report.task_id].append(_build_report(report))
    return {
        task.id: _build_view(task, units, bodies, decisions[task.id], reports[task.id], held=held)
        for part in _cut(ids)
        for task, held in session.execute(
            select(Task, is_held()).where(Task.id.in_(part)).order_by(Task.id)
        )
    }


def _cut(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    """A database takes only so many values in one question."""
    return (ids[start : start + 500] for start in range(0, len(ids), 500))


def _build_decision(row: TaskDecision) -> DecisionView:
    return DecisionView(row.level, row.agreed, row.reason, row.decided_by, row.decided_at)


def _build_report(row: TaskReport) -> ReportView:
    return ReportView(
        row.id,
        row.round,
        row.due,
        row.text,
        row.actual,
        row.reported_by,
        row.reported_at,
        row.grade,
        row.note,
        row.graded_by,
        row.exempt,
    )


def _build_view(
    task: Task,
    units: Mapping[str, str],
    bodies: Mapping[str, Text],
    decisions: Sequence[DecisionView],
    reports: Sequence[ReportView],
    *,
    held: bool,
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
        rounds=tuple(task.rounds.split()),
        plan=task.plan_id,
        held=bool(held),
        lowered=task.lowered,
        state=task.state,
        level=task.level,
        proposed_by=task.proposed_by,
        proposed_at=task.proposed_at,
        decisions=tuple(decisions),
        reports=tuple(reports),
    )
