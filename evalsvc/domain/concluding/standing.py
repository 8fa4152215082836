"""How far each season is beyond its boxes: figures, computing, publicity, final, archive, keys."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from evalsvc.db import Database
from evalsvc.domain.office_days import find_day
from evalsvc.models.approval import Approval
from evalsvc.models.figures import Adjustment, Indicator
from evalsvc.models.publication import Publication, ReviewRequest
from evalsvc.models.result import Result
from evalsvc.models.roster import Unit
from evalsvc.models.season import Season


@dataclass(frozen=True)
class Shown:
    """The newest version that somebody proposed, without what it says."""

    version: int
    state: str
    audience: str
    first_day: date | None
    last_day: date | None
    review_until: date | None

    def waits_until(self) -> date:
        """The last day before it can be made final."""
        return max(self.last_day or date.min, self.review_until or date.min)


@dataclass(frozen=True)
class SeasonStanding:
    """What a season's list of steps is read off, beside its rounds.

    `asked`: acts that wait for a second person, by kind and round.
    """

    has_units: bool = False
    has_figures: bool = False
    computed_at: datetime | None = None
    shown: Shown | None = None
    reviews: int = 0
    answer_until: date | None = None
    asked: frozenset[tuple[str, int | None]] = frozenset()

    def is_asked(self, kind: str) -> bool:
        return any(each == kind for each, _ in self.asked)


def list_standings(database: Database) -> Mapping[int, SeasonStanding]:
    """Of every season, in as many statements for one as for a hundred."""
    with database.reading() as session:
        units = set(session.scalars(select(Unit.season_id).distinct()))
        figures = set(session.scalars(select(Indicator.season_id).distinct()))
        figures |= set(session.scalars(select(Adjustment.season_id).distinct()))
        results, shown = _list_results(session), _list_shown(session)
        reviews, asked = _list_reviews(session), _list_asked(session)
        seasons = session.scalars(select(Season.id)).all()
    standings = {}
    for season_id in seasons:
        waiting, until = reviews.get(season_id, (0, None))
        standings[season_id] = SeasonStanding(
            has_units=season_id in units,
            has_figures=season_id in figures,
            computed_at=results.get(season_id),
            shown=shown.get(season_id),
            reviews=waiting,
            answer_until=until,
            asked=frozenset(asked.get(season_id, ())),
        )
    return standings


def list_notices(database: Database, today: date) -> Mapping[int, Shown]:
    """Seasons whose newest version everybody may read."""
    with database.reading() as session:
        return {
            season_id: shown
            for season_id, shown in _list_shown(session).items()
            if shown.audience == "public"
            and shown.first_day is not None
            and shown.first_day <= today
        }


def _list_results(session: Session) -> dict[int, datetime]:
    """When each season was computed last."""
    rows = session.execute(select(Result.season_id, Result.computed_at).order_by(Result.version))
    return {row.season_id: row.computed_at for row in rows}


def _list_shown(session: Session) -> dict[int, Shown]:
    rows = session.execute(
        select(
            Publication.season_id,
            Publication.version,
            Publication.state,
            Publication.audience,
            Publication.first_day,
            Publication.last_day,
            Publication.review_until,
        ).order_by(Publication.version)
    )
    return {
        row.season_id: Shown(
            row.version,
            row.state,
            row.audience,
            find_day(row.first_day),
            find_day(row.last_day),
            find_day(row.review_until),
        )
        for row in rows
    }


def _list_reviews(session: Session) -> dict[int, tuple[int, date | None]]:
    """How many wait for an answer, and until when the first of them."""
    rows = session.execute(
        select(
            ReviewRequest.season_id,
            func.count().label("n"),
            func.min(ReviewRequest.answer_until).label("until"),
        )
        .where(ReviewRequest.state == "waiting")
        .group_by(ReviewRequest.season_id)
    )
    return {row.season_id: (row.n, find_day(row.until)) for row in rows}


def _list_asked(session: Session) -> dict[int, set[tuple[str, int | None]]]:
    rows = session.execute(
        select(Approval.season_id, Approval.kind, Approval.round_id).where(
            Approval.state == "pending"
        )
    )
    asked: dict[int, set[tuple[str, int | None]]] = {}
    for row in rows:
        asked.setdefault(row.season_id, set()).add((row.kind, row.round_id))
    return asked
