"""Tasks and their reports as lists: filtered, counted and cut into pages by the database."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, false, func, or_, select, true
from sqlalchemy.orm import Session

from evalsvc.db import Database
from evalsvc.domain.actor import Actor
from evalsvc.domain.assessing.task_list import ReportView, TaskView, build_views
from evalsvc.domain.assessing.tasks import is_held, lowers
from evalsvc.domain.people.bindings import list_own_codes
from evalsvc.domain.people.bodies import DESKS
from evalsvc.domain.seasons import get_season
from evalsvc.errors import NOT_YOURS, Problem
from evalsvc.models.assessment import BodyMember, Task, TaskReport
from evalsvc.models.publication import Liaison
from evalsvc.models.roster import Unit
from evalsvc.text import Text

# As many as a lead has in a month of 295 tasks among six; a page of them is read in one go.
PAGE_ROWS = 50
# A list of reports of every month.
EVERY_ROUND = "every"

# In the order in which pages offer them.
TASK_FILTERS = ("all", "mine", "waiting", "returned", "standing")
REPORT_FILTERS = ("all", "mine", "late", "unreported", "ungraded", "graded")


@dataclass(frozen=True)
class Eyes:
    """Who looks at a list: what they carry and lead, and whether they see everything.

    `office` speaks for the office's level, and grades where a unit would grade itself.
    """

    everything: bool
    office: bool
    units: frozenset[str]
    bodies: frozenset[str]

    def sees(self, task: TaskView) -> bool:
        return self.everything or task.unit in self.units or task.lead in self.bodies

    def grades(self, task: TaskView) -> bool:
        """Whether they grade this task's reports: never those of a unit that they speak for."""
        if task.unit in self.units:
            return False
        return self.office if task.lead == task.unit else task.lead in self.bodies

    def decides(self, task: TaskView) -> bool:
        """Whether it waits for their word."""
        if task.state != "waiting" or task.held:
            return False
        if task.level == "office":
            return self.office
        return (task.lead if task.level == "lead" else task.level) in self.bodies


@dataclass(frozen=True)
class TaskQuery:
    """What is asked for: the year's tasks, or the reports of a round or of every one."""

    round: str = ""
    show: str = "all"
    unit: str = ""
    page: int = 1
    plan: int | None = None


@dataclass(frozen=True)
class TaskRow:
    """A task, with the report that a list of reports is about."""

    task: TaskView
    report: ReportView | None


@dataclass(frozen=True)
class TaskPage:
    """One page of a list; `counts` says how many each filter gives, of the unit asked for."""

    rows: tuple[TaskRow, ...]
    counts: Mapping[str, int]
    n: int
    pages: int
    # Reports that were due and have not come, in the whole season.
    overdue: int
    # The rounds in which anything was asked for.
    asked: frozenset[str]


def read_eyes(database: Database, season_id: int, actor: Actor) -> Eyes:
    """What a colleague may see of a season's tasks."""
    with database.reading() as session:
        units = list_own_codes(session, Liaison.unit, season_id, actor)
        bodies = list_own_codes(session, BodyMember.body, season_id, actor)
    everything = actor.has_role("manager", "auditor") or bool(bodies & DESKS.keys())
    return Eyes(everything, actor.has_role("manager"), units, bodies)


def require_part(database: Database, season_id: int, actor: Actor) -> Eyes:
    """The eyes of somebody who has to do with a season's tasks; others are refused."""
    get_season(database, season_id)  # one that is not there is nobody's
    eyes = read_eyes(database, season_id, actor)
    if not (eyes.everything or eyes.units or eyes.bodies):
        raise Problem(NOT_YOURS, what=Text("这一年的任务", "the tasks of this season"))
    return eyes


