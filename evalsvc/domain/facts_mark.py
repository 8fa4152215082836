"""Whether facts have changed since a result was computed, told by one number of each season.

Whatever writes a fact counts it up in the same transaction, and a computation keeps the number
that it saw. To read and hash all opened answers again took a page half a minute at five hundred
units. The number only warns: where something hangs on it, as in publishing, facts are hashed.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import event, inspect, select, update
from sqlalchemy.orm import ORMExecuteState, Session

from evalsvc.models.attachment import Attachment
from evalsvc.models.exclusion import BallotExclusion
from evalsvc.models.figures import Adjustment, Indicator
from evalsvc.models.history import PastResult, SeasonYear
from evalsvc.models.result import Result
from evalsvc.models.roster import Unit
from evalsvc.models.season import Round, Season

_BY_SEASON = (Adjustment, Attachment, Indicator, PastResult, SeasonYear, Unit)
# What is a fact of rows that hold more; opened answers come with the state `counted`.
_BY_COLUMN: Mapping[type[object], tuple[str, ...]] = {
    Season: ("scheme",),
    Round: ("state",),
    Unit: ("code", "name", "category", "flags"),
}
_WRITTEN = "seasons whose facts are written"


class UntoldFactError(RuntimeError):
    """A statement changes facts of many rows at once and doesn't say of which season."""


def of_season(season_id: int) -> dict[str, Any]:
    """Execution options of a statement that updates or deletes facts of a season."""
    return {"facts_of_season": season_id}


def is_marked_stale(session: Session, season_id: int, version: int) -> bool | None:
    """Whether facts have been written since a version; None for one from before they were counted.

    True also where a figure was changed and changed back, until the result is computed again.
    """
    seen = session.scalar(
        select(Result.facts_written).where(Result.season_id == season_id, Result.version == version)
    )
    return None if seen is None else seen != count_written(session, season_id)


def count_written(session: Session, season_id: int) -> int:
    """How often facts of a season have been written."""
    return session.scalars(select(Season.facts_written).where(Season.id == season_id)).one()


def mark_fresh(session: Session, season_id: int, version: int) -> None:
    """Note that a version is what the facts give now."""
    # Beside the acts that the log tells: nothing is done here, something is known.
    session.connection().execute(
        update(Result)
        .where(Result.season_id == season_id, Result.version == version)
        .values(facts_written=count_written(session, season_id))
    )


@event.listens_for(Session, "before_flush")
def _note_rows(session: Session, _context: Any, _instances: Any) -> None:
    for row in (*session.new, *session.deleted, *session.dirty):
        if row not in session.dirty or session.is_modified(row):
            _note(session, row)


def _note(session: Session, row: object) -> None:
    if row not in session.deleted and not _has_changed(row):
        return
    season_id = _find_season(session, row)
    # A season that is only being made has none, and no result that could be stale.
    if season_id is not None:
        session.info.setdefault(_WRITTEN, set()).add(season_id)


def _has_changed(row: object) -> bool:
    columns, attributes = _BY_COLUMN.get(type(row)), inspect(row).attrs
    return columns is None or any(attributes[name].history.has_changes() for name in columns)


def _find_season(session: Session, row: object) -> int | None:
    if isinstance(row, BallotExclusion):
        return session.get_one(Round, row.round_id).season_id
    if isinstance(row, Season):
        return row.id
    return row.season_id if isinstance(row, (*_BY_SEASON, Round)) else None


@event.listens_for(Session, "do_orm_execute")
def _note_statement(state: ORMExecuteState) -> None:
    if not (state.is_insert or state.is_update or state.is_delete) or state.bind_mapper is None:
        return
    if issubclass(state.bind_mapper.class_, _BY_SEASON):
        written: set[int] = state.session.info.setdefault(_WRITTEN, set())
        written |= _list_seasons(state)


def _list_seasons(state: ORMExecuteState) -> set[int]:
    told = state.execution_options.get("facts_of_season")
    if told is not None:
        return {told}
    rows = state.parameters
    if not state.is_insert or not isinstance(rows, list):
        raise UntoldFactError("a statement changes facts and doesn't say of which season")
    return {row["season_id"] for row in rows}


@event.listens_for(Session, "before_commit")
def _count_up(session: Session) -> None:
    session.flush()
    # Last of all, so that two who write figures of one season wait for each other no longer than a
    # commit takes, and never crosswise.
    if written := session.info.pop(_WRITTEN, None):
        session.connection().execute(
            update(Season)
            .where(Season.id.in_(sorted(written)))
            .values(facts_written=Season.facts_written + 1)
        )
