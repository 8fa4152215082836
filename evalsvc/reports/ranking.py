"""The order in which documents list units and components."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from analysis.score.tree import Node, UnitResult
from evalsvc.results.season import ResultContent
from evalsvc.scheme.model import Category


@dataclass(frozen=True)
class ComponentColumn:
    """A component as a column: its code, and how deep below the total it lies."""

    code: str
    depth: int


def list_categories(content: ResultContent) -> tuple[tuple[Category, tuple[UnitResult, ...]], ...]:
    """The categories in the scheme's order, each with its units by rank; unranked ones last."""
    found = (
        (category, tuple(sorted(_of(content.units, category.code), key=_place)))
        for category in content.scheme.categories
    )
    return tuple((category, units) for category, units in found if units)


def list_columns(trees: Iterable[Node], deepest: int | None = None) -> tuple[ComponentColumn, ...]:
    """All components of some trees below the total, in the scheme's order, each code once.

    Trees of different categories differ: a component that only later trees have goes where they
    have it, after its last known neighbour.
    """
    columns: list[ComponentColumn] = []
    for tree in trees:
        after = -1
        for column in _below(tree, 1, deepest):
            if column in columns:
                after = columns.index(column)
            else:
                after += 1
                columns.insert(after, column)
    return tuple(columns)


def _of(units: Sequence[UnitResult], category: str) -> list[UnitResult]:
    return [unit for unit in units if unit.category == category]


def _place(unit: UnitResult) -> tuple[bool, int, str]:
    return unit.rank is None, unit.rank or 0, unit.unit


def _below(node: Node, depth: int, deepest: int | None) -> list[ComponentColumn]:
    if deepest is not None and depth > deepest:
        return []
    found = []
    for part in node.parts:
        found.append(ComponentColumn(part.code, depth))
        found += _below(part, depth + 1, deepest)
    return found