def list_page(
    database: Database, season_id: int, query: TaskQuery, eyes: Eyes, moment: datetime
) -> TaskPage:
    """One page of what these eyes see, with the figures of every filter."""
    with database.reading() as session:
        filters = _list_filters(query, eyes, moment)
        seen = (Task.season_id == season_id, sees(eyes), *_about(query))
        counted = select(*[func.count().filter(each) for each in filters.values()])
        counts = dict(
            zip(filters, session.execute(_join(counted, query).where(*seen)).one(), strict=True)
        )
        n = counts[query.show]
        found = _select_rows(query, *seen, filters[query.show])
        found = found.limit(PAGE_ROWS).offset((query.page - 1) * PAGE_ROWS)
        rows = _build_rows(session, season_id, session.execute(found).all())
        return TaskPage(
            rows=rows,
            counts=counts,
            n=n,
            pages=max(1, -(-n // PAGE_ROWS)),
            overdue=_count_overdue(session, season_id, eyes, moment),
            asked=_list_asked(session, season_id),
        )


def list_rows(
    database: Database, season_id: int, query: TaskQuery, eyes: Eyes, moment: datetime
) -> tuple[TaskRow, ...]:
    """All rows of a list, on whatever page."""
    with database.reading() as session:
        wanted = _list_filters(query, eyes, moment)[query.show]
        seen = (Task.season_id == season_id, sees(eyes), *_about(query))
        found = session.execute(_select_rows(query, *seen, wanted)).all()
        return _build_rows(session, season_id, found)


def list_waiting(
    database: Database, season_id: int, eyes: Eyes, plan: int | None = None
) -> tuple[int, ...]:
    """All tasks that wait for these eyes' word, on whatever page of their list; or of one plan.

    Not those whose lowered target the office has to agree to in words of their own.
    """
    with database.reading() as session:
        rows = session.scalars(
            select(Task).where(
                Task.season_id == season_id,
                Task.state == "waiting",
                sees(eyes),
                _is_mine(eyes),
                *_about(TaskQuery(plan=plan)),
            )
        )
        return tuple(
            row.id
            for row in rows
            if not (row.level == "office" and lowers(row.figure, row.last_year))
        )


def _build_rows(
    session: Session, season_id: int, found: Sequence[Row[*tuple[Any, ...]]]
) -> tuple[TaskRow, ...]:
    views = build_views(session, season_id, [task for task, _ in found])
    return tuple(
        TaskRow(
            views[task], next((each for each in views[task].reports if each.id == report), None)
        )
        for task, report in found
    )


def _select_rows(query: TaskQuery, *where: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    """Task and report of each row, in the order of the units."""
    return (
        _join(select(Task.id, TaskReport.id if query.round else false()), query)
        .outerjoin(Unit, and_(Unit.season_id == Task.season_id, Unit.code == Task.unit))
        .where(*where)
        .order_by(Unit.position, Task.id, *((TaskReport.due,) if query.round else ()))
    )


def _join(statement: Select[*tuple[Any, ...]], query: TaskQuery) -> Select[*tuple[Any, ...]]:
    """From tasks, or from the reports on them."""
    statement = statement.select_from(Task)
    return statement.join(TaskReport, TaskReport.task_id == Task.id) if query.round else statement


def sees(eyes: Eyes) -> ColumnElement[bool]:
    """Tasks that these eyes may see."""
    if eyes.everything:
        return true()
    return or_(Task.unit.in_(eyes.units), Task.lead.in_(eyes.bodies))


def _about(query: TaskQuery) -> list[ColumnElement[bool]]:
    about: list[ColumnElement[bool]] = [Task.unit == query.unit] if query.unit else []
    if query.plan is not None:
        about.append(Task.plan_id == query.plan)
    if query.round and query.round != EVERY_ROUND:
        about.append(TaskReport.round == query.round)
    return about


def _list_filters(query: TaskQuery, eyes: Eyes, moment: datetime) -> dict[str, ColumnElement[bool]]:
    if not query.round:
        return {
            "all": true(),
            "mine": _is_mine(eyes),
            **{state: Task.state == state for state in ("waiting", "returned", "standing")},
        }
    given, owed = TaskReport.reported_at.is_not(None), ~TaskReport.exempt
    return {
        "all": true(),
        "mine": _is_report_mine(eyes),
        "late": and_(
            owed,
            or_(and_(~given, TaskReport.due < moment), TaskReport.reported_at > TaskReport.due),
        ),
        "unreported": and_(~given, owed),
        "ungraded": and_(given, TaskReport.grade == "", owed),
        "graded": TaskReport.grade != "",
    }


def _is_mine(eyes: Eyes) -> ColumnElement[bool]:
    """Tasks that wait for their word, or came back to them."""
    levels = [Task.level.in_(eyes.bodies), and_(Task.level == "lead", Task.lead.in_(eyes.bodies))]
    if eyes.office:
        levels.append(Task.level == "office")
    decides = and_(Task.state == "waiting", or_(*levels), ~is_held())
    return or_(decides, and_(Task.state == "returned", Task.unit.in_(eyes.units)))


def _is_report_mine(eyes: Eyes) -> ColumnElement[bool]:
    """Reports that they are to give or to grade."""
    graded_by_them = and_(Task.lead.in_(eyes.bodies), Task.lead != Task.unit)
    if eyes.office:
        graded_by_them = or_(graded_by_them, Task.lead == Task.unit)
    to_grade = and_(
        TaskReport.reported_at.is_not(None),
        TaskReport.grade == "",
        graded_by_them,
        Task.unit.not_in(eyes.units),
    )
    to_give = and_(TaskReport.reported_at.is_(None), Task.unit.in_(eyes.units))
    return and_(~TaskReport.exempt, or_(to_grade, to_give))


def _count_overdue(session: Session, season_id: int, eyes: Eyes, moment: datetime) -> int:
    statement = (
        select(func.count())
        .select_from(TaskReport)
        .join(Task, Task.id == TaskReport.task_id)
        .where(
            Task.season_id == season_id,
            sees(eyes),
            TaskReport.reported_at.is_(None),
            ~TaskReport.exempt,
            TaskReport.due < moment,
        )
    )
    return session.scalar(statement) or 0


def _list_asked(session: Session, season_id: int) -> frozenset[str]:
    return frozenset(
        session.scalars(
            select(TaskReport.round)
            .join(Task, Task.id == TaskReport.task_id)
            .where(Task.season_id == season_id)
            .distinct()
        )
    )
