"""What is wrong with a workbook, cell by cell, and the workbook as the dry run shows it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from evalsvc.text import Text
from evalsvc.workbooks.cells import Sheet, column_letter

Severity = Literal["error", "warning"]

# A dry run shows the first rows, and every row that has a mark.
SHOWN_ROWS = 200
SHOWN_COLUMNS = 60


@dataclass(frozen=True)
class CellProblem:
    """One problem with its place; without row and column it is about the whole sheet.

    An `error` keeps the workbook from being imported; a `warning` only asks to look again.
    """

    sheet: str
    row: int | None
    column: str | None
    heading: str
    found: str
    text: Text
    severity: Severity = "error"


@dataclass(frozen=True)
class Mark:
    """A cell to be marked: the row's and column's places inside the preview, row −1 the header."""

    row: int
    column: int
    severity: Severity
    text: Text


@dataclass(frozen=True)
class SheetPreview:
    """A sheet as the dry run shows it. `numbers` and `letters` are Excel's own.

    `omitted` is how many rows without problems are left out.
    """

    name: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    marks: tuple[Mark, ...]
    letters: tuple[str, ...]
    header_number: int
    numbers: tuple[int, ...]
    omitted: int


def has_errors(problems: Sequence[CellProblem]) -> bool:
    return any(problem.severity == "error" for problem in problems)


def build_preview(
    sheet: Sheet, header_number: int, problems: Sequence[CellProblem]
) -> SheetPreview:
    """The sheet from its headings on, with a mark for each problem that has a cell."""
    own = [problem for problem in problems if problem.sheet == sheet.name]
    marked = {problem.row for problem in own if problem.row is not None}
    body = [number for number in sheet.rows if number > header_number]
    # Every row with a mark, however far down: a problem that nobody sees is not mended.
    numbers = sorted({*body[:SHOWN_ROWS], *(row for row in marked if row > header_number)})
    width = max((max(cells) for cells in sheet.rows.values()), default=0)
    width = min(width, SHOWN_COLUMNS)
    return SheetPreview(
        sheet.name,
        _show_row(sheet, header_number, width),
        tuple(_show_row(sheet, number, width) for number in numbers),
        _build_marks(own, header_number, numbers),
        tuple(column_letter(column) for column in range(1, width + 1)),
        header_number,
        tuple(numbers),
        len(body) - len(set(body).intersection(numbers)),
    )


def _show_row(sheet: Sheet, number: int, width: int) -> tuple[str, ...]:
    return tuple(sheet.get_cell(number, column).text for column in range(1, width + 1))


def _build_marks(
    problems: Sequence[CellProblem], header_number: int, numbers: Sequence[int]
) -> tuple[Mark, ...]:
    places = {header_number: -1} | {number: place for place, number in enumerate(numbers)}
    letters = {column_letter(column): column - 1 for column in range(1, SHOWN_COLUMNS + 1)}
    return tuple(
        Mark(places[problem.row], letters[problem.column], problem.severity, problem.text)
        for problem in problems
        if problem.row in places and problem.column in letters
    )
