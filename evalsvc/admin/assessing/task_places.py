"""Places by tasks of a month, a quarter or a half-year, and the same as a paper to hand round."""

from flask import Response, g, render_template, request

from evalsvc.admin.door.access import allowed, door
from evalsvc.clock import now
from evalsvc.domain import seasons
from evalsvc.domain.assessing import task_places
from evalsvc.extensions import current_service
from evalsvc.reports.documents.bulletin import render_bulletin
from evalsvc.work.bulletin import build_bulletin


@door.get("/seasons/<int:season_id>/tasks/places")
@allowed("manager", "auditor")
def task_places_page(season_id: int) -> str:
    database = current_service().database
    season = seasons.get_season(database, season_id)
    periods = task_places.list_periods(season.scheme)
    asked = request.args.get("period", "")
    code = asked if asked in {each.code for each in periods} else periods[0].code
    return render_template(
        "admin/task_places.html",
        season=season,
        periods=periods,
        code=code,
        bulletin=build_bulletin(database, season_id, code, now()),
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
