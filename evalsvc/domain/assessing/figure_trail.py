"""Figures of assessing bodies that counted and were changed afterwards: both, and why."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from evalsvc.db import Database
from evalsvc.domain.assessing.body_sheets import NOT_CARRIED
from evalsvc.domain.assessing.counted import Key, read_counted
from evalsvc.domain.seasons import get_season_row, read_scheme
from evalsvc.evidence.sheets import guarded
from evalsvc.evidence.write import sheet
from evalsvc.models.assessment import BodyFigure, BodySheet, FigureChange
from evalsvc.models.figures import Indicator
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
        each
        for each in _list_overwritten(session, season_id)
        if told.get((each.round, each.unit, each.component), _UNTOLD) != each.after
    ]


def _list_overwritten(session: Session, season_id: int) -> list[ChangedFigure]:
    """Accepted figures in whose place others count: that of an import of old, or of the office."""
    accepted = session.scalars(
        select(BodySheet).where(BodySheet.season_id == season_id, BodySheet.state == "accepted")
    ).all()
    if not accepted:
        return []
    # An import knows no sheets and leaves no trail: what counts is held against what was accepted.
    scheme = read_scheme(get_season_row(session, season_id))
    bodies = {(each.round, each.code): each.body for each in scheme.components}
    own = {(sheet.round, sheet.body) for sheet in accepted}
    counts = {
        (row.round, row.unit, row.component): row.value
        for row in session.scalars(select(Indicator).where(Indicator.season_id == season_id))
    }
    handed = session.scalars(select(BodyFigure).where(BodyFigure.season_id == season_id))
    return [
        ChangedFigure(row.unit, row.component, row.round, row.value, now, "", "", None)
        for row in handed
        if (row.round, bodies.get((row.round, row.component))) in own
        and (now := counts.get((row.round, row.unit, row.component))) != row.value
    ]
