"""Possibilities that need no search: two raters of a group who change places on two units.

Where one gave A to a unit and B to another, and a colleague B and A, each could have filled in
what the other did there: both ballots keep their proportions, and both units the same ratings, so
that no figure of any edition moves, whatever is dropped and wherever the result is public from.
An integer program finds these worlds too, and took most of a computation for them.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import NamedTuple

from analysis.score.rules import Rated, RatedItems, Rule
from analysis.score.tree import Node
from evalsvc.evidence.disclosure.sums import Cell, Leaf, Outline, name_cell

Stand = tuple[object, ...]
"""How an answer enters the figures beside its value: with another one of the same stand it could
change places unnoticed."""


def list_stands(
    outlines: Sequence[Outline], roles: Mapping[tuple[str, str, str, str], str]
) -> dict[Cell, Stand]:
    """Every answer that moves a figure by its value alone, with its role and the editions that
    count it."""
    editions: defaultdict[Cell, list[int]] = defaultdict(list)
    bound: set[Cell] = set()
    for number, outline in enumerate(outlines):
        for leaf, node in outline.leaves.items():
            rule = outline.rules[outline.categories[leaf.unit]][leaf.node]
            plain, cells = _list_cells(rule, leaf, node)
            # A mean of items is dropped with its whole ballot, and
            # a place hangs on the other answers of its own.
            bound |= set() if plain else cells
            for cell in cells:
                editions[cell].append(number)
    return {
        cell: (roles.get((cell.round, cell.group, cell.rater, cell.unit)), *counted)
        for cell, counted in editions.items()
        if cell not in bound
    }


def _list_cells(rule: Rule, leaf: Leaf, node: Node) -> tuple[bool, set[Cell]]:
    """The answers of a group's score, and whether each of them enters it by itself."""
    if isinstance(rule, RatedItems):
        parts = zip(rule.items, node.parts, strict=True)
        return False, {
            cell for item, part in parts for cell in _list_cells(item.rated, leaf, part)[1]
        }
    assert isinstance(rule, Rated)  # noqa: S101  # a rated node comes from such a rule
    counted = [one for one in node.inputs if one.points is not None]
    return rule.by_place is None, {name_cell(rule, one.source, leaf.unit) for one in counted}


class _Sheet(NamedTuple):
    """What one rater of a group answered to one item, by unit."""

    rater: str
    answers: Mapping[str, tuple[Cell, str]]


def list_switched(
    values: Mapping[Cell, str], stands: Mapping[Cell, Stand], wanted: Collection[Cell], turn: int
) -> dict[Cell, str]:
    """Other answers for as many wanted cells as pairs of raters can exchange; each `turn` pairs
    others."""
    found: dict[Cell, str] = {}
    for sheets in _list_sheets(values, wanted):
        for one, other in _pair(sheets, turn):
            for first, second in _list_exchanges(one, other, stands, wanted):
                found |= _exchange(one, other, first, second)
    return found


def _list_sheets(
    values: Mapping[Cell, str], wanted: Collection[Cell]
) -> Iterator[Sequence[_Sheet]]:
    """By round, group and item all sheets, those with wanted answers first."""
    found: defaultdict[tuple[str, str, str], defaultdict[str, dict[str, tuple[Cell, str]]]]
    found = defaultdict(lambda: defaultdict(dict))
    for cell, value in values.items():
        found[cell.round, cell.group, cell.item][cell.rater][cell.unit] = cell, value
    sought = {(cell.round, cell.group, cell.item, cell.rater) for cell in wanted}
    for key, raters in found.items():
        sheets = [_Sheet(rater, answers) for rater, answers in raters.items()]
        sheets.sort(key=lambda sheet: ((*key, sheet.rater) not in sought, sheet.rater))
        if sheets and (*key, sheets[0].rater) in sought:
            yield sheets


def _pair(sheets: Sequence[_Sheet], turn: int) -> Iterator[tuple[_Sheet, _Sheet]]:
    """Each sheet at most once, with another neighbour each turn: steps of 1, 2, 3 …"""
    step, used = turn + 1, set[int]()
    for number, sheet in enumerate(sheets):
        partner = number + step
        if number not in used and partner < len(sheets):
            used |= {number, partner}
            yield sheet, sheets[partner]


def _list_exchanges(
    one: _Sheet, other: _Sheet, stands: Mapping[Cell, Stand], wanted: Collection[Cell]
) -> Iterator[tuple[str, str]]:
    """Pairs of units on which the two answered crosswise; the wanted ones first."""
    crossed: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for unit, (cell, value) in one.answers.items():
        beside = other.answers.get(unit)
        stand = stands.get(cell)
        if beside is None or beside[1] == value or stand is None or stand != stands.get(beside[0]):
            continue
        first = cell in wanted or beside[0] in wanted
        crossed[value, beside[1]].insert(0 if first else len(crossed[value, beside[1]]), unit)
    for (mine, theirs), units in crossed.items():
        if mine < theirs:
            yield from zip(units, crossed.get((theirs, mine), ()), strict=False)


def _exchange(one: _Sheet, other: _Sheet, first: str, second: str) -> Iterator[tuple[Cell, str]]:
    for unit in (first, second):
        (mine, value), (theirs, beside) = one.answers[unit], other.answers[unit]
        yield mine, beside
        yield theirs, value
