"""Figures of assessing bodies that counted and were changed afterwards: both, and why."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from evalsvc.db import Database
from evalsvc.domain.assessing.body_sheets import NOT_CARRIED
from evalsvc.domain.assessing.counted import Key, read_counted
from evalsvc.domain.assessing.overruled import read_overruled
from evalsvc.evidence.sheets import guarded
from evalsvc.evidence.write import sheet
from evalsvc.models.assessment import FigureChange
from evalsvc.results.changes import ChangedFigure

# No figure, which is something else than a figure that is not carried.
_UNTOLD = object()


def list_changes(
    database: Database, season_id: int, unit: str | None = None
) -> tuple[ChangedFigure, ...]:
    """Figures of bodies that were changed after they counted, oldest first."""
    with database.reading() as session:
        found = _list_changes(session, season_id)
    return tuple(each for each in found if unit in (None, each.unit))


def write_trail(session: Session, season_id: int) -> dict[str, bytes]:
    """The same for a package, as changes.csv; nothing where nothing was changed."""
    found = _list_changes(session, season_id)
    if not found:
        return {}
    rows = [
        (
            each.round,
            each.unit,
            each.component,
            NOT_CARRIED if each.before is None else each.before,
            NOT_CARRIED if each.after is None else each.after,
            # Typed by people, so a spreadsheet could take it for a formula.
            guarded(each.reason),
            guarded(each.changed_by),
            each.changed_at.isoformat() if each.changed_at else "",
        )
        for each in found
    ]
    heads = ("round", "unit", "component", "before", "after", "reason", "changed_by", "changed_at")
    return {"changes.csv": sheet(heads, rows)}


def note_changes(
    session: Session,
    season_id: int,
    figures: Mapping[Key, str | None],
    reason: str,
    by: str,
    moment: datetime,
) -> int:
    """Keep both figures wherever another one counted before; how many there are."""
    before = read_counted(session, season_id)
    # The same figure again is no change, and needs no reason.
    changed = {key: value for key, value in figures.items() if before.get(key, value) != value}
    for (round_code, unit, component), value in changed.items():
        session.add(
            FigureChange(
                season_id=season_id,
                round=round_code,
                unit=unit,
                component=component,
                before=before[round_code, unit, component],
                after=value,
                reason=reason or "—",
                changed_by=by,
                changed_at=moment,
            )
        )
    return len(changed)


def _list_changes(session: Session, season_id: int) -> list[ChangedFigure]:
    rows = session.scalars(
        select(FigureChange).where(FigureChange.season_id == season_id).order_by(FigureChange.id)
    ).all()
    found = [
        ChangedFigure(row.unit, row.component, row.round, row.before, row.after, row.reason,
                   row.changed_by, row.changed_at)
        for row in rows
    ]  # a table, read by rows  # fmt: skip
    # What was changed with a reason stands in the list already, as the last word on its figure.
    told = {(each.round, each.unit, each.component): each.after for each in found}
    return found + [
        each.change
        for each in read_overruled(session, season_id)
        # An import of old knew no sheets and left no word.
        if told.get((each.change.round, each.change.unit, each.change.component), _UNTOLD)
        != each.change.after
    ]
