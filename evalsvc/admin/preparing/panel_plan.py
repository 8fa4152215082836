"""The planning page of citizen panels: what the roster's cards will be able to say."""

from collections.abc import Iterator

from flask import render_template

from analysis.panel.panel_plan import panel_plan
from evalsvc.admin.door.access import allowed, door
from evalsvc.domain import seasons
from evalsvc.domain.preparing import rosters
from evalsvc.extensions import current_service
from evalsvc.reports.documents.diagnostics import TableFindings
from evalsvc.reports.documents.panel_plan_exhibits import build_plan_exhibits, list_plan_sentences
from evalsvc.scheme.model import Group


@door.get("/seasons/<int:season_id>/panel-plan")
@allowed("manager", "auditor")
def panel_plan_page(season_id: int) -> str:
    """How sure the index of a unit will be with the cards that the roster has."""
    database = current_service().database
    season = seasons.get_season(database, season_id)
    categories = [unit.category for unit in rosters.list_units(database, season_id)]
    seats = {(row.group, row.stratum): row.seats for row in rosters.list_seats(database, season_id)}
    return render_template(
        "admin/panel_plan.html",
        season=season,
        parts_of=[
            part
            for group in season.scheme.groups
            if group.identity == "counts"
            for part in _build_part(group, seats, categories)
        ],
    )


def _build_part(
    group: Group, seats: dict[tuple[str, str], int], categories: list[str]
) -> Iterator[TableFindings]:
    """Nothing of a panel without cards or units: there is nothing to reckon with yet."""
    seen = {sight.category for sight in group.sights}
    units = sum(category in seen for category in categories)
    # A panel without strata is one stratum that has everybody.
    strata = [(s.name, s.code, float(s.weight)) for s in group.strata] or [(group.name, "", 100.0)]
    cards = [seats.get((group.code, code), 0) for _, code, _ in strata]
    weights = [weight for _, _, weight in strata]
    if not units or not any(n and w for n, w in zip(cards, weights, strict=True)):
        return
    size = min(group.form_size or units, units)
    plan = panel_plan(cards, weights, units=units, per_form=size)
    named = [(name, n) for (name, _, _), n in zip(strata, cards, strict=True)]
    yield TableFindings(group.name, list_plan_sentences(plan), build_plan_exhibits(plan, named))
