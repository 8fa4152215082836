"""The entered figures of a season as a table units × indicators: what stands, whose it is, gaps.

A page shows a part of it, and asks the database for that part alone: 500 units with 60 indicators
are 30,000 figures.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from evalsvc.db import Database
from evalsvc.domain.assessing.counted import Source
from evalsvc.domain.assessing.owners import OFFICE, Owners, read_owners
from evalsvc.domain.changing import read_closed
from evalsvc.domain.folding import fold
from evalsvc.domain.seasons import get_season_row, read_scheme
from evalsvc.models.assessment import FigureEntry
from evalsvc.models.figures import Indicator
from evalsvc.models.roster import Unit
from evalsvc.scheme.model import Component, Scheme
from evalsvc.text import Text

Item = TypeVar("Item")

UNITS_SHOWN = 60
COMPONENTS_SHOWN = 12


@dataclass(frozen=True)
class Part:
    """Which part of the figures is looked at; what is empty or unknown is chosen for the reader."""

    round: str = ""
    category: str = ""
    component: str = ""
    owner: str = ""
    word: str = ""
    gaps: bool = False
    page: int = 1
    columns: int = 1


@dataclass(frozen=True)
class FoundUnit:
    """A unit of the season, of any category."""

    code: str
    name: str
    category: str


@dataclass(frozen=True)
class TableUnit:
    """A row: `missing` of its figures have not come yet, on this page or beside it."""

    code: str
    name: str
    missing: int


@dataclass(frozen=True)
class TableFigure:
    """A figure that stands, and how it came; None: the unit does not carry it."""

    value: str | None
    source: Source | None


@dataclass(frozen=True)
class FigureTable:
    """The part that was found, with what may be chosen instead of it.

    `components` are all of the part, `shown` those on this page; `owners` are by component, the
    office included. `found_in` are categories in which the word is found. `closed` says why nothing
    may be changed, once a result with these figures has been shown.
    """

    part: Part
    rounds: tuple[str, ...]
    categories: tuple[str, ...]
    found_in: Mapping[str, int]
    offered: tuple[Component, ...]
    components: tuple[Component, ...]
    shown: tuple[Component, ...]
    owners: Mapping[str, Text]
    units: tuple[TableUnit, ...]
    figures: Mapping[tuple[str, str], TableFigure]
    n: int
    missing: int
    without: int
    closed: Text

    @property
    def pages(self) -> int:
        return max(-(-self.n // UNITS_SHOWN), 1)

    @property
    def column_pages(self) -> int:
        return max(-(-len(self.components) // COMPONENTS_SHOWN), 1)

    def is_the_offices(self, component: Component) -> bool:
        return self.owners[component.code] is OFFICE


def get_table(database: Database, season_id: int, wanted: Part) -> FigureTable:
    """One part of a season's figures."""
    with database.reading() as session:
        scheme = read_scheme(get_season_row(session, season_id))
        units = _read_units(session, season_id)
        return _Chooser(scheme, units, read_owners(session, season_id)).build(
            session, season_id, wanted
        )


def list_rounds(scheme: Scheme) -> tuple[str, ...]:
    """The rounds in which figures are entered, in the scheme's order."""
    used = {each.round for each in scheme.components}
    return tuple(each.code for each in scheme.rounds if each.code in used)


