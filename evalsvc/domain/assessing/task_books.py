"""Reports of a list as a workbook holds them: given out, changed, and taken back all together.

A row that came back is written only where the report is still what was given out, so that nobody's
grade is lost to an older file.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from evalsvc.db import Database
from evalsvc.domain.acting import Act
from evalsvc.domain.actor import Actor
from evalsvc.domain.assessing import task_reports
from evalsvc.domain.assessing.task_list import ReportView, TaskView, build_views
from evalsvc.domain.assessing.task_pages import Eyes
from evalsvc.domain.assessing.task_reports import Grading, Progress
from evalsvc.domain.seasons import get_season_row, read_scheme
from evalsvc.errors import ACT_REFUSED, Problem
from evalsvc.models.assessment import Task, TaskReport
from evalsvc.text import Text

Part = Literal["text", "grade"]


@dataclass(frozen=True)
class BookRow:
    """A report with its task; `writes` and `grades` say what these eyes may fill in."""

    task: TaskView
    report: ReportView
    writes: bool
    grades: bool

    @property
    def stamp(self) -> str:
        report = self.report
        return build_stamp(report.text, report.actual, report.grade, report.note)


@dataclass(frozen=True)
class BookChange:
    """What a row says otherwise than what stands; `stamp` is of what stood as it was read."""

    report: int
    stamp: str
    progress: Progress | None
    grading: Grading | None


def build_stamp(text: str, actual: str, grade: str, note: str) -> str:
    """Eight characters that are others once a report, its figure, grade or note is another one.

    White space makes no difference, since a cell may break a line elsewhere.
    """
    parts = "\x1f".join("".join(part.split()) for part in (text, actual, grade, note))
    return hashlib.sha256(parts.encode()).hexdigest()[:8].upper()


def build_row(task: TaskView, report: ReportView, eyes: Eyes) -> BookRow:
    return BookRow(
        task,
        report,
        writes=task.unit in eyes.units and not report.grade and not report.exempt,
        grades=eyes.grades(task) and report.reported_at is not None and not report.exempt,
    )


def find_rows(
    database: Database, season_id: int, eyes: Eyes, numbers: Iterable[int]
) -> Mapping[int, BookRow]:
    """These reports by number, as far as the season has them and these eyes see them."""
    wanted = frozenset(numbers)
    with database.reading() as session:
        rows = session.execute(
            select(TaskReport.id, Task.id)
            .join(Task, Task.id == TaskReport.task_id)
            .where(Task.season_id == season_id)
        )
        tasks = dict.fromkeys(task for report, task in rows if report in wanted)
        views = build_views(session, season_id, list(tasks))
    return {
        report.id: build_row(view, report, eyes)
        for view in views.values()
        if eyes.sees(view)
        for report in view.reports
        if report.id in wanted
    }


def judge_changes(
    database: Database, season_id: int, actor: Actor, changes: Sequence[BookChange]
) -> Mapping[tuple[int, Part], Text]:
    """Why a page would refuse each of these; what may be done is not in it."""
    refused: dict[tuple[int, Part], Text] = {}
    with database.reading() as session:
        scheme = read_scheme(get_season_row(session, season_id))
        for change in changes:
            report = session.get_one(TaskReport, change.report)
            task = session.get_one(Task, report.task_id)
            if change.progress is not None:
                try:
                    task_reports.check_progress(session, actor, task, report, change.progress)
                except Problem as problem:
                    refused[change.report, "text"] = problem.text
            if change.grading is not None:
                try:
                    task_reports.check_grade(session, actor, scheme, task, report, change.grading)
                except Problem as problem:
                    refused[change.report, "grade"] = problem.text
    return refused


def enter_changes(act: Act, season_id: int, changes: Sequence[BookChange]) -> int:
    """Write all of them, or with one that is refused none."""
    with act.writing() as session:
        scheme = read_scheme(get_season_row(session, season_id))
        for change in changes:
            report, task = task_reports.get_in_season(session, season_id, change.report)
            _require_unchanged(session, task, report, change)
            if change.progress is not None:
                task_reports.enter_progress(session, act, task, report, change.progress)
            if change.grading is not None:
                task_reports.enter_grade(session, act, scheme, task, report, change.grading)
        return len(changes)


def _require_unchanged(
    session: Session, task: Task, report: TaskReport, change: BookChange
) -> None:
    session.refresh(report)
    stands = build_stamp(report.text, report.actual, report.grade, report.note)
    if stands != change.stamp:
        raise ACT_REFUSED.because(
            Text(
                f"“{task.title}”的报告刚刚被别人改过，一处也没有写入；请重新核对这份文件",
                f"somebody has just changed the report on “{task.title}”, and nothing was "
                "written; please check the file again",
            )
        )
