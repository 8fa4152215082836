"""Tasks of the year: proposed, agreed by four levels, reported on, graded by the lead body."""

from collections.abc import Callable, Mapping

from flask import g, render_template, url_for
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import SelectChoice

from evalsvc.admin.door.access import allowed, current_act, current_actor, door
from evalsvc.admin.door.doing import Answer, do_or_show
from evalsvc.clock import now
from evalsvc.domain import seasons
from evalsvc.domain.assessing import task_list, task_reports, tasks
from evalsvc.domain.assessing.task_list import TaskView
from evalsvc.domain.assessing.tasks import Proposal
from evalsvc.domain.people import bodies, liaisons
from evalsvc.domain.preparing import attachments, rosters
from evalsvc.errors import Problem
from evalsvc.extensions import current_service
from evalsvc.language import LOCAL_TIME
from evalsvc.reports.documents.bulletin import render_bulletin
from evalsvc.work.bulletin import build_bulletin
from forms.assessment import CallForm, CountForm, DecisionForm, GradeForm, ReportForm, TaskForm


@door.get("/seasons/<int:season_id>/tasks")
@allowed("manager", "auditor", "liaison", "assessor")
def tasks_page(season_id: int) -> str:
    return render_tasks(season_id)


@door.post("/seasons/<int:season_id>/tasks")
@allowed("manager", "liaison")
def propose_task(season_id: int) -> Answer:
    form = TaskForm()
    return _answer(
        season_id, form, lambda: tasks.propose_task(current_act(), season_id, _read_proposal(form))
    )


@door.post("/tasks/<int:task_id>/resubmission")
@allowed("manager", "liaison")
def resubmit_task(task_id: int) -> Answer:
    form, database = TaskForm(), current_service().database
    season_id = tasks.get_season_of_task(database, task_id)
    return _answer(
        season_id, form, lambda: tasks.resubmit_task(current_act(), task_id, _read_proposal(form))
    )


@door.post("/tasks/<int:task_id>/decision")
@allowed("manager", "assessor")
def decide_task(task_id: int) -> Answer:
    form, database = DecisionForm(), current_service().database
    season_id = tasks.get_season_of_task(database, task_id)
    return _answer(
        season_id,
        form,
        lambda: tasks.decide_task(
            current_act(), task_id, form.reason.data or "", agreed=form.verdict.data == "agree"
        ),
    )


@door.post("/seasons/<int:season_id>/tasks/reports")
@allowed("manager")
def ask_for_reports(season_id: int) -> Answer:
    form = CallForm()
    return _answer(
        season_id,
        form,
        lambda: task_reports.ask_for_reports(
            current_act(), season_id, form.round.data, form.due.data.replace(tzinfo=LOCAL_TIME)
        ),
    )


@door.post("/seasons/<int:season_id>/tasks/grades")
@allowed("manager")
def count_grades(season_id: int) -> Answer:
    form = CountForm()
    return _answer(
        season_id,
        form,
        lambda: task_reports.count_grades(current_act(), season_id, form.round.data),
    )


@door.get("/seasons/<int:season_id>/tasks/bulletin/<round_code>.pdf")
@allowed("manager", "auditor")
def bulletin(season_id: int, round_code: str) -> Response:
    found = build_bulletin(current_service().database, season_id, round_code, now())
    return Response(
        render_bulletin(found, g.language),
        mimetype="application/pdf",
        headers={"Content-Disposition": f'attachment; filename="bulletin-{season_id}.pdf"'},
    )


@door.post("/reports/<int:report_id>")
@allowed("liaison")
def report_task(report_id: int) -> Answer:
    form, database = ReportForm(), current_service().database
    season_id = task_reports.get_season_of_report(database, report_id)
    return _answer(
        season_id, form, lambda: task_reports.report_task(current_act(), report_id, form.text.data)
    )


@door.post("/reports/<int:report_id>/grade")
@allowed("assessor")
def grade_report(report_id: int) -> Answer:
    form, database = GradeForm(), current_service().database
    season_id = task_reports.get_season_of_report(database, report_id)
    return _answer(
        season_id,
        form,
        lambda: task_reports.grade_report(
            current_act(), report_id, form.grade.data, form.note.data or ""
        ),
    )


def _answer(season_id: int, form: FlaskForm, verb: Callable[[], object]) -> Answer:
    page = url_for("admin.tasks_page", season_id=season_id)
    return do_or_show(
        form, verb, lambda problem: render_tasks(season_id, form, problem), page, own=True
    )


def render_tasks(
    season_id: int, form: FlaskForm | None = None, problem: Problem | None = None
) -> str:
    database, actor = current_service().database, current_actor()
    season = seasons.get_season(database, season_id)
    units = liaisons.list_own_units(database, season_id, actor)
    own_bodies = bodies.list_own_bodies(database, season_id, actor)
    seen = _list_seen(task_list.list_tasks(database, season_id), units, own_bodies)
    all_units = {unit.code: unit.name for unit in rosters.list_units(database, season_id)}
    fresh = form if isinstance(form, TaskForm) else TaskForm(formdata=None)
    _offer(fresh, season_id, all_units if actor.has_role("manager") else units)
    return render_template(
        "admin/tasks.html",
        season=season,
        tasks=seen,
        units=units,
        bodies=own_bodies,
        grades={
            each.code: task_reports.list_grades(season.scheme, each.code)
            for each in season.scheme.rounds
        },
        form=fresh,
        call=_with_rounds(form if isinstance(form, CallForm) else CallForm(formdata=None), season),
        count=_with_rounds(CountForm(formdata=None), season),
        errors=[] if form is None else [e for errors in form.errors.values() for e in errors],
        problem=problem,
        files=attachments.list_attachments(database, season_id),
        moment=now(),
    )


def _list_seen(
    found: tuple[TaskView, ...], units: Mapping[str, str], own_bodies: frozenset[str]
) -> list[TaskView]:
    """The office sees all; others what they carry, lead or have to decide on."""
    if current_actor().has_role("manager", "auditor"):
        return list(found)
    desk = bool(own_bodies & bodies.DESKS.keys())
    return [task for task in found if desk or task.unit in units or task.lead in own_bodies]


def _offer(form: TaskForm, season_id: int, units: Mapping[str, str]) -> None:
    names = bodies.list_bodies(current_service().database, season_id)
    form.unit.choices = [SelectChoice(code, name) for code, name in units.items()]
    form.lead.choices = [
        SelectChoice(code, name.in_language(g.language))
        for code, name in names.items()
        if code not in bodies.DESKS
    ]


def _with_rounds(form: FlaskForm, season: seasons.SeasonView) -> FlaskForm:
    form.round.choices = [
        SelectChoice(each.code, each.name.in_language(g.language)) for each in season.scheme.rounds
    ]
    return form


def _read_proposal(form: TaskForm) -> Proposal:
    return Proposal(
        unit=form.unit.data,
        lead=form.lead.data,
        title=form.title.data,
        target=form.target.data,
        figure=(form.figure.data or "").strip(),
        last_year=(form.last_year.data or "").strip(),
        weight=(form.weight.data or "").strip(),
    )
