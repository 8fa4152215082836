"""Counts what a bulletin says of a round's tasks."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from evalsvc.db import Database
from evalsvc.domain import seasons
from evalsvc.domain.assessing import task_list, task_reports
from evalsvc.domain.assessing.task_list import ReportView, TaskView
from evalsvc.errors import NOT_FOUND, Problem
from evalsvc.reports.documents.bulletin import Bulletin, LateTask, ReportCounts

Row = tuple[TaskView, ReportView]


def build_bulletin(
    database: Database, season_id: int, round_code: str, moment: datetime
) -> Bulletin:
    """How a round's tasks stand at a moment."""
    season = seasons.get_season(database, season_id)
    if round_code not in {one.code for one in season.scheme.rounds}:
        raise Problem(NOT_FOUND)
    rows = [
        (task, report)
        for task in task_list.list_tasks(database, season_id)
        for report in task.reports
        if report.round == round_code and not report.exempt
    ]
    leads = dict.fromkeys(task.lead for task, _ in rows)
    names = {task.lead: task.lead_name for task, _ in rows}
    return Bulletin(
        season_title=season.title,
        office=season.office,
        round_name=season.scheme.get_round(round_code).name,
        moment=moment,
        grades=task_reports.list_grades(season.scheme, round_code),
        total=_count(rows, moment),
        leads=tuple(
            (names[lead], _count([row for row in rows if row[0].lead == lead], moment))
            for lead in leads
        ),
        late=tuple(
            LateTask(task.unit_name, task.title, names[task.lead], report.due, report.reported_at)
            for task, report in rows
            if report.was_late or report.is_overdue(moment)
        ),
    )


def _count(rows: Sequence[Row], moment: datetime) -> ReportCounts:
    reports = [report for _, report in rows]
    return ReportCounts(
        due=len(reports),
        reported=sum(each.reported_at is not None for each in reports),
        reported_late=sum(each.was_late for each in reports),
        missed=sum(each.is_overdue(moment) for each in reports),
        graded=sum(each.grade != "" for each in reports),
        grades=Counter(each.grade for each in reports if each.grade),
    )