class _Chooser:
    """Finds out which part is meant, and reads it."""

    def __init__(self, scheme: Scheme, units: Sequence[FoundUnit], owners: Owners) -> None:
        self.scheme, self.units, self.owners = scheme, units, owners

    def build(self, session: Session, season_id: int, wanted: Part) -> FigureTable:
        rounds = list_rounds(self.scheme)
        round_code = wanted.round if wanted.round in rounds else next(iter(rounds), "")
        of_round = [each for each in self.scheme.components if each.round == round_code]
        categories = self._list_categories(of_round)
        found_in = self._count_found(categories, wanted.word)
        category = _choose(wanted.category, found_in)
        offered = tuple(each for each in of_round if category in each.categories)
        owners = {each.code: self._get_owner(each) for each in offered}
        components = tuple(
            each
            for each in offered
            if wanted.owner in ("", owners[each.code].zh) and wanted.component in ("", each.code)
        )
        codes = [each.code for each in components]
        counts = _count_figures(session, season_id, round_code, codes)
        rows = [
            TableUnit(unit.code, unit.name, len(codes) - counts.get(unit.code, 0))
            for unit in self.units
            if unit.category == category and _has(unit, wanted.word)
        ]
        listed = [row for row in rows if row.missing or not wanted.gaps]
        page, units = _take(listed, wanted.page, UNITS_SHOWN)
        columns, shown = _take(components, wanted.columns, COMPONENTS_SHOWN)
        part = Part(
            round_code, category, wanted.component, wanted.owner, wanted.word, wanted.gaps,
            page, columns,
        )  # as the page has found them  # fmt: skip
        return FigureTable(
            part=part,
            rounds=rounds,
            categories=categories,
            found_in=found_in,
            offered=offered,
            components=components,
            shown=tuple(shown),
            owners=owners,
            units=tuple(units),
            figures=_read_figures(session, season_id, round_code, units, shown),
            n=len(listed),
            missing=sum(row.missing for row in rows),
            without=sum(row.missing > 0 for row in rows),
            closed=read_closed(session, season_id),
        )

    def _list_categories(self, components: Sequence[Component]) -> tuple[str, ...]:
        carrying = {category for each in components for category in each.categories}
        return tuple(each.code for each in self.scheme.categories if each.code in carrying)

    def _count_found(self, categories: Collection[str], word: str) -> dict[str, int]:
        found = dict.fromkeys(categories, 0)
        for unit in self.units:
            if unit.category in found and _has(unit, word):
                found[unit.category] += 1
        return found

    def _get_owner(self, component: Component) -> Text:
        return self.owners.get((component.round, component.code), OFFICE)


def _choose(wanted: str, found_in: Mapping[str, int]) -> str:
    """The category that was asked for, unless what is looked for stands in another one only."""
    first = next((code for code, n in found_in.items() if n), next(iter(found_in), ""))
    nowhere = not any(found_in.values())
    return wanted if found_in.get(wanted) or (nowhere and wanted in found_in) else first


def _has(unit: FoundUnit, word: str) -> bool:
    return not word or fold(word) in fold(f"{unit.name} {unit.code}")


def _take(items: Sequence[Item], page: int, size: int) -> tuple[int, Sequence[Item]]:
    page = min(max(page, 1), max(-(-len(items) // size), 1))
    return page, items[(page - 1) * size : page * size]


def _read_units(session: Session, season_id: int) -> tuple[FoundUnit, ...]:
    columns = select(Unit.code, Unit.name, Unit.category).where(Unit.season_id == season_id)
    return tuple(FoundUnit(*row) for row in session.execute(columns.order_by(Unit.position)))


def _count_figures(
    session: Session, season_id: int, round_code: str, components: Sequence[str]
) -> dict[str, int]:
    rows = session.execute(
        select(Indicator.unit, func.count().label("n"))
        .where(
            Indicator.season_id == season_id,
            Indicator.round == round_code,
            Indicator.component.in_(components),
        )
        .group_by(Indicator.unit)
    )
    return {row.unit: row.n for row in rows}


def _read_figures(
    session: Session,
    season_id: int,
    round_code: str,
    units: Sequence[TableUnit],
    components: Sequence[Component],
) -> dict[tuple[str, str], TableFigure]:
    codes, names = [unit.code for unit in units], [each.code for each in components]
    newest = (
        select(func.max(FigureEntry.id).label("id"))
        .where(
            FigureEntry.season_id == season_id,
            FigureEntry.round == round_code,
            FigureEntry.unit.in_(codes),
            FigureEntry.component.in_(names),
        )
        .group_by(FigureEntry.unit, FigureEntry.component)
        .subquery()
    )
    sources = {
        (row.unit, row.component): row.source
        for row in session.execute(
            select(FigureEntry.unit, FigureEntry.component, FigureEntry.source).join(
                newest, newest.c.id == FigureEntry.id
            )
        )
    }
    rows = session.execute(
        select(Indicator.unit, Indicator.component, Indicator.value).where(
            Indicator.season_id == season_id,
            Indicator.round == round_code,
            Indicator.unit.in_(codes),
            Indicator.component.in_(names),
        )
    )
    return {
        (row.unit, row.component): TableFigure(
            # What was entered before each step was kept has none.
            row.value,
            sources.get((row.unit, row.component)),
        )
        for row in rows
    }
