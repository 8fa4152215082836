"""Tasks of the year as lists and one by one: proposed, agreed, reported on, graded, counted."""

from collections.abc import Callable, Collection, Mapping

from flask import g, render_template, request, url_for
from flask_wtf import FlaskForm
from wtforms import SelectChoice

from evalsvc.admin.door.access import allowed, current_act, current_actor, door
from evalsvc.admin.door.doing import Answer, do_or_show
from evalsvc.clock import now
from evalsvc.domain import seasons
from evalsvc.domain.assessing import (
    carrying,
    task_changes,
    task_closing,
    task_list,
    task_missed,
    task_pages,
    task_plans,
    task_reports,
    tasks,
)
from evalsvc.domain.assessing.carrying import Carried
from evalsvc.domain.assessing.overruled import list_overruled
from evalsvc.domain.assessing.owners import list_graded
from evalsvc.domain.assessing.task_pages import TaskQuery
from evalsvc.domain.assessing.task_reports import Grading, Progress
from evalsvc.domain.assessing.tasks import Decision, Proposal
from evalsvc.domain.people import bodies
from evalsvc.domain.preparing import attachments, rosters
from evalsvc.errors import NOT_YOURS, Problem
from evalsvc.extensions import current_service
from evalsvc.language import LOCAL_TIME
from evalsvc.results.changes import ChangedFigure
from evalsvc.text import Text, same
from forms.assessment import (
    CallForm,
    CarryForm,
    CountForm,
    DecisionForm,
    GradeForm,
    ManyForm,
    MissedForm,
    PostedRow,
    ReportForm,
    TaskForm,
    name_row,
    read_rows,
)
from forms.plain_number import spell_plainly

# No choice for a report, and the choice of those that have none of their own.
REST = "rest"
# All that wait for somebody's word, on this page and on the others.
EVERY = "every"


@door.get("/seasons/<int:season_id>/tasks")
@allowed("manager", "auditor", "liaison", "assessor")
def tasks_page(season_id: int) -> str:
    return render_tasks(season_id)


@door.get("/tasks/<int:task_id>")
@allowed("manager", "auditor", "liaison", "assessor")
def task_page(task_id: int) -> str:
    return render_task(task_id)


@door.post("/seasons/<int:season_id>/tasks")
@allowed("manager", "liaison")
def propose_task(season_id: int) -> Answer:
    form = TaskForm()
    return _answer(
        season_id, form, lambda: tasks.propose_task(current_act(), season_id, read_proposal(form))
    )


@door.post("/tasks/<int:task_id>/resubmission")
@allowed("manager", "liaison")
def resubmit_task(task_id: int) -> Answer:
    form = TaskForm()
    return _answer_one(
        task_id, form, lambda: tasks.resubmit_task(current_act(), task_id, read_proposal(form))
    )


@door.post("/tasks/<int:task_id>/decision")
@allowed("manager", "assessor")
def decide_task(task_id: int) -> Answer:
    form = DecisionForm()
    return _answer_one(
        task_id,
        form,
        lambda: tasks.decide_task(
            current_act(), task_id, form.reason.data or "", agreed=form.verdict.data == "agree"
        ),
    )


