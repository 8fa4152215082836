"""Workbooks of tasks, both ways: reports and grades of a round or of all rounds."""

from flask import g, render_template, request
from flask_wtf import FlaskForm

from evalsvc.admin.door.access import allowed, current_act, current_actor, door
from evalsvc.admin.preparing.upload_flow import Checked, Comparison, Upload
from evalsvc.clock import now
from evalsvc.domain import seasons
from evalsvc.domain.assessing import task_books, task_pages
from evalsvc.domain.assessing.task_books import BookChange
from evalsvc.domain.assessing.task_pages import EVERY_ROUND, REPORT_FILTERS, TaskQuery
from evalsvc.domain.preparing.rosters import Change
from evalsvc.errors import Problem
from evalsvc.extensions import current_service
from evalsvc.workbooks.task_reports import read_task_book, task_book
from forms.upload import WorkbookForm

Changes = tuple[BookChange, ...]


@door.get("/seasons/<int:season_id>/tasks/workbooks")
@allowed("manager", "liaison", "assessor")
def task_books_page(season_id: int) -> str:
    _require_part(season_id)
    return _render(season_id)


def _write_reports(season_id: int) -> bytes:
    """The reports that the address asks for, of what this colleague sees."""
    database = current_service().database
    eyes = task_pages.read_eyes(database, season_id, current_actor())
    season = seasons.get_season(database, season_id)
    rounds = {each.code for each in season.scheme.rounds}
    code, show = request.args.get("round", ""), request.args.get("show", "")
    query = TaskQuery(
        code if code in rounds else EVERY_ROUND, show if show in REPORT_FILTERS else "all"
    )
    found = task_pages.list_rows(database, season_id, query, eyes, now())
    rows = [
        task_books.build_row(row.task, row.report, eyes) for row in found if row.report is not None
    ]
    return task_book(season.scheme, rows, g.language)


def _check_reports(season_id: int, content: bytes) -> Checked[Changes]:
    database, actor = current_service().database, current_actor()
    eyes = task_pages.read_eyes(database, season_id, actor)
    scheme = seasons.get_season(database, season_id).scheme
    reading = read_task_book(
        content,
        scheme,
        lambda numbers: task_books.find_rows(database, season_id, eyes, numbers),
        lambda changes: task_books.judge_changes(database, season_id, actor, changes),
    )
    return Checked(
        reading.changes,
        reading.sheets,
        reading.problems,
        comparison=Comparison(reading.differences) if reading.changes is not None else None,
    )


def _accept_reports(season_id: int, changes: Changes) -> Change:
    return Change(changed=task_books.enter_changes(current_act(), season_id, changes))


def _require_part(season_id: int) -> None:
    task_pages.require_part(current_service().database, season_id, current_actor())


def _render(
    season_id: int,
    form: FlaskForm | None = None,
    problem: Problem | None = None,
    change: Change | None = None,
) -> str:
    database = current_service().database
    eyes = task_pages.read_eyes(database, season_id, current_actor())
    listed = task_pages.list_page(database, season_id, TaskQuery(EVERY_ROUND), eyes, now())
    return render_template(
        "admin/task_books.html",
        season=seasons.get_season(database, season_id),
        asked=listed.asked if listed.counts["all"] else (),
        counts=listed.counts,
        form=form or WorkbookForm(formdata=None),
        problem=problem,
        change=change,
        kept=REPORTS.is_kept(season_id),
    )


REPORTS = Upload(
    noun="task_reports",
    page="task_books_page",
    title="任务报告工作簿",
    form=WorkbookForm,
    check=_check_reports,
    accept=_accept_reports,
    render=_render,
    template=_write_reports,
    roles=("manager", "liaison", "assessor"),
    require=_require_part,
)
REPORTS.offer("/seasons/<int:season_id>/tasks/workbooks/reports")
