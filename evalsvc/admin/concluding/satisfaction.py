"""How satisfied the panel is with whom: the chart, and the table behind it in the same order."""

from flask import render_template

from evalsvc.admin.door.access import allowed, door
from evalsvc.domain import seasons
from evalsvc.domain.concluding import satisfaction
from evalsvc.extensions import current_service
from evalsvc.reports.charts.satisfaction_chart import build_satisfaction_chart, list_by_rate


@door.get("/seasons/<int:season_id>/satisfaction/<round_code>/<group>")
@allowed("manager", "auditor")
def satisfaction_page(season_id: int, round_code: str, group: str) -> str:
    database = current_service().database
    season = seasons.get_season(database, season_id)
    table = satisfaction.get_satisfaction(database, season_id, round_code, group)
    return render_template(
        "admin/satisfaction.html",
        season=season,
        round=season.scheme.get_round(round_code),
        group=season.scheme.get_group(group),
        question=table.question,
        rows=list_by_rate(table.rows),
        chart=build_satisfaction_chart(table) if table.rows else None,
    )
