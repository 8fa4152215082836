"""Diagnostics: what a season's figures are worth, and people's decisions on flagged ballots."""

from flask import redirect, render_template, url_for
from flask_wtf import FlaskForm
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from evalsvc.admin.door.access import allowed, current_act, door
from evalsvc.domain import seasons
from evalsvc.domain.concluding import diagnostics, exclusions
from evalsvc.domain.people import approvals
from evalsvc.errors import ENTRY_REFUSED, NOT_FOUND, Problem
from evalsvc.extensions import current_service
from evalsvc.language import translate
from evalsvc.reports.documents.diagnostics import build_round, build_totals, list_ballot_lines
from evalsvc.text import Text
from forms.exclusion import ExclusionForm, RestorationForm


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
        findings=build_totals(found, season.scheme),
    )


@door.get("/seasons/<int:season_id>/diagnostics/<round_code>")
@allowed("manager", "auditor")
def round_diagnostics_page(season_id: int, round_code: str) -> str:
    """One counted round: who differs, who can't be told apart, what another method changes."""
    service = current_service()
    season = seasons.get_season(service.database, season_id)
    found = diagnostics.find_round_diagnostics(service.database, season_id, round_code)
    if found is None:
        raise NotFound
    counted = {each.code: each for each in season.rounds if each.state == "counted"}
    decisions = exclusions.list_decisions(service.database, season_id, round_code)
    return render_template(
        "admin/diagnostics.html",
        season=season,
        round=season.scheme.get_round(round_code),
        rounds=[each for each in season.scheme.rounds if each.code in counted],
        findings=build_round(found, season.scheme),
        flagged=list_ballot_lines(found, found.flagged, season.scheme),
        decisions=decisions,
        waiting=[
            each
            for each in approvals.list_waiting(service.database, round_id=counted[round_code].id)
            if each.kind in (exclusions.EXCLUDE, exclusions.RESTORE)
        ],
        decidable=exclusions.may_decide(service.database, season_id),
        small_office=service.settings.small_office,
    )


@door.post("/seasons/<int:season_id>/diagnostics/<round_code>/exclusions")
@allowed("manager", fresh=True)
def propose_exclusion(season_id: int, round_code: str) -> Response:
    """Propose that a flagged ballot count no longer."""
    form, service = ExclusionForm(), current_service()
    _require_reason(form)
    exclusions.propose_exclusion(
        current_act(), service.settings, season_id, round_code, form.ballot.data, form.reason.data
    )
    return _go_back(season_id, round_code)


@door.post("/seasons/<int:season_id>/diagnostics/<round_code>/exclusions/<int:exclusion_id>")
@allowed("manager", fresh=True)
def propose_restoration(season_id: int, round_code: str, exclusion_id: int) -> Response:
    """Propose that an excluded ballot count again."""
    form, service = RestorationForm(), current_service()
    _require_reason(form)
    decisions = exclusions.list_decisions(service.database, season_id, round_code)
    if exclusion_id not in {each.id for each in decisions}:
        raise Problem(NOT_FOUND)
    exclusions.propose_restoration(current_act(), service.settings, exclusion_id, form.reason.data)
    return _go_back(season_id, round_code)


def _require_reason(form: FlaskForm) -> None:
    """The page's own fields say so before; this is for whoever comes past them."""
    if not form.validate():
        said = next(iter(form.errors.values()))[0].rstrip("。")
        raise ENTRY_REFUSED.because(Text(said, translate(f"{said}。", "en").rstrip(".")))


def _go_back(season_id: int, round_code: str) -> Response:
    place = url_for("admin.round_diagnostics_page", season_id=season_id, round_code=round_code)
    return redirect(f"{place}#decisions")
