"""Counts what a bulletin says of the tasks of a month, a quarter or a half-year."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime

from evalsvc.db import Database
from evalsvc.domain import seasons
from evalsvc.domain.assessing import task_list, task_places, task_reports
from evalsvc.domain.assessing.task_list import ReportView, TaskView
from evalsvc.domain.assessing.task_places import Period
from evalsvc.errors import NOT_FOUND, Problem
from evalsvc.reports.documents.bulletin import Bulletin, LateTask, ReportCounts, UnitCounts
from evalsvc.scheme.model import Scheme
from evalsvc.text import Text

Row = tuple[TaskView, ReportView]
Grades = Mapping[tuple[str, str], int]
"""The place of each grade among a round's, by round and code."""

_TITLES: Mapping[int, Text] = {
    1: Text("任务进展情况通报", "Bulletin of tasks"),
    3: Text("任务进展季度报告", "Quarterly report on tasks"),
    6: Text("任务进展半年小结", "Half-year summary of tasks"),
}


def build_bulletin(
    database: Database, season_id: int, period_code: str, moment: datetime
) -> Bulletin:
    """How a period's tasks stand at a moment."""
    season = seasons.get_season(database, season_id)
    period = _get_period(season.scheme, period_code)
    rows = [
        (task, report)
        for task in task_list.list_tasks(database, season_id)
        for report in task.reports
        if report.round in period.rounds and not report.exempt
    ]
    grades = _number_grades(season.scheme, period.rounds)
    names = {task.lead: task.lead_name for task, _ in rows}
    months = {code: season.scheme.get_round(code).name for code in period.rounds}
    return Bulletin(
        season_title=season.title,
        office=season.office,
        title=_TITLES[len(period.rounds)],
        period=period.name,
        months=months if len(months) > 1 else {},
        moment=moment,
        grades=tuple(task_reports.list_grades(season.scheme, period.rounds[0]).values()),
        total=_count(rows, moment, grades),
        leads=tuple(
            (names[lead], _count(part, moment, grades))
            for lead, part in _part(rows, lambda row: row[0].lead)
        ),
        units=_list_units(database, season_id, period, rows, moment, grades),
        late=tuple(
            LateTask(task.unit_name, task.title, names[task.lead], report.due, report.reported_at)
            for task, report in rows
            if report.was_late or report.is_overdue(moment)
        ),
    )


def _get_period(scheme: Scheme, code: str) -> Period:
    for period in task_places.list_periods(scheme):
        if period.code == code:
            return period
    # A round without grades of tasks may still have had reports asked for.
    if code in {each.code for each in scheme.rounds}:
        return Period(code, scheme.get_round(code).name, (code,))
    raise Problem(NOT_FOUND)


def _number_grades(scheme: Scheme, rounds: Sequence[str]) -> Grades:
    return {
        (code, grade): place
        for code in rounds
        for place, grade in enumerate(task_reports.list_grades(scheme, code))
    }


def _part(rows: Sequence[Row], by: Callable[[Row], str]) -> Iterable[tuple[str, list[Row]]]:
    found: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        found[by(row)].append(row)
    return found.items()


def _list_units(
    database: Database,
    season_id: int,
    period: Period,
    rows: Sequence[Row],
    moment: datetime,
    grades: Grades,
) -> tuple[UnitCounts, ...]:
    """Units with tasks or points in the period, by category and place."""
    own = dict(_part(rows, lambda row: row[0].unit))
    return tuple(
        UnitCounts(
            each.name,
            each.category,
            _count(own.get(each.unit, ()), moment, grades),
            each.months,
            each.points,
            each.place,
            each.of,
        )
        for each in task_places.list_places(database, season_id, period.rounds)
        if each.unit in own or each.points is not None
    )


def _count(rows: Sequence[Row], moment: datetime, grades: Grades) -> ReportCounts:
    reports = [report for _, report in rows]
    return ReportCounts(
        due=len(reports),
        reported=sum(each.reported_at is not None for each in reports),
        reported_late=sum(each.was_late for each in reports),
        missed=sum(each.is_overdue(moment) for each in reports),
        graded=sum(each.grade != "" for each in reports),
        grades=Counter(
            grades[each.round, each.grade] for each in reports if (each.round, each.grade) in grades
        ),
    )
