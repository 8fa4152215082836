"""Results: the ranking, a unit's sheet, and how satisfied the panel is."""

from flask import g, redirect, render_template, request, url_for
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from evalsvc.admin.access import allowed, current_actor, door
from evalsvc.admin.ranking import build_rankings
from evalsvc.admin.unit_sheet import build_fold
from evalsvc.clock import now
from evalsvc.domain import results, rosters, seasons
from evalsvc.extensions import current_service


@door.get("/seasons/<int:season_id>/results")
@allowed("manager", "auditor")
def results_page(season_id: int) -> str:
    database = current_service().database
    season = seasons.get_season(database, season_id)
    result = results.get_result(database, season_id) if season.newest_result else None
    sort, upwards = request.args.get("sort", ""), request.args.get("order") == "up"
    return render_template(
        "admin/results.html",
        season=season,
        result=result,
        rankings=build_rankings(season.scheme, result, sort, upwards=upwards) if result else (),
        rejections=results.list_rejections(database, season_id),
        sort=sort,
        upwards=upwards,
    )


@door.post("/seasons/<int:season_id>/results")
@allowed("manager")
def compute_result(season_id: int) -> Response:
    results.compute_result(current_service().database, season_id, current_actor(), now())
    return redirect(url_for("admin.results_page", season_id=season_id))


@door.get("/seasons/<int:season_id>/results/<unit>")
@allowed("manager", "auditor")
def unit_page(season_id: int, unit: str) -> str:
    database = current_service().database
    season = seasons.get_season(database, season_id)
    result = results.get_unit_result(database, season_id, unit)
    names = {row.code: row.name for row in rosters.list_units(database, season_id)}
    return render_template(
        "admin/unit.html",
        season=season,
        result=result,
        name=names[unit],
        root=build_fold(result.tree, season.scheme, g.language),
    )


@door.get("/seasons/<int:season_id>/satisfaction/<round_code>/<group>")
@allowed("manager", "auditor")
def satisfaction_page(season_id: int, round_code: str, group: str) -> str:
    database = current_service().database
    season = seasons.get_season(database, season_id)
    panel = next((one for one in season.scheme.groups if one.code == group), None)
    found = next((one for one in season.rounds if one.code == round_code), None)
    if panel is None or found is None or panel.identity != "counts":
        raise NotFound
    lines = results.list_satisfaction(database, season_id, round_code, group)
    return render_template(
        "admin/satisfaction.html",
        season=season,
        round=found,
        group=panel,
        question=season.scheme.get_questionnaire(group).questions[0],
        lines=sorted(lines, key=lambda line: (line.satisfied_rate is None,
                                              -(line.satisfied_rate or 0))),
    )
