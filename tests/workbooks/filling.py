"""Workbooks as offices fill them in: real files made by openpyxl, and sheets made by hand."""

import io
from collections.abc import Mapping, Sequence
from datetime import date

import openpyxl

from evalsvc.domain.preparing.rosters import RaterRow, RelationRow, Roster, SeatsRow, UnitRow
from evalsvc.workbooks.cells import Block, Cell, Sheet
from evalsvc.workbooks.problems import CellProblem

Value = str | int | float | date | None

DEPARTMENTS = (
    UnitRow("u01", "县教育局", "department", "", "全县教育管理"),
    UnitRow("u02", "县公安局", "department", "no_award", ""),
)
TOWNS = (UnitRow("u03", "甜水镇", "town"), UnitRow("u04", "=吴家镇", "town"))
PANSHAN = Roster(
    units=(*DEPARTMENTS, *TOWNS),
    raters=(
        RaterRow("leader", "L1", "王县长"),
        RaterRow("leader", "L2", "李副县长", "u02"),
        RaterRow("office", "O1", "专项办"),
    ),
    relations=(
        RelationRow("leader", "L1", "u01", "in_charge"),
        RelationRow("leader", "L1", "u02", "in_charge"),
        RelationRow("leader", "L2", "u01", "in_charge"),
    ),
)
PANEL_CITY = Roster(
    units=(UnitRow("b1", "市财政局", "economic"), UnitRow("b2", "市税务局", "vertical")),
    raters=(RaterRow("leader", "S1", "书记"),),
    relations=(RelationRow("leader", "S1", "b2", "in_charge"),),
    seats=(
        SeatsRow("panel", "deputies", 150),
        SeatsRow("panel", "enterprises", 200),
        SeatsRow("panel", "grassroots", 500),
        SeatsRow("panel", "organs", 150),
    ),
)


def fill(template: bytes, rows: Mapping[str, Sequence[Sequence[Value]]]) -> bytes:
    """A template filled in from the second row on; None leaves a cell as it is."""
    book = openpyxl.load_workbook(io.BytesIO(template))
    for name, lines in rows.items():
        for row, line in enumerate(lines, start=2):
            for column, value in enumerate(line, start=1):
                if value is not None:
                    cell = book[name].cell(row, column)
                    cell.value = value
                    if isinstance(value, str):
                        cell.data_type = "s"
    return save(book)


def save(book: openpyxl.Workbook) -> bytes:
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def build_sheet(
    name: str, rows: Sequence[Sequence[Value | Cell]], merged: Sequence[Block] = ()
) -> Sheet:
    """A sheet as the jail would hand it over, its first row being row 1."""
    return Sheet(
        name,
        {
            number: {
                column: _build_cell(value)
                for column, value in enumerate(row, start=1)
                if value not in (None, "")
            }
            for number, row in enumerate(rows, start=1)
            if any(value not in (None, "") for value in row)
        },
        tuple(merged),
    )


def _build_cell(value: Value | Cell) -> Cell:
    if isinstance(value, Cell):
        return value
    if isinstance(value, date):
        return Cell("date", value.isoformat())
    return Cell("text" if isinstance(value, str) else "number", str(value))


def show(problems: Sequence[CellProblem]) -> list[tuple[str, str]]:
    """Each problem's place and what it says in Chinese; warnings begin with a question mark."""
    return [
        (
            f"{problem.sheet}!{problem.column or ''}{problem.row or ''}",
            ("?" if problem.severity == "warning" else "") + problem.text.zh,
        )
        for problem in problems
    ]
