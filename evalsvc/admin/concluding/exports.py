"""The exports page: every document and package of a season, each made as a job."""

from flask import g, redirect, render_template, url_for
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from evalsvc.admin.door.access import allowed, current_act, door
from evalsvc.admin.door.files import begin_job
from evalsvc.domain import seasons
from evalsvc.domain.people import approvals
from evalsvc.extensions import current_service

# In the order of the page.
EXPORTS = ("workbook", "report", "csv", "audit", "public")


@door.get("/seasons/<int:season_id>/exports")
@allowed("manager", "auditor")
def exports_page(season_id: int) -> str:
    service = current_service()
    return render_template(
        "admin/exports.html",
        season=seasons.get_season(service.database, season_id),
        kinds=EXPORTS,
        waiting=[
            each
            for each in approvals.list_waiting(service.database, season_id=season_id)
            if each.kind == "audit"
        ],
        small_office=service.settings.small_office,
    )


@door.post("/seasons/<int:season_id>/exports/<kind>")
@allowed("manager", "auditor", fresh=True)
def start_export(season_id: int, kind: str) -> Response:
    """Have a file made; the audit package waits for a second person first."""
    if kind not in EXPORTS:
        raise NotFound
    service = current_service()
    seasons.get_season(service.database, season_id)
    if kind == "audit" and not service.settings.small_office:
        approvals.propose(current_act(), service.settings, kind, season_id, None, "", {})
        return redirect(url_for("admin.exports_page", season_id=season_id))
    return begin_job(kind, season_id, None, {"language": g.language})
