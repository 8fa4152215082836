"""Citizens' satisfaction with each unit, from the sums that an opened box has left."""

from collections import Counter, defaultdict
from collections.abc import Iterator

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from analysis.score.rules import Satisfaction
from evalsvc.db import Database
from evalsvc.domain.seasons import get_season_row, read_scheme
from evalsvc.errors import NOT_FOUND, Problem
from evalsvc.models.opened import LevelCount
from evalsvc.models.roster import Unit
from evalsvc.models.season import Round, Season
from evalsvc.questions.question import Question
from evalsvc.results.satisfaction import SatisfactionTable, build_satisfaction
from evalsvc.scheme.model import Scheme, list_rules


def list_satisfaction(database: Database, season_id: int) -> tuple[SatisfactionTable, ...]:
    """The tables of all counted rounds and citizen groups, with what few answers carry left out."""
    with database.reading() as session:
        season = get_season_row(session, season_id)
        scheme = read_scheme(season)
        return tuple(
            _read_table(session, scheme, row, group, question)
            for row in season.rounds
            if row.state == "counted"
            for group, question in _list_questions(scheme)
        )


def get_satisfaction(
    database: Database, season_id: int, round_code: str, group: str
) -> SatisfactionTable:
    """One table; without rows as long as the box is not opened."""
    with database.reading() as session:
        season = get_season_row(session, season_id)
        scheme = read_scheme(season)
        questions = dict(_list_questions(scheme))
        row = next((each for each in season.rounds if each.code == round_code), None)
        if row is None or group not in questions:
            raise Problem(NOT_FOUND)
        return _read_table(session, scheme, row, group, questions[group])


def _list_questions(scheme: Scheme) -> Iterator[tuple[str, Question]]:
    """The citizen groups, each with the question that its satisfaction is told by."""
    for group in scheme.groups:
        question = scheme.get_questionnaire(group.code).questions[0]
        if group.identity == "counts" and question.scale:
            yield group.code, question


def _read_table(
    session: Session, scheme: Scheme, row: Round, group: str, question: Question
) -> SatisfactionTable:
    counts = _count_levels(session, row.id, group, question.code)
    thresholds = scheme.get_round(row.code).thresholds
    least = max(
        (
            rule.min_valid
            for rule in list_rules(scheme.score)
            if isinstance(rule, Satisfaction) and (rule.round, rule.group) == (row.code, group)
        ),
        default=0,
    )
    rows = tuple(
        build_satisfaction(question, unit.code, unit.name, counts[unit.code], thresholds, least)
        for unit in _list_units(session, row.season)
        if unit.code in counts
    )
    return SatisfactionTable(row.code, group, question, rows)


def _count_levels(
    session: Session, round_id: int, group: str, item: str
) -> dict[str, Counter[str]]:
    """By unit: how many citizens of all strata gave it each level."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    statement = (
        select(LevelCount.unit, LevelCount.level, func.sum(LevelCount.n).label("n"))
        .where(LevelCount.round_id == round_id, LevelCount.group == group, LevelCount.item == item)
        .group_by(LevelCount.unit, LevelCount.level)
    )
    for unit, level, n in session.execute(statement):
        counts[unit][level] = int(n)
    return counts


def _list_units(session: Session, season: Season) -> list[Unit]:
    in_order = (Unit.position, Unit.code)
    return list(
        session.scalars(select(Unit).where(Unit.season_id == season.id).order_by(*in_order))
    )
