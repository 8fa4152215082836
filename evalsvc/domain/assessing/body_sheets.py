"""Sheets of assessing bodies as they stand: figures, what is missing, who handed them in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from evalsvc.db import Database
from evalsvc.domain.people.bodies import list_asked
from evalsvc.domain.seasons import get_season_row, read_scheme
from evalsvc.errors import NOT_FOUND, Problem
from evalsvc.models.assessment import BodyFigure, BodyNote, BodySheet
from evalsvc.models.roster import Unit
from evalsvc.scheme.model import Component, Scheme

NOT_CARRIED = "NA"


@dataclass(frozen=True)
class SheetUnit:
    """One unit's row; a component that is not for its category has no value here."""

    code: str
    name: str
    category: str
    values: Mapping[str, str]
    note: str
    evidence: str


@dataclass(frozen=True)
class SheetView:
    """One body's sheet of one round."""

    season_id: int
    round: str
    body: str
    state: str
    deadline: datetime | None
    handed_in_by: str | None
    handed_in_at: datetime | None
    reason: str
    decided_by: str | None
    decided_at: datetime | None
    components: tuple[Component, ...]
    units: tuple[SheetUnit, ...]

    @property
    def is_editable(self) -> bool:
        return self.state in ("open", "returned")

    @property
    def is_late(self) -> bool:
        """Handed in after its deadline."""
        return bool(self.handed_in_at and self.deadline and self.handed_in_at > self.deadline)

    def is_overdue(self, moment: datetime) -> bool:
        return self.is_editable and self.deadline is not None and moment > self.deadline

    @property
    def missing(self) -> int:
        """How many figures have not been entered."""
        return sum(value == "" for unit in self.units for value in unit.values.values())


def list_sheets(database: Database, season_id: int) -> tuple[SheetView, ...]:
    """All sheets that the scheme asks for, also those not asked for yet."""
    with database.reading() as session:
        scheme = read_scheme(get_season_row(session, season_id))
        rows = {
            (row.round, row.body): row
            for row in session.scalars(select(BodySheet).where(BodySheet.season_id == season_id))
        }
        units = list_season_units(session, season_id)
        figures, notes = _read_figures(session, season_id), _read_notes(session, season_id)
        return tuple(
            _assemble(
                rows.get((round_code, body))
                # No row yet: nobody has been asked for it, and the office has to see that.
                or BodySheet(season_id=season_id, round=round_code, body=body, state="unasked"),
                scheme,
                units,
                figures,
                notes,
            )
            for round_code, body in list_asked(scheme)
        )


def get_sheet(database: Database, season_id: int, round_code: str, body: str) -> SheetView:
    """One sheet that was asked for."""
    with database.reading() as session:
        return build_sheet(session, get_sheet_row(session, season_id, round_code, body))


def get_sheet_row(session: Session, season_id: int, round_code: str, body: str) -> BodySheet:
    # Locked: of two members at once, one hands in what the other is still typing.
    row = session.get(BodySheet, (season_id, round_code, body), with_for_update=True)
    if row is None:
        raise Problem(NOT_FOUND)
    return row


def build_sheet(session: Session, sheet: BodySheet) -> SheetView:
    scheme = read_scheme(get_season_row(session, sheet.season_id))
    units = list_season_units(session, sheet.season_id)
    figures = _read_figures(session, sheet.season_id)
    return _assemble(sheet, scheme, units, figures, _read_notes(session, sheet.season_id))


def list_season_units(session: Session, season_id: int) -> Sequence[Unit]:
    """In the order of the roster."""
    statement = select(Unit).where(Unit.season_id == season_id).order_by(Unit.position)
    return session.scalars(statement).all()


def _read_figures(session: Session, season_id: int) -> dict[tuple[str, str, str], str]:
    rows = session.scalars(select(BodyFigure).where(BodyFigure.season_id == season_id))
    return {
        (row.round, row.unit, row.component): NOT_CARRIED if row.value is None else row.value
        for row in rows
    }


def _read_notes(session: Session, season_id: int) -> dict[tuple[str, str, str], BodyNote]:
    rows = session.scalars(select(BodyNote).where(BodyNote.season_id == season_id))
    return {(row.round, row.body, row.unit): row for row in rows}


def _assemble(
    sheet: BodySheet,
    scheme: Scheme,
    units: Sequence[Unit],
    figures: Mapping[tuple[str, str, str], str],
    notes: Mapping[tuple[str, str, str], BodyNote],
) -> SheetView:
    components = tuple(
        each for each in scheme.components if (each.round, each.body) == (sheet.round, sheet.body)
    )
    return SheetView(
        season_id=sheet.season_id,
        round=sheet.round,
        body=sheet.body,
        state=sheet.state,
        deadline=sheet.deadline,
        handed_in_by=sheet.handed_in_by,
        handed_in_at=sheet.handed_in_at,
        reason=sheet.reason or "",
        decided_by=sheet.decided_by,
        decided_at=sheet.decided_at,
        components=components,
        units=tuple(
            _build_row(
                unit, sheet, components, figures, notes.get((sheet.round, sheet.body, unit.code))
            )
            for unit in units
            if any(unit.category in each.categories for each in components)
        ),
    )


def _build_row(
    unit: Unit,
    sheet: BodySheet,
    components: Sequence[Component],
    figures: Mapping[tuple[str, str, str], str],
    note: BodyNote | None,
) -> SheetUnit:
    return SheetUnit(
        unit.code,
        unit.name,
        unit.category,
        {
            each.code: figures.get((sheet.round, unit.code, each.code), "")
            for each in components
            if unit.category in each.categories
        },
        note.note if note else "",
        note.evidence if note else "",
    )
