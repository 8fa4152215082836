"""What citizens wrote about a unit, as far as enough of them answered for it to be shown."""

from sqlalchemy import func, select

from analysis.small_cells import may_show_distribution
from evalsvc.db import Database
from evalsvc.domain.seasons import get_season_row, read_scheme
from evalsvc.models.opened import LevelCount, OpenedComment
from evalsvc.models.season import Round
from evalsvc.scheme.model import LevelsQuestion, Scheme


def list_comments(database: Database, season_id: int, unit: str) -> tuple[str, ...]:
    """All rounds' and groups' comments on a unit, sorted by text: nothing tells who or when."""
    with database.reading() as session:
        scheme = read_scheme(get_season_row(session, season_id).scheme)
        rows = session.execute(
            select(OpenedComment.round_id, OpenedComment.group, OpenedComment.text)
            .join(Round, Round.id == OpenedComment.round_id)
            .where(Round.season_id == season_id, OpenedComment.unit == unit)
        ).all()
        counts = session.execute(
            select(LevelCount.round_id, LevelCount.group, LevelCount.item, LevelCount.level,
                   func.sum(LevelCount.n))
            .join(Round, Round.id == LevelCount.round_id)
            .where(Round.season_id == season_id, LevelCount.unit == unit)
            .group_by(LevelCount.round_id, LevelCount.group, LevelCount.item, LevelCount.level)
        ).all()  # fmt: skip
    answers: dict[tuple[int, str], int] = {}
    for round_id, group, item, level, n in counts:
        if level in _scored(scheme, group, item):
            answers[round_id, group] = answers.get((round_id, group), 0) + int(n)
    shown = {key for key, n in answers.items() if may_show_distribution(n)}
    return tuple(sorted(text for round_id, group, text in rows if (round_id, group) in shown))


def _scored(scheme: Scheme, group: str, item: str) -> frozenset[str]:
    """The levels that are valid answers to the group's first question."""
    question = scheme.get_questionnaire(group).questions[0]
    if not isinstance(question, LevelsQuestion) or question.code != item:
        return frozenset()
    return frozenset(level.code for level in question.levels if level.points is not None)
