"""What a result would leave out: rounds whose box is not opened, figures that nobody entered."""

from collections import Counter
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from evalsvc.db import Database
from evalsvc.domain.seasons import get_season_row, read_scheme
from evalsvc.models.figures import Indicator
from evalsvc.models.roster import Unit
from evalsvc.models.season import Season
from evalsvc.scheme.model import Scheme
from evalsvc.text import AND, COMMA, Text


@dataclass(frozen=True)
class Missing:
    """`rounds` have answers that no result holds yet; `figures` are counted by their round."""

    rounds: tuple[Text, ...]
    figures: tuple[tuple[Text, int], ...]

    @property
    def told(self) -> Text:
        """What makes a result provisional, in one sentence without its end; empty if nothing does.

        A component of which nothing is known yet lets the others stand in for the whole.
        """
        unopened = Text("“%(rounds)s”的票箱还没有打开", "the box of “%(rounds)s” is not opened")
        gaps = Text("“%(round)s”还有%(n)s个数没有录入", "%(n)s figures of “%(round)s” are missing")
        parts = [unopened.filled(rounds=AND.join(self.rounds))] if self.rounds else []
        parts += [gaps.filled(round=name, n=n) for name, n in self.figures]
        return COMMA.join(parts)


def list_missing(database: Database, season_id: int) -> Missing:
    """What a result computed now would not hold."""
    with database.reading() as session:
        return read_missing(session, season_id)


def read_missing(session: Session, season_id: int) -> Missing:
    season = get_season_row(session, season_id)
    scheme = read_scheme(season)
    return Missing(_list_unopened(season, scheme), _count_gaps(session, season_id, scheme))


def _list_unopened(season: Season, scheme: Scheme) -> tuple[Text, ...]:
    return tuple(
        scheme.get_round(row.code).name
        for row in season.rounds
        if row.state != "counted" and row.code in scheme.boxed
    )


def _count_gaps(session: Session, season_id: int, scheme: Scheme) -> tuple[tuple[Text, int], ...]:
    """Units without a figure for a component of their category; “not carried” is one."""
    units = Counter(session.scalars(select(Unit.category).where(Unit.season_id == season_id)))
    entered = {
        (round_code, component): n
        for round_code, component, n in session.execute(
            select(Indicator.round, Indicator.component, func.count())
            .where(Indicator.season_id == season_id)
            .group_by(Indicator.round, Indicator.component)
        )
    }
    gaps: Counter[str] = Counter()
    for each in scheme.components:
        wanted = sum(units[category] for category in each.categories)
        gaps[each.round] += max(0, wanted - entered.get((each.round, each.code), 0))
    return tuple((one.name, gaps[one.code]) for one in scheme.rounds if gaps[one.code])
