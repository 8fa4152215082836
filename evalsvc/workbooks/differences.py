"""What an import would change, line by line: said before anything is written."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from evalsvc.domain.preparing.rosters import Roster
from evalsvc.scheme.model import Scheme
from evalsvc.text import NOTHING, Text, same, say
from evalsvc.workbooks.filled import Cells, Line, Lines, build_lines
from evalsvc.workbooks.layout import SheetLayout
from evalsvc.workbooks.roster_layout import roster_layouts

# In the order in which they are shown: what is lost comes first.
Standing = Literal["gone", "renamed", "changed", "new"]
STANDINGS: tuple[Standing, ...] = ("gone", "renamed", "changed", "new")

# An empty cell of these columns leaves what is there.
KEPT_IF_EMPTY = frozenset({"account"})
# Names so much alike belong to one unit or person, though the code is another.
# 甜水镇 and 甜水街道 are; 县教育局 and 县公安局 have half in common and are not.
_ALIKE = 0.55
# Each that came is held against each that went: beyond this, another roster has come.
_MOST_PAIRS = 40_000


@dataclass(frozen=True)
class CellChange:
    """A cell that says something else. On a line that comes or goes one side is empty.

    What such a line is called by is not repeated.
    """

    heading: Text
    before: Text
    after: Text


@dataclass(frozen=True)
class RowDifference:
    """One line that comes, goes or says something else; `renamed`: likely one under two codes."""

    standing: Standing
    name: Text
    cells: tuple[CellChange, ...]


@dataclass(frozen=True)
class SheetDifferences:
    """All of a sheet, what goes first; `kept` lines stay as they are."""

    name: Text
    rows: tuple[RowDifference, ...]
    kept: int

    def count(self, standing: Standing) -> int:
        return sum(row.standing == standing for row in self.rows)


def compare_rosters(scheme: Scheme, old: Roster, new: Roster) -> tuple[SheetDifferences, ...]:
    """Sheet by sheet. A unit that is renamed changes its own line, not all that refer to it."""
    units = {unit.code: unit for unit in (*old.units, *new.units)}
    before = build_lines(scheme, old, tuple(units.values()))
    after = build_lines(scheme, new, tuple(units.values()))
    return compare_lines(roster_layouts(scheme), before, after)


def compare_lines(
    layouts: Iterable[SheetLayout], old: Lines, new: Lines
) -> tuple[SheetDifferences, ...]:
    """Sheet by sheet; one that says nothing else is not among them."""
    compared = (_compare(each, old[each.key], new[each.key]) for each in layouts)
    return tuple(each for each in compared if each.rows)


def _compare(layout: SheetLayout, old: Sequence[Line], new: Sequence[Line]) -> SheetDifferences:
    before = {line.key: line.cells for line in old}
    after = {line.key: _keep(line.cells, before.get(line.key, {})) for line in new}
    gone = [line for line in old if line.key not in after]
    come = [line for line in new if line.key not in before]
    renamed = _pair(gone, come)
    ended = {line.key for pair in renamed for line in pair}
    rows = [
        *(_build(layout, "gone", line.cells, {}) for line in gone if line.key not in ended),
        *(_build(layout, "renamed", one.cells, other.cells) for one, other in renamed),
        *(
            _build(layout, "changed", before[key], cells)
            for key, cells in after.items()
            if key in before and not _is_same(layout, before[key], cells)
        ),
        *(_build(layout, "new", {}, line.cells) for line in come if line.key not in ended),
    ]
    changed = sum(row.standing == "changed" for row in rows)
    return SheetDifferences(layout.name, tuple(rows), len(old) - len(gone) - changed)


def _keep(cells: Cells, before: Cells) -> Cells:
    kept = {key: before[key] for key in KEPT_IF_EMPTY if not cells.get(key) and before.get(key)}
    return {**cells, **kept}


def _is_same(layout: SheetLayout, before: Cells, after: Cells) -> bool:
    return all(_get(before, each.key) == _get(after, each.key) for each in layout.columns)


def _build(layout: SheetLayout, standing: Standing, before: Cells, after: Cells) -> RowDifference:
    columns = (each for each in layout.columns if (before and after) or not each.required)
    pairs = ((each, _get(before, each.key), _get(after, each.key)) for each in columns)
    cells = tuple(CellChange(each.heading, old, new) for each, old, new in pairs if old != new)
    return RowDifference(standing, _name(layout, before or after), cells)


def _name(layout: SheetLayout, cells: Cells) -> Text:
    """By what stands in the columns that must be filled in."""
    return same(" ").join(_get(cells, each.key) for each in layout.columns if each.required)


def _pair(gone: Sequence[Line], come: Sequence[Line]) -> list[tuple[Line, Line]]:
    """Who went and came under another code: the likeliest pairs first, each only once."""
    if len(gone) * len(come) > _MOST_PAIRS:
        return []
    ranked = sorted(_rank(gone, come), key=lambda each: -each[0])
    pairs: dict[str, tuple[Line, Line]] = {}
    taken: set[str] = set()
    for _, one, other in ranked:
        if one.key not in pairs and other.key not in taken:
            pairs[one.key] = (one, other)
            taken.add(other.key)
    return list(pairs.values())


def _rank(gone: Sequence[Line], come: Sequence[Line]) -> Iterator[tuple[float, Line, Line]]:
    for one in gone:
        for other in come:
            alike = _measure(one.cells, other.cells)
            if alike >= _ALIKE:
                yield alike, one, other


def _measure(one: Cells, other: Cells) -> float:
    """How much two names have in common; 0 where there are none, or in different groups."""
    if "name" not in one or one.get("group") != other.get("group"):
        return 0.0
    names = (_get(one, "name").zh, _get(other, "name").zh)
    return SequenceMatcher(None, *names, autojunk=False).ratio()


def _get(cells: Mapping[str, Text | int], key: str) -> Text:
    value = cells.get(key, NOTHING)
    return Text(str(say(value, "zh")), str(say(value, "en")))
