"""Workbooks of tasks, both ways: reports and grades of rounds, and the plan of a year's tasks."""

from collections.abc import Mapping

from flask import g, render_template, request
from flask_wtf import FlaskForm

from evalsvc.admin.door.access import allowed, current_act, current_actor, door
from evalsvc.admin.uploads.flow import Checked, Comparison, Upload
from evalsvc.clock import now
from evalsvc.domain import seasons
from evalsvc.domain.assessing import task_books, task_list, task_pages, task_plans
from evalsvc.domain.assessing.task_books import BookChange
from evalsvc.domain.assessing.task_pages import EVERY_ROUND, REPORT_FILTERS, TaskQuery
from evalsvc.domain.assessing.task_plans import PlanRow
from evalsvc.domain.people import bodies
from evalsvc.domain.preparing import rosters
from evalsvc.domain.preparing.rosters import Change
from evalsvc.errors import Problem
from evalsvc.extensions import current_service
from evalsvc.text import same
from evalsvc.workbooks.cells import build_key
from evalsvc.workbooks.task_plan import PlanContext, plan_book, read_plan
from evalsvc.workbooks.task_reports import read_task_book, task_book
from forms.upload import WorkbookForm

Changes = tuple[BookChange, ...]
Plan = tuple[PlanRow, ...]
NO_FORMS: Mapping[str, FlaskForm | None] = {}


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


def _get_plan_context(season_id: int) -> PlanContext:
    """What this colleague may propose: the office for any unit, a liaison for its own."""
    database, actor = current_service().database, current_actor()
    scheme = seasons.get_season(database, season_id).scheme
    eyes = task_pages.read_eyes(database, season_id, actor)
    every = actor.has_role("manager")
    units = {
        unit.code: same(unit.name)
        for unit in rosters.list_units(database, season_id)
        if every or unit.code in eyes.units
    }
    found = [task for task in task_list.list_tasks(database, season_id) if task.unit in units]
    leads = bodies.list_bodies(database, season_id)
    return PlanContext(
        scheme,
        units,
        {code: name for code, name in leads.items() if code not in bodies.DESKS},
        {task.id: task for task in found if task.state == "returned"},
        frozenset((task.unit, build_key(task.title)) for task in found),
    )


def _write_plan(season_id: int) -> bytes:
    return plan_book(_get_plan_context(season_id), g.language)


def _check_plan(season_id: int, content: bytes) -> Checked[Plan]:
    database, actor = current_service().database, current_actor()
    reading = read_plan(
        content,
        _get_plan_context(season_id),
        lambda rows: task_plans.judge_plan(database, season_id, actor, rows),
    )
    return Checked(
        reading.rows,
        reading.sheets,
        reading.problems,
        comparison=Comparison(reading.differences) if reading.rows is not None else None,
    )


def _accept_plan(season_id: int, rows: Plan) -> Change:
    proposed, mended = task_plans.enter_plan(current_act(), season_id, rows)
    return Change(added=proposed, changed=mended)


def _require_part(season_id: int) -> None:
    task_pages.require_part(current_service().database, season_id, current_actor())


def _render_reports(
    season_id: int, form: FlaskForm | None, problem: Problem | None, change: Change | None
) -> str:
    return _render(season_id, {"reports": form}, problem, change)


def _render_plan(
    season_id: int, form: FlaskForm | None, problem: Problem | None, change: Change | None
) -> str:
    return _render(season_id, {"plan": form}, problem, change)


def _render(
    season_id: int,
    forms: Mapping[str, FlaskForm | None] = NO_FORMS,
    problem: Problem | None = None,
    change: Change | None = None,
) -> str:
    database = current_service().database
    eyes = task_pages.read_eyes(database, season_id, current_actor())
    listed = task_pages.list_page(database, season_id, TaskQuery(EVERY_ROUND), eyes, now())
    plan_form = forms.get("plan") or WorkbookForm(formdata=None)
    # Two forms of one kind on a page: each field has a name of its own there.
    plan_form.workbook.id = "plan-workbook"
    return render_template(
        "admin/task_books.html",
        season=seasons.get_season(database, season_id),
        asked=listed.asked if listed.counts["all"] else (),
        counts=listed.counts,
        form=forms.get("reports") or WorkbookForm(formdata=None),
        plan_form=plan_form,
        was_plan="plan" in forms,
        plan_kept=PLAN.is_kept(season_id),
        returned=task_pages.list_page(
            database, season_id, TaskQuery(show="returned"), eyes, now()
        ).n,
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
    render=_render_reports,
    template=_write_reports,
    roles=("manager", "liaison", "assessor"),
    require=_require_part,
)
REPORTS.offer("/seasons/<int:season_id>/tasks/workbooks/reports")
PLAN = Upload(
    noun="task_plan",
    page="task_books_page",
    title="任务清单",
    form=WorkbookForm,
    check=_check_plan,
    accept=_accept_plan,
    render=_render_plan,
    template=_write_plan,
    roles=("manager", "liaison"),
    require=_require_part,
)
PLAN.offer("/seasons/<int:season_id>/tasks/workbooks/plan")
