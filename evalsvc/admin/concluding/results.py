"""Results: the ranking, and a unit's sheet."""

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from evalsvc.admin.concluding.ranking import Ranking, build_rankings
from evalsvc.admin.concluding.unit_sheet import build_fold
from evalsvc.admin.door.access import allowed, current_act, door
from evalsvc.domain import seasons
from evalsvc.domain.concluding import history, results
from evalsvc.domain.concluding.outcomes import Following, count_competing, get_following
from evalsvc.domain.people.former_names import list_sayings
from evalsvc.domain.sealing.losses import list_lost
from evalsvc.domain.seasons import SeasonView
from evalsvc.extensions import current_service
from evalsvc.reports.documents.unit_sheet import build_sheet
from evalsvc.reports.words.forbidden_words import list_forbidden_sentences
from evalsvc.reports.words.outcome_words import (
    list_bars,
    list_following,
    list_open_places,
    list_outcome_sentences,
    say_end,
    say_end_heading,
    say_places,
)
from evalsvc.results.season import SeasonResult
from evalsvc.scheme.model import Scheme
from evalsvc.scheme.wording import say_full_marks
from evalsvc.text import NOTHING, Text


@door.get("/seasons/<int:season_id>/results")
@allowed("manager", "auditor")
def results_page(season_id: int) -> str:
    database = current_service().database
    season = seasons.get_season(database, season_id)
    result = results.get_figures(database, season_id) if season.newest_result else None
    sort, upwards = request.args.get("sort", ""), request.args.get("order") == "up"
    following = get_following(database, season_id, result.units) if result else None
    ends = following.season.units if following else ()
    return render_template(
        "admin/results.html",
        season=season,
        result=result,
        open_places=list_open_places(count_competing(database, season_id), season.scheme),
        rankings=_build_rankings(season, result, sort, upwards=upwards),
        ends={each.unit: say_end(each, season.scheme) for each in ends},
        bars={each.unit: list_bars(each, season.scheme) for each in ends},
        places=_list_places(season, following),
        end_heading=NOTHING if result and result.provisional else _head_ends(season.scheme),
        waits_for_year=_waits_for_year(season),
        following=[
            (each.unit, sentences)
            for each in ends
            if (sentences := list_following(each, season.scheme))
        ],
        forbidden=_list_forbidden(season.scheme, result),
        rejections=results.list_rejections(database, season_id),
        lost=list_lost(database, season_id),
        sort=sort,
        upwards=upwards,
    )


def _list_forbidden(
    scheme: Scheme, result: SeasonResult | None
) -> list[tuple[str, tuple[Text, ...]]]:
    """Units with figures that the scheme does not allow, and what these count."""
    return [
        (each.unit, sentences)
        for each in (result.units if result else ())
        if (sentences := list_forbidden_sentences(each.tree, scheme))
    ]


def _list_places(season: SeasonView, following: Following | None) -> dict[str, Text]:
    """By category how many places there are: as they went, or as they will be."""
    scheme = season.scheme
    if following is None:
        return {}
    return {
        category.code: say_places(
            [each for each in following.season.quotas if each.category == category.code], scheme
        )
        for category in scheme.categories
    }


def _waits_for_year(season: SeasonView) -> tuple[int, ...] | None:
    """The earlier years that are known, where a rule over years waits for the season's own."""
    rules = season.scheme.outcome.consequences
    if all(marks.years == 1 for rule in rules for marks in rule.marks):
        return None
    year, years = history.get_known_years(current_service().database, season.id)
    return None if year else years


def _head_ends(scheme: Scheme) -> Text:
    """What the column of grades or awards is called; empty where the scheme gives neither."""
    names = scheme.outcome_names
    return say_end_heading(scheme) if names.grades or names.awards else NOTHING


@door.post("/seasons/<int:season_id>/results")
@allowed("manager")
def compute_result(season_id: int) -> Response:
    service = current_service()
    results.compute_result(current_act(), service.settings, season_id)
    return redirect(url_for("admin.results_page", season_id=season_id))


@door.get("/seasons/<int:season_id>/results/<unit>")
@allowed("manager", "auditor")
def unit_page(season_id: int, unit: str) -> str:
    database = current_service().database
    season = seasons.get_season(database, season_id)
    result = results.get_figures(database, season_id)
    # This unit's answers as well; of its peers the chart shows figures alone.
    found = results.get_unit_result(database, season_id, unit)
    end = get_following(database, season_id, result.units)
    peers = [each for each in result.units if each.category == found.category]
    name = result.names[unit]
    return render_template(
        "admin/unit.html",
        season=season,
        former=list_sayings(database, season_id),
        result=found,
        name=name,
        provisional=result.provisional,
        following=()
        if result.provisional
        else list_outcome_sentences(
            end.season.get_unit(unit),
            end.season.quotas,
            season.scheme,
            takes_awards=unit not in end.no_award,
        ),
        forbidden=list_forbidden_sentences(found.tree, season.scheme),
        full=say_full_marks(season.scheme, found.category),
        exclusions=result.exclusions,
        plain=(result.exclusions.plain or {}).get(unit),
        root=build_fold(found.tree, season.scheme),
        chart=build_sheet(season.scheme, name, found, peers).chart,
    )


def _build_rankings(
    season: SeasonView, result: SeasonResult | None, sort: str, *, upwards: bool
) -> tuple[Ranking, ...]:
    if result is None:
        return ()
    return build_rankings(season.scheme, result, sort, upwards=upwards)
