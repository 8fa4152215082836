"""The roster page: template out, workbook in, dry run, import."""

from flask import Response, g, redirect, render_template, url_for
from werkzeug.wrappers import Response as AnyResponse

from evalsvc.admin.access import allowed, current_actor, door
from evalsvc.admin.dry_run import build_dry_run
from evalsvc.admin.uploads import find_upload, forget_upload, keep_upload
from evalsvc.clock import now
from evalsvc.domain import rosters, seasons
from evalsvc.errors import Problem
from evalsvc.extensions import current_service
from evalsvc.workbooks.roster import RosterReading, read_roster
from evalsvc.workbooks.templates import roster_template
from forms.upload import WorkbookForm

Answer = str | AnyResponse | tuple[str, int]

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@door.get("/seasons/<int:season_id>/roster")
@allowed("manager", "auditor")
def roster_page(season_id: int) -> str:
    return _render(season_id, WorkbookForm())


@door.get("/seasons/<int:season_id>/roster.xlsx")
@allowed("manager")
def roster_file(season_id: int) -> Response:
    season = seasons.get_season(current_service().database, season_id)
    content = roster_template(season.scheme, g.language)
    return Response(
        content,
        mimetype=XLSX,
        headers={"Content-Disposition": f'attachment; filename="roster-{season_id}.xlsx"'},
    )


@door.post("/seasons/<int:season_id>/roster")
@allowed("manager")
def upload_roster(season_id: int) -> Answer:
    form = WorkbookForm()
    if not form.validate():
        return _render(season_id, form), 422
    content = form.read_bytes()
    try:
        _read(season_id, content)
    except Problem as problem:
        return _render(season_id, form, problem), problem.kind.status
    keep_upload(_purpose(season_id), content)
    return redirect(url_for("admin.roster_dry_run", season_id=season_id))


@door.get("/seasons/<int:season_id>/roster/check")
@allowed("manager")
def roster_dry_run(season_id: int) -> Answer:
    content = find_upload(_purpose(season_id))
    if content is None:
        return redirect(url_for("admin.roster_page", season_id=season_id))
    reading = _read(season_id, content)
    return render_template(
        "admin/dry_run.html",
        season=seasons.get_season(current_service().database, season_id),
        run=build_dry_run(reading.sheets, reading.problems, ready=reading.roster is not None),
        noun="roster",
    )


@door.post("/seasons/<int:season_id>/roster/import")
@allowed("manager")
def import_roster(season_id: int) -> Answer:
    content = find_upload(_purpose(season_id))
    reading = _read(season_id, content) if content else None
    if reading is None or reading.roster is None:
        return redirect(url_for("admin.roster_dry_run", season_id=season_id))
    change = rosters.import_roster(
        current_service().database, season_id, reading.roster, current_actor(), now()
    )
    forget_upload(_purpose(season_id))
    return _render(season_id, WorkbookForm(formdata=None), change=change)


@door.post("/seasons/<int:season_id>/roster/discard")
@allowed("manager")
def discard_roster(season_id: int) -> AnyResponse:
    forget_upload(_purpose(season_id))
    return redirect(url_for("admin.roster_page", season_id=season_id))


def _render(
    season_id: int,
    form: WorkbookForm,
    problem: Problem | None = None,
    change: rosters.RosterChange | None = None,
) -> str:
    database = current_service().database
    return render_template(
        "admin/roster.html",
        season=seasons.get_season(database, season_id),
        units=rosters.list_units(database, season_id),
        form=form,
        problem=problem,
        change=change,
        kept=find_upload(_purpose(season_id)) is not None,
    )


def _read(season_id: int, content: bytes) -> RosterReading:
    season = seasons.get_season(current_service().database, season_id)
    return read_roster(content, season.scheme)


def _purpose(season_id: int) -> str:
    return f"roster {season_id}"
