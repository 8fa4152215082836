"""The figures page: template out, workbook in, dry run, import."""

from flask import Response, g, redirect, render_template, url_for
from werkzeug.wrappers import Response as AnyResponse

from evalsvc.admin.access import allowed, current_actor, door
from evalsvc.admin.dry_run import build_dry_run
from evalsvc.admin.uploads import find_upload, forget_upload, keep_upload
from evalsvc.clock import now
from evalsvc.domain import figures, rosters, seasons
from evalsvc.errors import Problem
from evalsvc.extensions import current_service
from evalsvc.workbooks.figures import FiguresReading, read_figures
from evalsvc.workbooks.templates import figures_template
from forms.upload import WorkbookForm

Answer = str | AnyResponse | tuple[str, int]

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@door.get("/seasons/<int:season_id>/figures")
@allowed("manager", "auditor")
def figures_page(season_id: int) -> str:
    return _render(season_id, WorkbookForm())


@door.get("/seasons/<int:season_id>/figures.xlsx")
@allowed("manager")
def figures_file(season_id: int) -> Response:
    database = current_service().database
    season = seasons.get_season(database, season_id)
    units = rosters.list_units(database, season_id)
    content = figures_template(season.scheme, units, g.language)
    return Response(
        content,
        mimetype=XLSX,
        headers={"Content-Disposition": f'attachment; filename="figures-{season_id}.xlsx"'},
    )


@door.post("/seasons/<int:season_id>/figures")
@allowed("manager")
def upload_figures(season_id: int) -> Answer:
    form = WorkbookForm()
    if not form.validate():
        return _render(season_id, form), 422
    content = form.read_bytes()
    try:
        _read(season_id, content)
    except Problem as problem:
        return _render(season_id, form, problem), problem.kind.status
    keep_upload(_purpose(season_id), content)
    return redirect(url_for("admin.figures_dry_run", season_id=season_id))


@door.get("/seasons/<int:season_id>/figures/check")
@allowed("manager")
def figures_dry_run(season_id: int) -> Answer:
    content = find_upload(_purpose(season_id))
    if content is None:
        return redirect(url_for("admin.figures_page", season_id=season_id))
    reading = _read(season_id, content)
    return render_template(
        "admin/dry_run.html",
        season=seasons.get_season(current_service().database, season_id),
        run=build_dry_run(reading.sheets, reading.problems, ready=reading.figures is not None),
        noun="figures",
    )


@door.post("/seasons/<int:season_id>/figures/import")
@allowed("manager")
def import_figures(season_id: int) -> Answer:
    content = find_upload(_purpose(season_id))
    reading = _read(season_id, content) if content else None
    if reading is None or reading.figures is None:
        return redirect(url_for("admin.figures_dry_run", season_id=season_id))
    change = figures.import_figures(
        current_service().database, season_id, reading.figures, current_actor(), now()
    )
    forget_upload(_purpose(season_id))
    return _render(season_id, WorkbookForm(formdata=None), change=change)


@door.post("/seasons/<int:season_id>/figures/discard")
@allowed("manager")
def discard_figures(season_id: int) -> AnyResponse:
    forget_upload(_purpose(season_id))
    return redirect(url_for("admin.figures_page", season_id=season_id))


def _render(
    season_id: int,
    form: WorkbookForm,
    problem: Problem | None = None,
    change: figures.FiguresChange | None = None,
) -> str:
    database = current_service().database
    return render_template(
        "admin/figures.html",
        season=seasons.get_season(database, season_id),
                form=form,
        problem=problem,
        change=change,
        kept=find_upload(_purpose(season_id)) is not None,
    )


def _read(season_id: int, content: bytes) -> FiguresReading:
    database = current_service().database
    season = seasons.get_season(database, season_id)
    return read_figures(content, season.scheme, rosters.list_units(database, season_id))


def _purpose(season_id: int) -> str:
    return f"figures {season_id}"
