"""One entered figure: what stands, whose it is, who may change it, and everything done to it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from evalsvc.db import Database
from evalsvc.domain.assessing.counted import FigureStep, Key, list_steps
from evalsvc.domain.assessing.owners import LEADS, OFFICE, read_owners
from evalsvc.domain.changing import read_closed
from evalsvc.domain.seasons import get_season_row, read_scheme
from evalsvc.errors import NOT_FOUND, Problem
from evalsvc.models.assessment import BodyFigure, BodySheet
from evalsvc.models.figures import Indicator
from evalsvc.models.roster import Unit
from evalsvc.scheme.model import Component
from evalsvc.text import Text

Way = Literal["own", "overrule", "owed", "handed_in", "returned"]
"""How the office changes a figure: as its own; as another's; or not, while its owner owes it, while
its sheet waits to be accepted, or has gone back."""


@dataclass(frozen=True)
class Reading:
    """A figure at one moment; where one `stands`, None means that the unit does not carry it."""

    stands: bool
    value: str | None = None


@dataclass(frozen=True)
class HistoryLine:
    """One thing that was done, with what stood before; None: from before such steps were kept."""

    step: FigureStep
    before: Reading | None
    after: Reading


@dataclass(frozen=True)
class FigureView:
    """One figure with everything about it; `handed_in` is what a body's sheet has in its place.

    `closed` says why it stands, once a result with it has been shown.
    """

    key: Key
    unit: str
    category: str
    component: Component
    now: Reading
    owner: Text
    way: Way
    handed_in: Reading
    closed: Text
    history: tuple[HistoryLine, ...]

    @property
    def is_overruled(self) -> bool:
        return self.way == "overrule" and self.handed_in.stands and self.handed_in != self.now


def get_figure(database: Database, season_id: int, key: Key) -> FigureView:
    """A figure that the scheme asks of this unit, entered or still due."""
    round_code, code, name = key
    with database.reading() as session:
        scheme = read_scheme(get_season_row(session, season_id))
        unit = session.scalar(select(Unit).where(Unit.season_id == season_id, Unit.code == code))
        component = next(
            (each for each in scheme.components if (each.round, each.code) == (round_code, name)),
            None,
        )
        if unit is None or component is None or unit.category not in component.categories:
            raise Problem(NOT_FOUND)
        owner = read_owners(session, season_id).get((round_code, name), OFFICE)
        counted = session.get(Indicator, (season_id, round_code, code, name))
        handed_in = session.get(BodyFigure, (season_id, round_code, code, name))
        now = _read(counted)
        way = _find_way(session, season_id, component, owner, now)
        called, category = unit.name, unit.category
        kept, closed = _read(handed_in), read_closed(session, season_id)
    steps = list_steps(database, season_id, key)
    return FigureView(
        key, called, category, component, now, owner, way, kept, closed, tuple(_pair(steps))
    )


def _read(row: Indicator | BodyFigure | None) -> Reading:
    return Reading(False) if row is None else Reading(True, row.value)


def _find_way(
    session: Session, season_id: int, component: Component, owner: Text, now: Reading
) -> Way:
    if owner is OFFICE:
        return "own"
    sheet = session.get(BodySheet, (season_id, component.round, component.body))
    if owner is not LEADS and sheet is not None:
        if sheet.state == "returned":
            return "returned"
        if sheet.state == "handed_in":
            return "handed_in"
    return "overrule" if now.stands else "owed"


def _pair(steps: Sequence[FigureStep]) -> Iterator[HistoryLine]:
    """Newest first, each with the step before it."""
    readings = [Reading(not step.gone, step.value) for step in steps]
    for step, after, before in zip(steps, readings, [*readings[1:], None], strict=False):
        yield HistoryLine(step, before, after)
