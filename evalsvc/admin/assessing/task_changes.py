"""What the office does to tasks that stand, each with its reason; and grades opened again."""

from collections.abc import Callable

from flask import request, url_for
from flask_wtf import FlaskForm

from evalsvc.admin.assessing.tasks import read_proposal, render_task, render_tasks
from evalsvc.admin.door.access import allowed, current_act, door
from evalsvc.admin.door.doing import Answer, do_or_show
from evalsvc.domain.assessing import task_changes, task_closing, task_reports
from evalsvc.domain.assessing.task_changes import MOST_PARTS, Part
from evalsvc.extensions import current_service
from forms.assessment import MendForm, WhyForm
from forms.plain_number import spell_plainly


@door.post("/tasks/<int:task_id>/mending")
@allowed("manager")
def mend_task(task_id: int) -> Answer:
    form = MendForm()
    return _answer(
        task_id,
        form,
        lambda: task_changes.mend_task(
            current_act(), task_id, read_proposal(form), form.reason.data
        ),
    )


@door.post("/tasks/<int:task_id>/splitting")
@allowed("manager")
def split_task(task_id: int) -> Answer:
    form = WhyForm()
    return _answer(
        task_id,
        form,
        lambda: task_changes.split_task(current_act(), task_id, _read_parts(), form.reason.data),
    )


@door.post("/tasks/<int:task_id>/withdrawal")
@allowed("manager")
def withdraw_task(task_id: int) -> Answer:
    form = WhyForm()
    return _answer(
        task_id, form, lambda: task_changes.withdraw_task(current_act(), task_id, form.reason.data)
    )


@door.post("/reports/<int:report_id>/exemption")
@allowed("manager")
def exempt_report(report_id: int) -> Answer:
    form = WhyForm()
    task_id = task_reports.get_task_of_report(current_service().database, report_id)
    return _answer(
        task_id,
        form,
        lambda: task_changes.exempt_report(current_act(), report_id, form.reason.data),
    )


@door.post("/reports/<int:report_id>/restoration")
@allowed("manager")
def restore_report(report_id: int) -> Answer:
    form = WhyForm()
    task_id = task_reports.get_task_of_report(current_service().database, report_id)
    return _answer(
        task_id,
        form,
        lambda: task_changes.restore_report(current_act(), report_id, form.reason.data),
    )


@door.post("/seasons/<int:season_id>/tasks/reopening")
@allowed("manager")
def reopen_tasks(season_id: int) -> Answer:
    form = WhyForm()
    return do_or_show(
        form,
        lambda: task_closing.reopen_tasks(current_act(), season_id, form.reason.data),
        lambda problem: render_tasks(season_id, form, problem),
        url_for("admin.tasks_page", season_id=season_id),
    )


def _answer(task_id: int, form: FlaskForm, verb: Callable[[], object]) -> Answer:
    page = url_for("admin.task_page", task_id=task_id)
    return do_or_show(
        form, verb, lambda problem: render_task(task_id, form, problem), page, own=True
    )


def _read_parts() -> list[Part]:
    """The parts with anything written in them, in the order of the page."""
    typed = (
        [request.form.get(f"{name}.{n}", "").strip() for name in ("title", "target", "weight")]
        for n in range(1, MOST_PARTS + 1)
    )
    return [
        Part(title, target, spell_plainly(weight))
        for title, target, weight in typed
        if title or target or weight
    ]
