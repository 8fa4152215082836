"""Diagnostics: what a season's figures are worth, for the office and the supervisors only."""

from flask import g, render_template
from werkzeug.exceptions import NotFound

from evalsvc.admin.access import allowed, door
from evalsvc.domain import diagnostics, seasons
from evalsvc.extensions import current_service
from evalsvc.reports.diagnostics import build_round, build_totals


@door.get("/seasons/<int:season_id>/diagnostics")
@allowed("manager", "auditor")
def diagnostics_page(season_id: int) -> str:
    """How far the places by total are open, and the way to each round's own page."""
    database = current_service().database
    season = seasons.get_season(database, season_id)
    found = diagnostics.get_diagnostics(database, season_id)
    return render_template(
        "admin/diagnostics.html",
        season=season,
        round=None,
        rounds=[season.scheme.get_round(each.round) for each in found.rounds],
        findings=build_totals(found, season.scheme, g.language),
    )


@door.get("/seasons/<int:season_id>/diagnostics/<round_code>")
@allowed("manager", "auditor")
def round_diagnostics_page(season_id: int, round_code: str) -> str:
    """One counted round: who differs, who can't be told apart, what another method changes."""
    database = current_service().database
    season = seasons.get_season(database, season_id)
    found = diagnostics.find_round_diagnostics(database, season_id, round_code)
    if found is None:
        raise NotFound
    counted = {each.code for each in season.rounds if each.state == "counted"}
    return render_template(
        "admin/diagnostics.html",
        season=season,
        round=season.scheme.get_round(round_code),
        rounds=[each for each in season.scheme.rounds if each.code in counted],
        findings=build_round(found, season.scheme, g.language),
    )
