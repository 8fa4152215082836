"""One line of a roster corrected in place: checked as an import of the whole is checked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from evalsvc.domain.preparing.rosters import RaterRow, RelationRow, Roster, SeatsRow, UnitRow
from evalsvc.scheme.model import Scheme
from evalsvc.text import Text, same
from evalsvc.workbooks.cells import Sheet, column_letter
from evalsvc.workbooks.filled import FIRST_LINE, Cells, Line, Lines, build_lines, build_sheets
from evalsvc.workbooks.layout import SheetLayout
from evalsvc.workbooks.problems import CellProblem
from evalsvc.workbooks.roster import check_roster
from evalsvc.workbooks.roster_layout import roster_layouts
from evalsvc.workbooks.written import fold_width

LONGEST_NUMBER = 9

Row = TypeVar("Row", UnitRow, RaterRow, RelationRow, SeatsRow)


@dataclass(frozen=True)
class Corrected:
    """`roster` is None where something is wrong: with a cell of the line, or `elsewhere`."""

    roster: Roster | None
    cells: Mapping[str, tuple[Text, ...]]
    elsewhere: tuple[CellProblem, ...]


def list_own_lines(scheme: Scheme, roster: Roster) -> Lines:
    """The lines as they are corrected, in which units are referred to by their codes.

    By its name, whoever refers to a unit would lose it when it is renamed.
    """
    return build_lines(
        scheme, roster, tuple(replace(unit, name=unit.code) for unit in roster.units)
    )


def correct_line(
    scheme: Scheme, roster: Roster, sheet: str, key: str, cells: Mapping[str, str]
) -> Corrected:
    """Put other cells into the line of this key; without a key they are a new line."""
    lines, layout = list_own_lines(scheme, roster), _get_layout(scheme, sheet)
    place = next((n for n, line in enumerate(lines[sheet]) if line.key == key), len(lines[sheet]))
    old: Cells = lines[sheet][place].cells if place < len(lines[sheet]) else {}
    line = Line(key, {**old, **{name: _type(name, text) for name, text in cells.items()}})
    changed = [*lines[sheet][:place], line, *lines[sheet][place + 1 :]]
    sheets = build_sheets(scheme, {**lines, sheet: changed})
    # Read last, so that what stands twice is a mistake of this line and of no other.
    number = FIRST_LINE + place
    reading = check_roster([_read_last(each, layout, number) for each in sheets], scheme)
    errors = [each for each in reading.problems if each.severity == "error"]
    own = [each for each in errors if (each.sheet, each.row) == (layout.name.zh, number)]
    return Corrected(
        reading.roster and _restore_order(roster, reading.roster),
        _by_column(layout, own),
        tuple(each for each in errors if each not in own),
    )


def remove_line(scheme: Scheme, roster: Roster, sheet: str, key: str) -> Corrected:
    """Take a line out; who rates, or is rated, by a unit or rater that goes, goes with it."""
    lines = list_own_lines(scheme, roster)
    lines = {**lines, sheet: [line for line in lines[sheet] if line.key != key]}
    if "relations" in lines:
        lines["relations"] = [
            line for line in lines["relations"] if not _refers(line.key, sheet, key)
        ]
    reading = check_roster(build_sheets(scheme, lines), scheme)
    errors = tuple(each for each in reading.problems if each.severity == "error")
    return Corrected(reading.roster, {}, errors)


def check_relations(scheme: Scheme, roster: Roster) -> Corrected:
    """A roster whose relations were changed as a matrix; what is wrong is `elsewhere`, by line."""
    lines = list_own_lines(scheme, roster)
    reading = check_roster(build_sheets(scheme, lines), scheme)
    errors = tuple(each for each in reading.problems if each.severity == "error")
    return Corrected(reading.roster and _restore_order(roster, reading.roster), {}, errors)


def _type(column: str, text: str) -> Text | int:
    """What is typed into a page is a text; a number in the workbook is a number."""
    number = fold_width(text).strip()
    # What is longer is no number of seats, and Python refuses to read thousands of digits.
    is_number = number.isdecimal() and len(number) <= LONGEST_NUMBER
    return int(number) if column == "seats" and is_number else same(text)


def _refers(relation: str, sheet: str, key: str) -> bool:
    group, rater, unit = relation.split("/")
    return (sheet == "units" and unit == key) or (sheet == "raters" and f"{group}/{rater}" == key)


def _get_layout(scheme: Scheme, sheet: str) -> SheetLayout:
    return next(layout for layout in roster_layouts(scheme) if layout.key == sheet)


def _read_last(sheet: Sheet, layout: SheetLayout, number: int) -> Sheet:
    if sheet.name != layout.name.zh or number not in sheet.rows:
        return sheet
    others = {row: cells for row, cells in sheet.rows.items() if row != number}
    return replace(sheet, rows={**others, number: sheet.rows[number]})


def _by_column(
    layout: SheetLayout, problems: Sequence[CellProblem]
) -> Mapping[str, tuple[Text, ...]]:
    keys = {column_letter(place): each.key for place, each in enumerate(layout.columns, start=1)}
    found: dict[str, tuple[Text, ...]] = {}
    for each in problems:
        key = keys.get(each.column or "", layout.columns[0].key)
        found[key] = (*found.get(key, ()), each.text)
    return found


def _restore_order(old: Roster, new: Roster) -> Roster:
    """Units stand on questionnaires in their order, which a correction doesn't change."""
    return replace(
        new,
        units=_sort(old.units, new.units),
        raters=_sort(old.raters, new.raters),
        relations=_sort(old.relations, new.relations),
        seats=_sort(old.seats, new.seats),
    )


def _sort(old: Sequence[Row], new: Sequence[Row]) -> tuple[Row, ...]:
    places = {_key(row): place for place, row in enumerate(old)}
    return tuple(sorted(new, key=lambda row: places.get(_key(row), len(places))))


def _key(row: UnitRow | RaterRow | RelationRow | SeatsRow) -> tuple[str, ...]:
    match row:
        case UnitRow():
            return (row.code,)
        case RaterRow():
            return (row.group, row.code)
        case RelationRow():
            return (row.group, row.rater, row.unit)
        case SeatsRow():
            return (row.group, row.stratum)
