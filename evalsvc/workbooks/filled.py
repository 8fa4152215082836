"""A roster as the rows of its own workbook: to be written out, compared and corrected."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from evalsvc.domain.preparing.rosters import Roster, UnitRow
from evalsvc.scheme.model import Scheme
from evalsvc.text import AND, Text, same
from evalsvc.workbooks.cells import Cell, Sheet, build_key, clean
from evalsvc.workbooks.layout import FLAGS, SheetLayout, name_role
from evalsvc.workbooks.roster_layout import (
    asks_clusters,
    list_entered_groups,
    list_panel_groups,
    list_related_groups,
    roster_layouts,
)

# Below the headings.
FIRST_LINE = 2
# What a cell says, by its column's key; a number of seats is a number, all else a text.
Cells = Mapping[str, Text | int]


@dataclass(frozen=True)
class Line:
    """A row of a workbook; `key` are its codes, which stay when it is called otherwise."""

    key: str
    cells: Cells


Lines = Mapping[str, Sequence[Line]]


def build_lines(scheme: Scheme, roster: Roster, called: Sequence[UnitRow] = ()) -> Lines:
    """By sheet, in the order of the roster; raters that are made from units are left out.

    `called`: by whose names units are referred to, where not by the roster's own.
    """
    writer = _Writer(scheme, called or roster.units)
    lines = {
        "units": [Line(unit.code, writer.write_unit(unit)) for unit in roster.units],
        "raters": list(writer.write_raters(roster)),
        "relations": list(writer.write_relations(roster)),
        "seats": list(writer.write_seats(roster)),
    }
    return {layout.key: lines[layout.key] for layout in roster_layouts(scheme)}


def build_sheets(scheme: Scheme, lines: Lines) -> tuple[Sheet, ...]:
    """The sheets that the reader would see if these lines came in a workbook."""
    return tuple(_build_sheet(each, lines[each.key]) for each in roster_layouts(scheme))


class _Writer:
    """Says codes as the template offers them: by name, wherever a name is only one's own."""

    def __init__(self, scheme: Scheme, units: Sequence[UnitRow]) -> None:
        self.units = _name_options({unit.code: same(unit.name) for unit in units})
        self.groups = _name_options({each.code: each.name for each in scheme.groups})
        self.categories = _name_options({each.code: each.name for each in scheme.categories})
        self.strata = {
            group.code: _name_options({each.code: each.name for each in group.strata})
            for group in scheme.groups
        }
        self.asked = {"account": scheme.asks_accounts, "cluster": asks_clusters(scheme)}
        self.entered = {group.code for group in list_entered_groups(scheme)}
        self.related = {group.code for group in list_related_groups(scheme)}
        self.panels = {group.code for group in list_panel_groups(scheme)}

    def write_unit(self, unit: UnitRow) -> Cells:
        flags = (FLAGS.get(flag, same(flag)) for flag in unit.flags.split())
        said = {
            "code": same(unit.code),
            "name": same(unit.name),
            "category": self.categories.get(unit.category, same(unit.category)),
            "flags": AND.join(flags),
            "work": same(unit.work),
            "account": same(_keep_paragraphs(unit.account)),
            "cluster": same(unit.cluster),
        }
        return {key: text for key, text in said.items() if self.asked.get(key, True)}

    def write_raters(self, roster: Roster) -> Iterator[Line]:
        for rater in roster.raters:
            if rater.group in self.entered:
                cells = {
                    "group": self.groups[rater.group],
                    "code": same(rater.code),
                    "name": same(rater.name),
                    "unit": self.units.get(rater.unit, same(rater.unit)),
                }
                yield Line(f"{rater.group}/{rater.code}", cells)

    def write_relations(self, roster: Roster) -> Iterator[Line]:
        for each in roster.relations:
            if each.group in self.related:
                cells = {
                    "group": self.groups[each.group],
                    "rater": same(each.rater),
                    "unit": self.units.get(each.unit, same(each.unit)),
                    "role": name_role(each.role),
                }
                yield Line(f"{each.group}/{each.rater}/{each.unit}", cells)

    def write_seats(self, roster: Roster) -> Iterator[Line]:
        for each in roster.seats:
            if each.group in self.panels:
                strata = self.strata[each.group]
                cells: dict[str, Text | int] = {
                    "group": self.groups[each.group],
                    "stratum": strata.get(each.stratum, same(each.stratum)),
                    "seats": each.seats,
                }
                yield Line(f"{each.group}/{each.stratum}", cells)


def _name_options(names: Mapping[str, Text]) -> dict[str, Text]:
    """Names by code; the code itself where another has the name, or is called by it."""
    said = Counter(key for code, name in names.items() for key in _list_keys(code, name))
    return {
        code: name if all(said[key] == 1 for key in _list_keys(code, name)) else same(code)
        for code, name in names.items()
    }


def _list_keys(code: str, name: Text) -> set[str]:
    return {build_key(each) for each in (code, name.zh, name.en)}


def _keep_paragraphs(account: str) -> str:
    """A cell would join the paragraphs of an account; left empty, it keeps what is there."""
    return account if clean(account) == account else ""


def _build_sheet(layout: SheetLayout, lines: Iterable[Line]) -> Sheet:
    headings = {
        column: Cell("text", each.heading.zh) for column, each in enumerate(layout.columns, 1)
    }
    rows = {
        number: {
            column: _build_cell(line.cells[each.key])
            for column, each in enumerate(layout.columns, start=1)
            if line.cells.get(each.key)
        }
        for number, line in enumerate(lines, start=FIRST_LINE)
    }
    return Sheet(layout.name.zh, {1: headings, **rows})


def _build_cell(value: Text | int) -> Cell:
    return Cell("number", str(value)) if isinstance(value, int) else Cell("text", value.zh)
