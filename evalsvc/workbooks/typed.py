"""Figures typed into a page, checked as an import of their workbook would be."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from evalsvc.domain.assessing.counted import Key
from evalsvc.domain.preparing.figures import Figures, Standing
from evalsvc.domain.preparing.rosters import UnitRow
from evalsvc.scheme.model import Scheme
from evalsvc.text import Text
from evalsvc.workbooks.cells import Cell, Sheet, column_letter
from evalsvc.workbooks.figures import check_figures
from evalsvc.workbooks.figures_layout import component_key, figures_layouts
from evalsvc.workbooks.layout import CLEARED, SheetLayout
from evalsvc.workbooks.problems import CellProblem, has_errors

# Below the headings.
FIRST_ROW = 2
# What a spreadsheet would keep as a number, and not as a text that looks like one.
_NUMBER = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,20})?")


@dataclass(frozen=True)
class Typed:
    """`figures` is None where something is wrong; `unusual` only asks to look again."""

    figures: Figures | None
    wrong: Mapping[Key, tuple[Text, ...]]
    unusual: Mapping[Key, tuple[Text, ...]]


def check_typed(
    scheme: Scheme, units: Sequence[UnitRow], standing: Standing, cells: Mapping[Key, str]
) -> Typed:
    """What these cells say; an emptied one takes its figure away.

    What is wrong may stand in another cell of the same unit, which is named as well.
    """
    layout = figures_layouts(scheme)[0]
    named = dict.fromkeys(unit for _, unit, _ in cells)
    rows = {unit: number for number, unit in enumerate(named, FIRST_ROW)}
    sheet = _build_sheet(layout, rows, cells)
    reading = check_figures([sheet], scheme, units, standing)
    places = _name_places(scheme, layout, rows)
    return Typed(
        # Without a sheet of adjustments nothing is said of any.
        None if has_errors(reading.problems) else reading.figures,
        _by_place(places, reading.problems, "error"),
        _by_place(places, reading.problems, "warning"),
    )


def _build_sheet(layout: SheetLayout, rows: Mapping[str, int], cells: Mapping[Key, str]) -> Sheet:
    columns = {each.key: number for number, each in enumerate(layout.columns, start=1)}
    filled: dict[int, dict[int, Cell]] = {
        1: {number: Cell("text", each.heading.zh) for number, each in enumerate(layout.columns, 1)}
    }
    for unit, row in rows.items():
        filled[row] = {columns["unit"]: Cell("text", unit)}
    for (round_code, unit, component), text in cells.items():
        filled[rows[unit]][columns[f"{round_code}/{component}"]] = _build_cell(text)
    return Sheet(layout.name.zh, filled)


def _build_cell(text: str) -> Cell:
    if not text:
        return Cell("text", CLEARED.zh)
    return Cell("number" if _NUMBER.fullmatch(text) else "text", text)


def _name_places(
    scheme: Scheme, layout: SheetLayout, rows: Mapping[str, int]
) -> Mapping[tuple[int | None, str | None], Key]:
    letters = {each.key: column_letter(n) for n, each in enumerate(layout.columns, start=1)}
    return {
        (row, letters[component_key(each)]): (each.round, unit, each.code)
        for unit, row in rows.items()
        for each in scheme.components
    }


def _by_place(
    places: Mapping[tuple[int | None, str | None], Key],
    problems: Sequence[CellProblem],
    severity: str,
) -> dict[Key, tuple[Text, ...]]:
    found: dict[Key, tuple[Text, ...]] = {}
    for each in problems:
        key = places.get((each.row, each.column))
        if key is not None and each.severity == severity:
            found[key] = (*found.get(key, ()), each.text)
    return found
