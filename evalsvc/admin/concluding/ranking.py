"""A season's result as the ranking page shows it: a table for each category, in a chosen order."""

from dataclasses import dataclass
from fractions import Fraction

from analysis.score.tree import UnitResult
from evalsvc.reports.charts.drawing import Chart
from evalsvc.reports.charts.ranking_chart import ScoredUnit, build_ranking_chart
from evalsvc.reports.ranking import list_columns
from evalsvc.reports.words.explain import node_name
from evalsvc.results.season import SeasonResult
from evalsvc.scheme.model import Category, Scheme

# Parts of the total and their parts; what is below unfolds on the unit's page.
SHOWN_DEPTH = 2
LEAST_DRAWN = 2


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
    """One category's table; `columns` are node codes, parts of the total and their parts.

    `chart` is None where fewer than two units have a figure to be drawn.
    """

    category: Category
    columns: tuple[str, ...]
    lines: tuple[RankLine, ...]
    chart: Chart | None


def build_rankings(
    scheme: Scheme, result: SeasonResult, sort: str = "", *, upwards: bool = False
) -> tuple[Ranking, ...]:
    """All categories with units in them; `sort` is a column's code, else the place decides."""
    return tuple(
        _build_ranking(scheme, category, units, result, sort, upwards=upwards)
        for category in scheme.categories
        if (units := [unit for unit in result.units if unit.category == category.code])
    )


def _build_ranking(
    scheme: Scheme,
    category: Category,
    units: list[UnitResult],
    result: SeasonResult,
    sort: str,
    *,
    upwards: bool,
) -> Ranking:
    trees = (unit.tree for unit in units)
    columns = tuple(column.code for column in list_columns(trees, SHOWN_DEPTH))
    lines = [_build_line(unit, columns, result) for unit in units]
    lines.sort(key=lambda line: (line.rank is None, line.rank or 0))
    if sort in columns:
        place = columns.index(sort)
        lines = _sorted_by(lines, place, upwards=upwards)
    chart = _build_chart(scheme, category, units, result)
    return Ranking(category, columns, tuple(lines), chart)


def _build_chart(
    scheme: Scheme, category: Category, units: list[UnitResult], result: SeasonResult
) -> Chart | None:
    """Who scored what, with a strip for each main part."""
    if sum(unit.published is not None for unit in units) < LEAST_DRAWN:
        return None
    main = tuple(column.code for column in list_columns((unit.tree for unit in units), 1))
    scored = [
        ScoredUnit(
            line.name,
            line.rank,
            None if line.published is None else Fraction(line.published),
            line.published or "—",
            line.figures,
        )
        for line in (_build_line(unit, main, result) for unit in units)
    ]
    heads = [node_name(scheme, code) for code in main]
    return build_ranking_chart(category.name, scored, heads)


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