@door.post("/seasons/<int:season_id>/tasks/decisions")
@allowed("manager", "assessor")
def decide_tasks(season_id: int) -> Answer:
    """What a level says to the tasks of a list; those without a word get that of the rest."""
    rows = read_rows(request.form)
    rest = request.form.get(REST, "")
    decisions = [
        Decision(row.number, row["why"], verdict == "agree")
        for row in rows
        if "why" in row.parts and (verdict := row["verdict"] or rest) in ("agree", "return")
    ]
    if rest == EVERY:
        decisions += _agree_to_others(season_id, {each.task for each in decisions})
    return _answer_list(
        season_id, rows, lambda: tasks.decide_tasks(current_act(), season_id, decisions)
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


@door.post("/seasons/<int:season_id>/tasks/missed")
@allowed("manager")
def settle_missed(season_id: int) -> Answer:
    form = MissedForm()
    return _answer(
        season_id,
        form,
        lambda: task_missed.settle_missed(
            current_act(), season_id, form.round.data, form.reason.data or ""
        ),
    )


@door.post("/seasons/<int:season_id>/tasks/carrying")
@allowed("manager")
def carry_tasks(season_id: int) -> Answer:
    """Another year's tasks proposed anew; what could not be carried is named on the page."""
    form, told = CarryForm(), []
    page = url_for("admin.tasks_page", season_id=season_id)

    def carry() -> None:
        told.append(carrying.carry_year(current_act(), season_id, form.earlier.data))

    answer = do_or_show(form, carry, lambda problem: render_tasks(season_id, form, problem), page)
    return render_tasks(season_id, carried=told[0]) if told else answer


@door.post("/seasons/<int:season_id>/tasks/progress")
@allowed("liaison")
def report_tasks(season_id: int) -> Answer:
    """The reports of a list that something was written for."""
    rows = read_rows(request.form)
    reports = {
        row.number: Progress(row["text"] or None, spell_plainly(row["actual"]) or None)
        for row in rows
        if row["text"] or row["actual"]
    }
    return _answer_list(
        season_id, rows, lambda: task_reports.report_tasks(current_act(), season_id, reports)
    )


@door.post("/seasons/<int:season_id>/tasks/gradings")
@allowed("manager", "assessor")
def grade_reports(season_id: int) -> Answer:
    """Grades of a list's reports; those without one of their own get the one of the rest."""
    rows = read_rows(request.form)
    grades = _list_grades(seasons.get_season(current_service().database, season_id))
    gradings = [
        Grading(row.number, grade, row["note"])
        for row in rows
        if "note" in row.parts and (grade := row["grade"] or _find_rest(grades, row["round"]))
    ]
    return _answer_list(
        season_id, rows, lambda: task_reports.grade_reports(current_act(), season_id, gradings)
    )


@door.post("/reports/<int:report_id>")
@allowed("liaison")
def report_task(report_id: int) -> Answer:
    form, database = ReportForm(), current_service().database
    task_id = task_reports.get_task_of_report(database, report_id)
    return _answer_one(
        task_id,
        form,
        lambda: task_reports.report_task(
            current_act(),
            report_id,
            form.text.data,
            # A page of a task without a target figure asks for none, and takes none away.
            None if form.actual.data is None else form.actual.data.strip(),
        ),
    )


@door.post("/reports/<int:report_id>/grade")
@allowed("manager", "assessor")
def grade_report(report_id: int) -> Answer:
    form, database = GradeForm(), current_service().database
    task_id = task_reports.get_task_of_report(database, report_id)
    return _answer_one(
        task_id,
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


def _answer_one(task_id: int, form: FlaskForm, verb: Callable[[], object]) -> Answer:
    page = url_for("admin.task_page", task_id=task_id)
    return do_or_show(
        form, verb, lambda problem: render_task(task_id, form, problem), page, own=True
    )


def _answer_list(season_id: int, rows: tuple[PostedRow, ...], verb: Callable[[], object]) -> Answer:
    """Back to the list as it was filtered; where something is refused, with all that was typed."""
    task_pages.require_part(current_service().database, season_id, current_actor())
    page = _find_list(season_id)
    form = ManyForm()
    return do_or_show(
        form, verb, lambda problem: render_tasks(season_id, form, problem, rows), page, own=True
    )


def _agree_to_others(season_id: int, decided: set[int]) -> list[Decision]:
    """The tasks of every page that nobody has said anything else about."""
    database = current_service().database
    eyes = task_pages.read_eyes(database, season_id, current_actor())
    plan = _read_query(seasons.get_season(database, season_id)).plan
    waiting = task_pages.list_waiting(database, season_id, eyes, plan)
    return [Decision(number, "", agreed=True) for number in waiting if number not in decided]


def _find_rest(grades: Mapping[str, Mapping[str, Text]], round_code: str) -> str:
    """The grade for all that have none of their own, by its place: each round has its own codes."""
    codes, place = list(grades.get(round_code, ())), request.form.get(REST, "")
    known = place.isascii() and place.isdigit() and len(place) < 3
    return codes[int(place)] if known and int(place) < len(codes) else ""


def render_tasks(
    season_id: int,
    form: FlaskForm | None = None,
    problem: Problem | None = None,
    posted: tuple[PostedRow, ...] = (),
    carried: Carried | None = None,
) -> str:
    database, actor = current_service().database, current_actor()
    season = seasons.get_season(database, season_id)
    eyes = task_pages.read_eyes(database, season_id, actor)
    query = _read_query(season)
    all_units = {unit.code: unit.name for unit in rosters.list_units(database, season_id)}
    own = all_units if eyes.everything else _pick(all_units, eyes.units)
    fresh = form if isinstance(form, TaskForm) else TaskForm(formdata=None)
    _offer(fresh, season_id, all_units if actor.has_role("manager") else _pick(own, eyes.units))
    return render_template(
        "admin/tasks.html",
        season=season,
        page=task_pages.list_page(database, season_id, query, eyes, now()),
        query=query,
        filters=_read_filters(),
        shows=task_pages.REPORT_FILTERS if query.round else task_pages.TASK_FILTERS,
        eyes=eyes,
        units=all_units if eyes.everything or eyes.bodies else own,
        grades=_list_grades(season),
        form=fresh,
        times=task_reports.list_rounds(season.scheme),
        closing=task_closing.get_closing(database, season_id),
        plans=task_plans.list_plans(database, season_id, eyes),
        call=_with_rounds(form if isinstance(form, CallForm) else CallForm(formdata=None), season),
        count=_with_rounds(CountForm(formdata=None), season),
        errors=_list_errors(form),
        problem=problem,
        posted={row.number: row for row in posted},
        carried=carried,
        changes=_list_changes(season, eyes.bodies, everything=eyes.everything),
        unit_names={code: same(name) for code, name in all_units.items()},
        earlier=carrying.list_earlier(database, season_id),
        name_row=name_row,
        moment=now(),
    )


def _list_changes(
    season: seasons.SeasonView, own: Collection[str], *, everything: bool
) -> tuple[ChangedFigure, ...]:
    """Figures that grades had made and the office has changed, for whoever leads the tasks."""
    found = list_overruled(current_service().database, season.id, None if everything else own)
    graded = set(list_graded(season.scheme))
    return tuple(each for each in found if (each.round, each.component) in graded)


def render_task(task_id: int, form: FlaskForm | None = None, problem: Problem | None = None) -> str:
    database, actor = current_service().database, current_actor()
    task = task_list.get_task(database, task_id)
    season = seasons.get_season(database, task.season_id)
    eyes = task_pages.read_eyes(database, task.season_id, actor)
    if not eyes.sees(task):
        raise Problem(NOT_YOURS, what=Text("这项任务", "this task"))
    fresh = form if isinstance(form, TaskForm) else TaskForm(formdata=None)
    units = {unit.code: unit.name for unit in rosters.list_units(database, season.id)}
    _offer(fresh, season.id, units if actor.has_role("manager") else _pick(units, eyes.units))
    return render_template(
        "admin/task.html",
        season=season,
        task=task,
        eyes=eyes,
        grades=_list_grades(season),
        form=fresh,
        times=task_reports.list_rounds(season.scheme),
        errors=_list_errors(form),
        problem=problem,
        files=attachments.list_attachments(database, season.id),
        changes=task_changes.list_changes(database, task_id),
        volumes=task_changes.tell_exemptions(database, task),
        closing=task_closing.get_closing(database, season.id),
        parts_offered=range(1, task_changes.MOST_PARTS + 1),
        typed=request.form,
        moment=now(),
    )


def _read_query(season: seasons.SeasonView) -> TaskQuery:
    """What the address asks for; what it can't mean asks for all."""
    asked = _read_filters()
    known = {each.code for each in season.scheme.rounds} | {task_pages.EVERY_ROUND}
    code = asked["round"] if asked["round"] in known else ""
    shows = task_pages.REPORT_FILTERS if code else task_pages.TASK_FILTERS
    show = asked["show"] if asked["show"] in shows else "all"
    page = max(1, min(request.args.get("page", 1, type=int), 100_000))
    plan = asked["plan"]
    known_plan = plan.isascii() and plan.isdigit() and len(plan) <= 9
    return TaskQuery(code, show, asked["unit"], page, int(plan) if known_plan else None)


def _find_list(season_id: int) -> str:
    """The list as it was filtered; what was done has left it, so that its first page comes next."""
    asked = _read_filters()
    return url_for(
        "admin.tasks_page",
        season_id=season_id,
        round=asked["round"] or None,
        show=asked["show"] or None,
        unit=asked["unit"] or None,
        plan=asked["plan"] or None,
    )


def _read_filters() -> dict[str, str]:
    return {name: request.args.get(name, "") for name in ("round", "show", "unit", "plan")}


def _pick(units: Mapping[str, str], codes: frozenset[str]) -> dict[str, str]:
    return {code: name for code, name in units.items() if code in codes}


def _list_grades(season: seasons.SeasonView) -> dict[str, Mapping[str, Text]]:
    return {
        each.code: task_reports.list_grades(season.scheme, each.code)
        for each in season.scheme.rounds
    }


def _list_errors(form: FlaskForm | None) -> list[str]:
    return [] if form is None else [e for errors in form.errors.values() for e in errors]


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


def read_proposal(form: TaskForm) -> Proposal:
    return Proposal(
        unit=form.unit.data,
        lead=form.lead.data,
        title=form.title.data,
        target=form.target.data,
        figure=(form.figure.data or "").strip(),
        last_year=(form.last_year.data or "").strip(),
        weight=(form.weight.data or "").strip(),
        lowered=(form.lowered.data or "").strip(),
        rounds=tuple(form.rounds.data or ()),
    )
