"""The questionnaires page: each one out as an XLSForm workbook, and a changed one back in.

A survey of LimeSurvey comes in by the same way.
"""

from flask import Response, render_template
from flask_wtf import FlaskForm
from werkzeug.exceptions import NotFound

from evalsvc.admin.door.access import allowed_to_staff, current_act, door
from evalsvc.admin.uploads.flow import XLSX, Checked, Upload
from evalsvc.domain import seasons
from evalsvc.domain.preparing import rosters
from evalsvc.domain.preparing.rosters import Change
from evalsvc.errors import Problem
from evalsvc.extensions import current_service
from evalsvc.xlsform.replacing import Replacement, read_replacement
from evalsvc.xlsform.writing import ListedUnit, render_form
from forms.upload import QuestionnaireForm


@door.get("/seasons/<int:season_id>/questionnaires")
@allowed_to_staff
def questionnaires_page(season_id: int) -> str:
    return _render(season_id)


@door.get("/seasons/<int:season_id>/questionnaires/<code>.xlsx")
@allowed_to_staff
def questionnaire_file(season_id: int, code: str) -> Response:
    database = current_service().database
    scheme = seasons.get_season(database, season_id).scheme
    if code not in scheme.questionnaires:
        raise NotFound
    units = [
        ListedUnit(unit.code, unit.name, unit.category)
        for unit in rosters.list_units(database, season_id)
    ]
    place = list(scheme.questionnaires).index(code) + 1
    return Response(
        render_form(scheme.questionnaires[code], scheme.categories, units),
        mimetype=XLSX,
        headers={
            "Content-Disposition": f'attachment; filename="questionnaire-{season_id}-{place}.xlsx"'
        },
    )


def _check(season_id: int, content: bytes) -> Checked[Replacement]:
    database = current_service().database
    season = seasons.get_season(database, season_id)
    units = rosters.list_units(database, season_id)
    names = [name for unit in units for name in (unit.code, unit.name)]
    reading = read_replacement(content, season.scheme, season.scheme_text, names)
    found = reading.replacement
    notes = (found.describe(),) if found else ()
    return Checked(found, reading.sheets, reading.problems, notes)


def _accept(season_id: int, found: Replacement) -> Change:
    seasons.change_scheme(current_act(), season_id, found.scheme_text)
    return Change(found.added, found.changed, found.removed)


def _render(
    season_id: int,
    form: FlaskForm | None = None,
    problem: Problem | None = None,
    change: Change | None = None,
) -> str:
    season = seasons.get_season(current_service().database, season_id)
    return render_template(
        "admin/questionnaires.html",
        season=season,
        sheets=[(each, each.asked) for each in season.scheme.questionnaires.values()],
        changeable=all(each.state == "preparing" for each in season.rounds),
        form=form or QuestionnaireForm(formdata=None),
        problem=problem,
        change=change,
        kept=UPLOAD.is_kept(season_id),
    )


UPLOAD = Upload(
    noun="questionnaire",
    page="questionnaires_page",
    title="问卷",
    form=QuestionnaireForm,
    check=_check,
    accept=_accept,
    render=_render,
    accepts=".xlsx,.lss",
)
UPLOAD.offer("/seasons/<int:season_id>/questionnaires")
