"""A season's scheme looked at and tried out: its tree, samples, differences, values to change."""

from flask import redirect, render_template, request, url_for
from flask_wtf import FlaskForm
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from evalsvc.admin.door.access import allowed, allowed_to_staff, current_act, door
from evalsvc.admin.preparing.effects import list_effects
from evalsvc.domain import seasons
from evalsvc.domain.concluding import results
from evalsvc.domain.preparing.scheme_edits import edit_scheme as change_values
from evalsvc.domain.preparing.trial import list_tried, try_out
from evalsvc.domain.seasons import SeasonView
from evalsvc.errors import Problem
from evalsvc.extensions import current_service
from evalsvc.reports.words.own_view import list_own_lines
from evalsvc.scheme.comparison import list_differences
from evalsvc.scheme.editing import Editable, list_editable
from evalsvc.scheme.file.errors import SchemeErrors
from evalsvc.scheme.model import Scheme
from evalsvc.scheme.outline import build_outline
from evalsvc.scheme.presets import list_presets, load_preset
from evalsvc.text import Text

Answer = str | Response | tuple[str, int]

MOST_SAMPLES = 99
VALUE = "value|"


@door.get("/seasons/<int:season_id>/scheme/tree")
@allowed_to_staff
def scheme_tree(season_id: int) -> str:
    season = _get_season(season_id)
    scheme = season.scheme
    outlines = [(each, build_outline(scheme, each.code)) for each in scheme.categories]
    database = current_service().database
    computed = results.get_figures(database, season_id).units if season.newest_result else ()
    return render_template(
        "admin/scheme_tree.html", season=season, outlines=outlines, effects=list_effects(computed)
    )


@door.get("/seasons/<int:season_id>/scheme/trial")
@allowed_to_staff
def scheme_trial(season_id: int) -> str:
    season = _get_season(season_id)
    sample = request.args.get("sample", 1, type=int)
    sample = min(max(sample, 1), MOST_SAMPLES)
    tried = list_tried(season.scheme)
    trial = try_out(season.scheme, sample)
    names = {unit.code: unit.name for unit in trial.units}
    ranked = sorted(trial.results, key=lambda each: (each.rank is None, each.rank or 0))
    return render_template(
        "admin/scheme_trial.html",
        season=season,
        sample=sample,
        names=names,
        categories=[
            (each, [result for result in ranked if result.category == each.code]) for each in tried
        ],
        left_out=len(season.scheme.categories) - len(tried),
        outcome={each.unit: each for each in trial.outcome.units},
        example=ranked[0],
        lines=list_own_lines(ranked[0].tree, season.scheme),
    )


@door.get("/seasons/<int:season_id>/scheme/comparison")
@allowed_to_staff
def scheme_comparison(season_id: int) -> str:
    season = _get_season(season_id)
    others = _list_others(season)
    chosen = request.args.get("other", "")
    if chosen and chosen not in others:
        raise NotFound
    return render_template(
        "admin/scheme_comparison.html",
        season=season,
        others=others,
        chosen=chosen,
        differences=list_differences(others[chosen], season.scheme) if chosen else (),
    )


@door.get("/seasons/<int:season_id>/scheme/edition")
@allowed("manager")
def scheme_edition(season_id: int) -> str:
    return _render_edition(season_id)


@door.post("/seasons/<int:season_id>/scheme/edition")
@allowed("manager")
def edit_scheme(season_id: int) -> Answer:
    typed = {
        name.removeprefix(VALUE): value
        for name, value in request.form.items()
        if name.startswith(VALUE)
    }
    if not FlaskForm().validate():
        return _render_edition(season_id, typed), 422
    # Of the text that the page showed: what somebody has changed meanwhile is not written over.
    shown = request.form.get("sha256", "")
    try:
        change_values(current_act(), season_id, shown, typed)
    except SchemeErrors as wrong:
        return _render_edition(season_id, typed, wrong), 422
    except Problem as problem:
        return _render_edition(season_id, typed, problem=problem), problem.kind.status
    return redirect(url_for("admin.scheme_edition", season_id=season_id))


def _render_edition(
    season_id: int,
    typed: dict[str, str] | None = None,
    wrong: SchemeErrors | None = None,
    problem: Problem | None = None,
) -> str:
    season = _get_season(season_id)
    editable = list_editable(season.scheme_text, season.scheme)
    sections: dict[Text, list[Editable]] = {}
    for each in editable:
        sections.setdefault(each.section, []).append(each)
    return render_template(
        "admin/scheme_edition.html",
        season=season,
        sections=sections,
        typed=typed or {},
        wrong=wrong,
        marked=frozenset(each.field for each in wrong.errors) if wrong else frozenset(),
        problem=problem,
        changeable=all(each.state == "preparing" for each in season.rounds),
    )


def _list_others(season: SeasonView) -> dict[str, Scheme]:
    """What a scheme may be compared with: the presets, and other seasons' schemes."""
    found = {f"preset:{code}": load_preset(code) for code in list_presets()}
    database = current_service().database
    for card in seasons.list_seasons(database):
        if card.id != season.id:
            found[f"season:{card.id}"] = seasons.get_season(database, card.id).scheme
    return found


def _get_season(season_id: int) -> SeasonView:
    return seasons.get_season(current_service().database, season_id)
