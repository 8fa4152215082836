"""Gathers what documents are made of: the domain's views as the reports want them."""

from datetime import datetime
from fractions import Fraction

from evalsvc.db import Database
from evalsvc.domain import seasons
from evalsvc.domain.assessing import figure_trail
from evalsvc.domain.concluding import diagnostics, results
from evalsvc.domain.concluding.outcomes import get_following
from evalsvc.domain.preparing import figures
from evalsvc.domain.sealing import rounds
from evalsvc.domain.seasons import RoundView, SeasonView
from evalsvc.domain.voting import assistance
from evalsvc.reports.content import (
    AdjustmentEntry,
    ChangeEntry,
    ExcludedBallots,
    LetterText,
    PlainFigure,
    Rejections,
    ReportHead,
    ResultContent,
    SatisfactionRow,
    SatisfactionTable,
    Turnout,
)
from evalsvc.scheme.model import LevelsQuestion


def build_letter(
    season: SeasonView, found: RoundView, deadline: datetime, public_url: str, language: str
) -> LetterText:
    """What all letters of a round share."""
    return LetterText(
        season_title=season.title,
        office=season.office,
        contact=season.contact,
        round_name=found.name,
        deadline=deadline,
        public_url=public_url,
        groups={group.code: group for group in season.scheme.groups},
        language=language,
    )


def build_content(
    database: Database, season_id: int, package_sha256: str = "", *, examined: bool = False
) -> ResultContent:
    """The newest result of a season with everything that its documents show beside it.

    `examined` adds the diagnostics, which documents for people show and tables for programs don't.
    """
    season = seasons.get_season(database, season_id)
    result = results.get_result(database, season_id)
    names = season.scheme.outcome_names
    ends = (
        get_following(database, season_id, result.units).season.units
        if names.grades or names.awards
        else ()
    )
    return ResultContent(
        ends={end.unit: end for end in ends},
        head=ReportHead(
            season_title=season.title,
            office=season.office,
            version=result.head.version,
            computed_at=result.head.computed_at,
            rounds=tuple(one.name for one in season.rounds if one.state == "counted"),
            scheme_sha256=season.scheme.sha256,
            package_sha256=package_sha256,
            custodian=", ".join(
                sorted({one.custodian or "" for one in season.rounds if one.custody == "sole"})
            ),
        ),
        scheme=season.scheme,
        names=result.names,
        units=result.units,
        turnout=tuple(
            Turnout(one.code, group.group, group.issued, group.cast, assisted.get(group.group, 0))
            for one in season.rounds
            if one.state != "preparing"
            for assisted in (assistance.get_assisted(database, one.id),)
            for group in rounds.get_turnout(database, one.id)
        ),
        rejections=tuple(
            Rejections(one.round, one.group, one.reason, one.n)
            for one in results.list_rejections(database, season_id)
        ),
        excluded=tuple(
            ExcludedBallots(one.round, one.group, one.flag, one.n)
            for one in result.exclusions.counts
        ),
        plain={
            unit: PlainFigure(one.published, one.rank)
            for unit, one in (result.exclusions.plain or {}).items()
        },
        adjustments=tuple(
            AdjustmentEntry(
                one.unit,
                one.rule,
                one.times,
                None if one.amount is None else Fraction(one.amount),
                one.date,
                one.evidence,
            )
            for one in figures.list_adjustments(database, season_id)
        ),
        changes=tuple(
            ChangeEntry(**vars(one)) for one in figure_trail.list_changes(database, season_id)
        ),
        satisfaction=tuple(_list_tables(database, season)),
        diagnostics=diagnostics.get_diagnostics(database, season_id) if examined else None,
    )


def _list_tables(database: Database, season: SeasonView) -> list[SatisfactionTable]:
    tables = []
    for one in season.rounds:
        for group in season.scheme.groups:
            question = season.scheme.get_questionnaire(group.code).questions[0]
            if (
                one.state == "counted"
                and group.identity == "counts"
                and isinstance(question, LevelsQuestion)
            ):
                rows = tuple(
                    SatisfactionRow(
                        unit.unit,
                        unit.n_valid,
                        unit.dont_know,
                        unit.levels,
                        unit.satisfied_rate,
                        unit.basically_rate,
                    )
                    for unit in results.list_satisfaction(database, season.id, one.code, group.code)
                )
                tables.append(SatisfactionTable(one.code, group.code, question, rows))
    return tables
