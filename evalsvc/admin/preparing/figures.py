"""The figures page: indicators and adjustments, by their workbook."""

from flask import g, render_template
from flask_wtf import FlaskForm

from evalsvc.admin.door.access import allowed, current_act, door
from evalsvc.admin.uploads.flow import Checked, Upload
from evalsvc.admin.uploads.planned import build_planned
from evalsvc.domain import seasons
from evalsvc.domain.preparing import figures, rosters
from evalsvc.domain.preparing.figures import Figures
from evalsvc.domain.preparing.rosters import Change
from evalsvc.errors import Problem
from evalsvc.extensions import current_service
from evalsvc.workbooks.figures import read_figures
from evalsvc.workbooks.templates import figures_template
from forms.upload import WorkbookForm


@door.get("/seasons/<int:season_id>/figures")
@allowed("manager", "auditor")
def figures_page(season_id: int) -> str:
    return _render(season_id)


def _write_template(season_id: int) -> bytes:
    database = current_service().database
    season = seasons.get_season(database, season_id)
    units = rosters.list_units(database, season_id)
    standing = figures.get_standing(database, season_id)
    return figures_template(season.scheme, units, g.language, standing)


def _check(season_id: int, content: bytes) -> Checked[Figures]:
    database = current_service().database
    scheme = seasons.get_season(database, season_id).scheme
    units = rosters.list_units(database, season_id)
    standing = figures.get_standing(database, season_id)
    reading = read_figures(content, scheme, units, standing)
    planned = None
    if reading.figures is not None:
        planned = build_planned(scheme, units, figures.plan_import(standing, reading.figures))
    return Checked(reading.figures, reading.sheets, reading.problems, planned=planned)


def _accept(season_id: int, found: Figures) -> Change:
    return figures.import_figures(current_act(), season_id, found).total


def _render(
    season_id: int,
    form: FlaskForm | None = None,
    problem: Problem | None = None,
    change: Change | None = None,
) -> str:
    return render_template(
        "admin/figures.html",
        season=seasons.get_season(current_service().database, season_id),
        form=form or WorkbookForm(formdata=None),
        problem=problem,
        change=change,
        kept=UPLOAD.is_kept(season_id),
    )


UPLOAD = Upload(
    noun="figures",
    page="figures_page",
    title="指标和加减分",
    form=WorkbookForm,
    check=_check,
    accept=_accept,
    render=_render,
    template=_write_template,
)
UPLOAD.offer("/seasons/<int:season_id>/figures")
