"""The figures that count, and the book of what was done to each: the only place that writes them.

Every figure that comes, changes or goes leaves a row with its source, person, time and reason.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from evalsvc.db import Database
from evalsvc.domain.acting import Act
from evalsvc.domain.changing import require_changeable
from evalsvc.models.assessment import FigureEntry
from evalsvc.models.figures import Indicator

Key = tuple[str, str, str]
"""Round, unit and component of a figure."""

Source = Literal["import", "page", "sheet", "grades", "asked"]
"""A workbook of the office, its page, a body's accepted sheet, grades of tasks; or, where a figure
goes, that a body was asked to enter it under its own name."""


@dataclass(frozen=True)
class Written:
    """How many figures came, were changed and went."""

    added: int = 0
    changed: int = 0
    removed: int = 0


@dataclass(frozen=True)
class FigureStep:
    """One thing that was done to a figure; None: not carried, and `gone`: no figure any more."""

    value: str | None
    gone: bool
    source: str
    reason: str
    by: str
    at: datetime


def read_counted(session: Session, season_id: int) -> dict[Key, str | None]:
    """All figures of a season that count; None: the unit does not carry it."""
    rows = session.execute(
        select(Indicator.round, Indicator.unit, Indicator.component, Indicator.value).where(
            Indicator.season_id == season_id
        )
    )
    return {(row.round, row.unit, row.component): row.value for row in rows}


def write_counted(
    session: Session,
    act: Act,
    season_id: int,
    figures: Mapping[Key, str | None],
    source: Source,
    *,
    gone: Collection[Key] = (),
    reason: str = "",
    by: str = "",
) -> Written:
    """Let these figures count and take others away; what stays the same keeps its row.

    `by` is under whose name they stand, where that is not who acts.
    """
    rows = _select_rows(session, season_id, (*figures, *gone))
    added = [key for key in figures if key not in rows]
    changed = [key for key in figures if key in rows and rows[key].value != figures[key]]
    removed = [key for key in gone if key in rows]
    if added or changed or removed:
        require_changeable(session, season_id)
    for key in removed:
        session.delete(rows[key])
    for key in changed:
        rows[key].value = figures[key]
    # What goes, goes first: what comes in its place may have its key.
    session.flush()
    if added:
        session.execute(
            insert(Indicator),
            [{"season_id": season_id, **_name(key), "value": figures[key]} for key in added],
        )
    steps = [(key, figures[key], False) for key in (*added, *changed)]
    steps += [(key, None, True) for key in removed]
    common = {"source": source, "reason": reason, "entered_by": by or act.actor.name}
    _note(session, season_id, steps, {**common, "entered_at": act.moment})
    return Written(len(added), len(changed), len(removed))


def list_steps(database: Database, season_id: int, key: Key) -> tuple[FigureStep, ...]:
    """What was done to a figure, newest first."""
    round_code, unit, component = key
    found = (
        select(FigureEntry)
        .where(
            FigureEntry.season_id == season_id,
            FigureEntry.round == round_code,
            FigureEntry.unit == unit,
            FigureEntry.component == component,
        )
        .order_by(FigureEntry.id.desc())
    )
    with database.reading() as session:
        return tuple(_build_step(row) for row in session.scalars(found))


def read_newest_steps(session: Session, season_id: int, round_code: str) -> dict[Key, FigureStep]:
    """The last thing that was done to each figure of a round."""
    rows = session.scalars(
        select(FigureEntry)
        .where(FigureEntry.season_id == season_id, FigureEntry.round == round_code)
        .order_by(FigureEntry.id)
    )
    return {(row.round, row.unit, row.component): _build_step(row) for row in rows}


def _select_rows(session: Session, season_id: int, keys: Collection[Key]) -> dict[Key, Indicator]:
    """Of the units that these keys name, which may be one of five hundred."""
    rows = session.scalars(
        select(Indicator).where(
            Indicator.season_id == season_id,
            Indicator.round.in_({key[0] for key in keys}),
            Indicator.unit.in_({key[1] for key in keys}),
        )
    )
    return {(row.round, row.unit, row.component): row for row in rows}


def _note(
    session: Session,
    season_id: int,
    steps: Sequence[tuple[Key, str | None, bool]],
    common: Mapping[str, object],
) -> None:
    if steps:
        session.execute(
            insert(FigureEntry),
            [
                {"season_id": season_id, **common, **_name(key), "value": value, "gone": gone}
                for key, value, gone in steps
            ],
        )


def _name(key: Key) -> dict[str, str]:
    return dict(zip(("round", "unit", "component"), key, strict=True))


def _build_step(row: FigureEntry) -> FigureStep:
    return FigureStep(row.value, row.gone, row.source, row.reason, row.entered_by, row.entered_at)
