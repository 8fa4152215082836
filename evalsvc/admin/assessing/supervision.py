"""Findings of supervision and e-monitoring with what became of them, and weekly self-checks."""

from collections.abc import Callable

from flask import render_template, url_for
from flask_wtf import FlaskForm
from wtforms import SelectChoice

from evalsvc.admin.door.access import allowed, current_act, current_actor, door
from evalsvc.admin.door.doing import Answer, do_or_show
from evalsvc.clock import now
from evalsvc.domain import seasons
from evalsvc.domain.assessing import supervision, task_pages
from evalsvc.domain.assessing.supervision import Deduction, Noticed
from evalsvc.domain.office_days import office_day
from evalsvc.domain.preparing import rosters
from evalsvc.errors import Problem
from evalsvc.extensions import current_service
from forms.supervision import FindingForm, SaidForm, SettlingForm

# The last weeks of all units; a unit sees all of its own.
SHOWN_CHECKS = 60


@door.get("/seasons/<int:season_id>/supervision")
@allowed("manager", "auditor", "liaison")
def supervision_page(season_id: int) -> str:
    return _render(season_id)


@door.post("/seasons/<int:season_id>/supervision")
@allowed("manager")
def note_finding(season_id: int) -> Answer:
    form = FindingForm()

    def note() -> None:
        noticed = Noticed(
            form.unit.data,
            form.kind.data,
            form.day.data,
            form.found.data,
            form.notice.data,
            form.due.data,
        )
        supervision.note_finding(current_act(), season_id, noticed)

    return _answer(season_id, form, note)


@door.post("/findings/<int:finding_id>/rectification")
@allowed("liaison")
def rectify(finding_id: int) -> Answer:
    form = SaidForm()
    return _answer(
        _find_season(finding_id),
        form,
        lambda: supervision.rectify(current_act(), finding_id, form.text.data),
    )


@door.post("/findings/<int:finding_id>/settlement")
@allowed("manager")
def settle_finding(finding_id: int) -> Answer:
    form = SettlingForm()

    def settle() -> None:
        deducts = form.verdict.data == "deduct"
        deduction = Deduction(
            form.rule.data or "", form.round.data or "", (form.amount.data or "").strip()
        )
        supervision.settle(
            current_act(), finding_id, form.reason.data, deduction if deducts else None
        )

    return _answer(_find_season(finding_id), form, settle)


@door.post("/seasons/<int:season_id>/supervision/weeks")
@allowed("liaison")
def write_self_check(season_id: int) -> Answer:
    form = SaidForm()
    return _answer(
        season_id,
        form,
        lambda: supervision.write_self_check(
            current_act(), season_id, form.unit.data or "", form.text.data
        ),
    )


def _find_season(finding_id: int) -> int:
    return supervision.get_season_of_finding(current_service().database, finding_id)


def _answer(season_id: int, form: FlaskForm, verb: Callable[[], object]) -> Answer:
    task_pages.require_part(current_service().database, season_id, current_actor())
    page = url_for("admin.supervision_page", season_id=season_id)
    return do_or_show(form, verb, lambda problem: _render(season_id, form, problem), page, own=True)


def _render(season_id: int, form: FlaskForm | None = None, problem: Problem | None = None) -> str:
    database, actor = current_service().database, current_actor()
    eyes = task_pages.require_part(database, season_id, actor)
    season = seasons.get_season(database, season_id)
    units = {unit.code: unit.name for unit in rosters.list_units(database, season_id)}
    own = None if eyes.everything else eyes.units
    fresh = form if isinstance(form, FindingForm) else FindingForm(formdata=None)
    fresh.unit.choices = [SelectChoice(code, name) for code, name in units.items()]
    return render_template(
        "admin/supervision.html",
        season=season,
        findings=supervision.list_findings(database, season_id, own),
        checks=supervision.list_self_checks(database, season_id, own, SHOWN_CHECKS),
        deductions=supervision.list_deductions(season.scheme),
        units={code: units[code] for code in eyes.units if code in units},
        own=eyes.units,
        form=fresh,
        errors=[] if form is None else [e for errors in form.errors.values() for e in errors],
        problem=problem,
        today=office_day(now()),
    )
