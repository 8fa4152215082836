"""The newest result of a season with everything that its documents show beside it."""

from evalsvc.db import Database
from evalsvc.domain import seasons
from evalsvc.domain.assessing import figure_trail
from evalsvc.domain.concluding import diagnostics, facts, outcomes, results, satisfaction
from evalsvc.domain.sealing import rounds
from evalsvc.domain.sealing.losses import list_lost
from evalsvc.domain.seasons import SeasonView
from evalsvc.results.season import ReportHead, ResultContent, ResultHead
from evalsvc.text import NOTHING, Text


def get_content(
    database: Database, season_id: int, package_sha256: str = "", *, examined: bool = False
) -> ResultContent:
    """`examined` adds the diagnostics: documents for people show them, tables for programs don't.

    `package_sha256` is of the evidence package that the documents can be checked against.
    """
    season = seasons.get_season(database, season_id)
    result = results.get_result(database, season_id)
    names = season.scheme.outcome_names
    following = (
        outcomes.get_following(database, season_id, result.units)
        if names.grades or names.awards
        else None
    )
    return ResultContent(
        head=build_head(season, result.head, package_sha256, result.provisional),
        scheme=season.scheme,
        names=result.names,
        units=result.units,
        turnout=rounds.list_turnout(database, season_id),
        rejections=results.list_rejections(database, season_id),
        lost=list_lost(database, season_id),
        excluded=result.exclusions.counts,
        plain=result.exclusions.plain or {},
        ends={end.unit: end for end in following.season.units} if following else {},
        quotas=following.season.quotas if following else (),
        no_award=following.no_award if following else frozenset(),
        adjustments=facts.list_adjustments(database, season_id),
        changes=figure_trail.list_changes(database, season_id),
        satisfaction=satisfaction.list_satisfaction(database, season_id),
        diagnostics=diagnostics.get_diagnostics(database, season_id) if examined else None,
    )


def build_head(
    season: SeasonView, result: ResultHead, package_sha256: str = "", provisional: Text = NOTHING
) -> ReportHead:
    """What heads a document of one computation."""
    alone = {one.custodian or "" for one in season.rounds if one.custody == "sole"}
    return ReportHead(
        season_title=season.title,
        office=season.office,
        version=result.version,
        computed_at=result.computed_at,
        rounds=tuple(one.name for one in season.rounds if one.state == "counted"),
        scheme_sha256=season.scheme.sha256,
        package_sha256=package_sha256,
        custodian=", ".join(sorted(alone)),
        provisional=provisional,
    )
