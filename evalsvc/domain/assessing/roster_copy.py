"""A roster and its people taken over from another season, as far as the scheme knows them."""

from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from evalsvc.db import Row
from evalsvc.models.roster import PanelSeats, Rater, Relation, Unit
from evalsvc.scheme.model import Scheme

Line = TypeVar("Line", Unit, Rater, Relation, PanelSeats)
# What a unit says of its own year stays with that year.
_OF_A_SEASON = frozenset({"id", "season_id", "account"})


def copy_roster(session: Session, scheme: Scheme, season_id: int, earlier_id: int) -> int:
    """Whatever of the other's roster this scheme has a place for; none where there is one."""
    if session.scalar(select(exists().where(Unit.season_id == season_id))):
        return 0
    categories = {each.code for each in scheme.categories}
    groups = {each.code for each in scheme.groups}
    units = _copy(session, season_id, _list_all(session, Unit, earlier_id, "category", categories))
    codes = {each.code for each in units}
    # Whoever belonged to a unit that has no place here, or rated one, would be of nothing.
    raters = [
        each
        for each in _list_all(session, Rater, earlier_id, "group", groups)
        if not each.unit or each.unit in codes
    ]
    known = {(each.group, each.code) for each in _copy(session, season_id, raters)}
    relations = [
        each
        for each in _list_all(session, Relation, earlier_id, "group", groups)
        if each.unit in codes and (each.group, each.rater) in known
    ]
    _copy(session, season_id, relations)
    _copy(session, season_id, _list_all(session, PanelSeats, earlier_id, "group", groups))
    session.flush()
    return len(units)


def copy_bound(
    session: Session, column: Any, season_id: int, earlier_id: int, known: Iterable[str]
) -> int:
    """Who worked for a body or spoke for a unit does so again."""
    table: type[Row] = column.class_
    bound = set(_list_bound(session, column, season_id))
    fresh = [
        each
        for each in _list_bound(session, column, earlier_id)
        if each not in bound and each[1] in set(known)
    ]
    session.add_all(
        table(season_id=season_id, staff_id=staff, **{column.key: code}) for staff, code in fresh
    )
    return len(fresh)


def _list_all(
    session: Session, table: type[Line], season_id: int, by: str, known: set[str]
) -> list[Line]:
    """A season's rows of which another scheme knows what they go by."""
    # In the order of the roster, which lists and papers follow.
    of_season = select(table).where(table.season_id == season_id)
    rows = session.scalars(of_season.order_by(*table.__mapper__.primary_key)).all()
    return [row for row in rows if getattr(row, by) in known]


def _copy(session: Session, season_id: int, rows: Sequence[Line]) -> Sequence[Line]:
    """The same rows again for another season."""
    for row in rows:
        names = [c.key for c in row.__table__.columns if c.key not in _OF_A_SEASON]
        again = {name: getattr(row, name) for name in names}
        session.add(type(row)(season_id=season_id, **again))
    return rows


def _list_bound(session: Session, column: Any, season_id: int) -> list[tuple[int, str]]:
    table = column.class_
    rows = session.execute(select(table.staff_id, column).where(table.season_id == season_id))
    return [(row[0], row[1]) for row in rows]
