"""The exports page: every document and package of a season, each made as a job."""

from flask import g, render_template
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from evalsvc.admin.access import allowed, door
from evalsvc.admin.files import begin_job
from evalsvc.domain import seasons
from evalsvc.extensions import current_service

# In the order of the page.
EXPORTS = ("workbook", "report", "csv", "audit", "public")


@door.get("/seasons/<int:season_id>/exports")
@allowed("manager", "auditor")
def exports_page(season_id: int) -> str:
    season = seasons.get_season(current_service().database, season_id)
    return render_template("admin/exports.html", season=season, kinds=EXPORTS)


@door.post("/seasons/<int:season_id>/exports/<kind>")
@allowed("manager", "auditor")
def start_export(season_id: int, kind: str) -> Response:
    if kind not in EXPORTS:
        raise NotFound
    seasons.get_season(current_service().database, season_id)
    return begin_job(kind, season_id, None, {"language": g.language})
