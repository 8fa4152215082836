"""Figures that somebody handed in and in whose place the office lets others count: for the owner.

What was handed in stays on its sheet as it was signed; beside it stands what counts, who changed
it, when and why.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from evalsvc.db import Database
from evalsvc.domain.acting import Act
from evalsvc.domain.assessing.counted import Key
from evalsvc.domain.assessing.owners import list_graded
from evalsvc.domain.seasons import get_season_row, read_scheme
from evalsvc.models.assessment import (
    BodyFigure,
    BodyMember,
    BodySheet,
    FigureChange,
    FigureEntry,
    Task,
)
from evalsvc.models.figures import Indicator
from evalsvc.models.publication import Publication
from evalsvc.models.roster import Unit
from evalsvc.results.changes import ChangedFigure


@dataclass(frozen=True)
class Overruled:
    """One figure, both of it, and its owner: a body, or the units that led the unit's tasks."""

    change: ChangedFigure
    owners: frozenset[str]


@dataclass(frozen=True)
class OwnOverruled:
    """So many figures of a colleague's bodies in a season count otherwise than handed in."""

    season_id: int
    sheets: int
    grades: int


def list_overruled(
    database: Database, season_id: int, owners: Collection[str] | None = None
) -> tuple[ChangedFigure, ...]:
    """All of a season, or those of some bodies and lead units, in the order of their names."""
    with database.reading() as session:
        found = read_overruled(session, season_id)
    return tuple(
        each.change for each in found if owners is None or not each.owners.isdisjoint(owners)
    )


def list_own_overruled(act: Act) -> tuple[OwnOverruled, ...]:
    """What a colleague's bodies should know, newest season first."""
    with act.database.reading() as session:
        rows = session.execute(
            select(BodyMember.season_id, BodyMember.body)
            # Most seasons have none, and those of earlier years are over: they are not read on.
            .where(
                BodyMember.staff_id == act.actor.staff_id,
                BodyMember.season_id.in_(select(FigureChange.season_id)),
                BodyMember.season_id.not_in(
                    select(Publication.season_id).where(Publication.state == "archived")
                ),
            )
        )
        own: dict[int, set[str]] = {}
        for season_id, body in rows:
            own.setdefault(season_id, set()).add(body)
        found = [_count(session, season_id, own[season_id]) for season_id in sorted(own)[::-1]]
    return tuple(each for each in found if each.sheets or each.grades)


def read_overruled(session: Session, season_id: int) -> tuple[Overruled, ...]:
    """Of accepted sheets and of counted grades: where something else counts."""
    found = [*_list_of_sheets(session, season_id), *_list_of_grades(session, season_id)]
    if not found:
        return ()
    last = {
        (row.round, row.unit, row.component): row
        for row in session.scalars(
            select(FigureChange)
            .where(FigureChange.season_id == season_id)
            .order_by(FigureChange.id)
        )
    }
    return tuple(_explain(each, last) for each in found)


def _count(session: Session, season_id: int, own: Collection[str]) -> OwnOverruled:
    found = [each for each in read_overruled(session, season_id) if each.owners & set(own)]
    graded = set(list_graded(read_scheme(get_season_row(session, season_id))))
    grades = sum((each.change.round, each.change.component) in graded for each in found)
    return OwnOverruled(season_id, len(found) - grades, grades)


def _list_of_sheets(session: Session, season_id: int) -> Iterable[Overruled]:
    handed_in = session.execute(
        select(BodySheet.round, BodySheet.body).where(
            BodySheet.season_id == season_id, BodySheet.state == "accepted"
        )
    )
    accepted = {(row.round, row.body) for row in handed_in}
    if not accepted:
        return
    scheme = read_scheme(get_season_row(session, season_id))
    bodies = {(each.round, each.code): each.body for each in scheme.components}
    rows = session.execute(
        select(BodyFigure, Indicator.value)
        .outerjoin(
            Indicator,
            and_(
                Indicator.season_id == BodyFigure.season_id,
                Indicator.round == BodyFigure.round,
                Indicator.unit == BodyFigure.unit,
                Indicator.component == BodyFigure.component,
            ),
        )
        .where(
            BodyFigure.season_id == season_id,
            BodyFigure.value.is_distinct_from(Indicator.value),
            # Of a unit that has gone nothing counts, and nothing was changed.
            BodyFigure.unit.in_(select(Unit.code).where(Unit.season_id == season_id)),
        )
        .order_by(BodyFigure.round, BodyFigure.unit, BodyFigure.component)
    )
    for row, now in rows:
        body = bodies.get((row.round, row.component), "")
        if (row.round, body) in accepted:
            change = ChangedFigure(row.unit, row.component, row.round, row.value, now, "", "", None)
            yield Overruled(change, frozenset({body}))


def _list_of_grades(session: Session, season_id: int) -> Iterable[Overruled]:
    """Where a page has the last word on what grades had made."""
    newest = (
        select(
            FigureEntry.round,
            FigureEntry.unit,
            FigureEntry.component,
            func.max(FigureEntry.id).label("id"),
        )
        .where(FigureEntry.season_id == season_id, FigureEntry.source == "grades")
        .group_by(FigureEntry.round, FigureEntry.unit, FigureEntry.component)
        .subquery()
    )
    rows = session.execute(
        select(FigureEntry, Indicator.value)
        .join(newest, newest.c.id == FigureEntry.id)
        .join(
            Indicator,
            and_(
                Indicator.season_id == FigureEntry.season_id,
                Indicator.round == FigureEntry.round,
                Indicator.unit == FigureEntry.unit,
                Indicator.component == FigureEntry.component,
            ),
        )
        .where(FigureEntry.value.is_distinct_from(Indicator.value))
        .order_by(FigureEntry.round, FigureEntry.unit, FigureEntry.component)
    ).all()
    leads: dict[str, set[str]] = {}
    if rows:
        led = select(Task.unit, Task.lead).where(Task.season_id == season_id)
        for unit, lead in session.execute(led):
            leads.setdefault(unit, set()).add(lead)
    for row, now in rows:
        change = ChangedFigure(row.unit, row.component, row.round, row.value, now, "", "", None)
        yield Overruled(change, frozenset(leads.get(row.unit, ())))


def _explain(found: Overruled, last: Mapping[Key, FigureChange]) -> Overruled:
    """With the word of whoever had the last one; an import of old has left none."""
    change = found.change
    row = last.get((change.round, change.unit, change.component))
    if row is None or row.after != change.after:
        return found
    told = replace(change, reason=row.reason, changed_by=row.changed_by, changed_at=row.changed_at)
    return replace(found, change=told)
