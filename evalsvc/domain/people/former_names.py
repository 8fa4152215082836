"""What units were called before, and which have gone into them: for whoever knows the old name."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from evalsvc.db import Database
from evalsvc.models.unit_change import UnitChange
from evalsvc.text import Text, same

_WAS = Text("原%(name)s", "formerly %(name)s")
_TOOK_IN = Text("含原%(name)s", "with the former %(name)s")
_FROM = Text("由%(name)s分设", "split off from %(name)s")


@dataclass(frozen=True)
class UnitChangeView:
    """One change by the names of then, with who entered it and why."""

    kind: str
    unit: str
    name: str
    other: str
    other_name: str
    since: str
    reason: str
    changed_by: str
    changed_at: datetime


def list_unit_changes(database: Database, season_id: int) -> tuple[UnitChangeView, ...]:
    """All changes of a season's units, newest first."""
    with database.reading() as session:
        return tuple(_build(row) for row in reversed(_select(session, season_id)))


def list_sayings(database: Database, season_id: int) -> Mapping[str, Text]:
    """What stands in brackets behind the name of a unit that was called or cut otherwise."""
    with database.reading() as session:
        rows = _select(session, season_id)
    found: dict[str, list[Text]] = {}
    for row in rows:
        name = same(row.name)
        if row.kind == "renamed":
            found.setdefault(row.unit, []).append(_WAS.filled(name=name))
        elif row.kind == "merged":
            found.setdefault(row.other, []).append(_TOOK_IN.filled(name=name))
        elif row.kind == "split":
            found.setdefault(row.unit, []).append(_FROM.filled(name=same(row.other_name)))
    return {code: Text("；", "; ").join(texts) for code, texts in found.items()}


def read_former_names(session: Session, season_id: int) -> Mapping[str, str]:
    """Codes by the names that units have had before; what merged into another is not the other."""
    rows = reversed(_select(session, season_id))
    return {row.name: row.unit for row in rows if row.kind == "renamed"}


def _select(session: Session, season_id: int) -> Sequence[UnitChange]:
    of_season = select(UnitChange).where(UnitChange.season_id == season_id).order_by(UnitChange.id)
    return session.scalars(of_season).all()


def _build(row: UnitChange) -> UnitChangeView:
    return UnitChangeView(
        row.kind, row.unit, row.name, row.other, row.other_name, row.since, row.reason,
        row.changed_by, row.changed_at,
    )  # a row, read by columns  # fmt: skip
