"""How satisfied the panel is with whom: the chart, and the table behind it in the same order."""

from dataclasses import dataclass

from flask import g, render_template
from werkzeug.exceptions import NotFound

from evalsvc.admin.door.access import allowed, door
from evalsvc.domain import seasons
from evalsvc.domain.concluding import results
from evalsvc.domain.seasons import SeasonView
from evalsvc.extensions import current_service
from evalsvc.reports.charts.drawing import Chart
from evalsvc.reports.charts.satisfaction_chart import build_satisfaction_chart, list_by_rate
from evalsvc.reports.content import SatisfactionRow, SatisfactionTable
from evalsvc.scheme.model import LevelsQuestion


@dataclass(frozen=True)
class Panel:
    """One question's answers as shown; without answers there is nothing to draw."""

    table: SatisfactionTable
    names: dict[str, str]
    chart: Chart | None

    @property
    def rows(self) -> list[SatisfactionRow]:
        return list_by_rate(self.table.rows)


@door.get("/seasons/<int:season_id>/satisfaction/<round_code>/<group>")
@allowed("manager", "auditor")
def satisfaction_page(season_id: int, round_code: str, group: str) -> str:
    season = seasons.get_season(current_service().database, season_id)
    question = _get_question(season, round_code, group)
    panel = _build_panel(season, round_code, group, question)
    return render_template(
        "admin/satisfaction.html",
        season=season,
        round=season.scheme.get_round(round_code),
        group=season.scheme.get_group(group),
        question=question,
        panel=panel,
    )


def _get_question(season: SeasonView, round_code: str, group: str) -> LevelsQuestion:
    """The question that a round's citizens answer; no such page for anything else."""
    known = {each.code: each for each in season.scheme.groups if each.identity == "counts"}
    if group not in known or round_code not in {each.code for each in season.rounds}:
        raise NotFound
    question = season.scheme.get_questionnaire(group).questions[0]
    if not isinstance(question, LevelsQuestion):
        raise NotFound
    return question


def _build_panel(
    season: SeasonView, round_code: str, group: str, question: LevelsQuestion
) -> Panel:
    database = current_service().database
    found = results.list_satisfaction(database, season.id, round_code, group)
    rows = tuple(
        SatisfactionRow(
            each.unit,
            each.n_valid,
            each.dont_know,
            each.levels,
            each.satisfied_rate,
            each.basically_rate,
        )
        for each in found
    )
    table = SatisfactionTable(round_code, group, question, rows)
    names = {each.unit: each.name for each in found}
    chart = build_satisfaction_chart(table, names, g.language) if rows else None
    return Panel(table, names, chart)
