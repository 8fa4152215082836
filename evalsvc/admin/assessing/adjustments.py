"""Bonuses and deductions one by one, with the files that each of them rests on."""

from flask import render_template

from evalsvc.admin.door.access import allowed, current_actor, door
from evalsvc.domain import seasons
from evalsvc.domain.people import liaisons
from evalsvc.domain.preparing import attachments, figures, rosters
from evalsvc.errors import Problem
from evalsvc.extensions import current_service


@door.get("/seasons/<int:season_id>/adjustments")
@allowed("manager", "auditor", "liaison")
def adjustments_page(season_id: int) -> str:
    return render_adjustments(season_id)


def render_adjustments(season_id: int, problem: Problem | None = None) -> str:
    """The office and the supervisors see all, liaisons their own units'."""
    database, actor = current_service().database, current_actor()
    season = seasons.get_season(database, season_id)
    if actor.has_role("manager", "auditor"):
        units = {unit.code: unit.name for unit in rosters.list_units(database, season_id)}
    else:
        units = dict(liaisons.list_own_units(database, season_id, actor))
    rows = figures.list_numbered_adjustments(database, season_id)
    return render_template(
        "admin/adjustments.html",
        season=season,
        units=units,
        adjustments=[(number, row) for number, row in rows if row.unit in units],
        files=attachments.list_attachments(database, season_id),
        problem=problem,
    )
