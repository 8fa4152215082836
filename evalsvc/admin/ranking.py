"""A season's result as the ranking page shows it: a table for each category, in a chosen order."""

from dataclasses import dataclass
from fractions import Fraction

from analysis.tree import UnitResult
from evalsvc.domain.results import SeasonResult
from evalsvc.reports.ranking import list_columns
from evalsvc.scheme.model import Category, Scheme

# Parts of the total and their parts; what is below unfolds on the unit's page.
SHOWN_DEPTH = 2


@dataclass(frozen=True)
class RankLine:
    """One unit: its place, its published figure, and the figures of the columns."""

    unit: str
    name: str
    rank: int | None
    published: str | None
    figures: tuple[Fraction | None, ...]
    remarked: bool


@dataclass(frozen=True)
class Ranking:
    """One category's table; `columns` are node codes, parts of the total and their parts."""

    category: Category
    columns: tuple[str, ...]
    lines: tuple[RankLine, ...]


def build_rankings(
    scheme: Scheme, result: SeasonResult, sort: str, *, upwards: bool
) -> tuple[Ranking, ...]:
    """All categories with units in them; `sort` is a column's code, else the place decides."""
    return tuple(
        _build_ranking(category, units, result, sort, upwards=upwards)
        for category in scheme.categories
        if (units := [unit for unit in result.units if unit.category == category.code])
    )


def _build_ranking(
    category: Category, units: list[UnitResult], result: SeasonResult, sort: str, *, upwards: bool
) -> Ranking:
    trees = (unit.tree for unit in units)
    columns = tuple(column.code for column in list_columns(trees, SHOWN_DEPTH))
    lines = [_build_line(unit, columns, result) for unit in units]
    lines.sort(key=lambda line: (line.rank is None, line.rank or 0))
    if sort in columns:
        place = columns.index(sort)
        lines = _sorted_by(lines, place, upwards=upwards)
    return Ranking(category, columns, tuple(lines))


def _build_line(unit: UnitResult, columns: tuple[str, ...], result: SeasonResult) -> RankLine:
    values = {node.code: node.value for node in unit.tree.walk()}
    return RankLine(
        unit.unit,
        result.names.get(unit.unit, unit.unit),
        unit.rank,
        unit.published,
        tuple(values.get(code) for code in columns),
        bool(unit.tree.remarks),
    )


def _sorted_by(lines: list[RankLine], place: int, *, upwards: bool) -> list[RankLine]:
    """By one column, whoever lacks it last."""

    def key(line: RankLine) -> tuple[bool, Fraction]:
        value = line.figures[place]
        if value is None:
            return True, Fraction(0)
        return False, value if upwards else -value

    return sorted(lines, key=key)
