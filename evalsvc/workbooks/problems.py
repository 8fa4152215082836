"""What is wrong with a workbook, cell by cell, and the workbook as the dry run shows it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from evalsvc.text import Text
from evalsvc.workbooks.cells import Sheet, column_letter
from evalsvc.workbooks.seen import show_both

Severity = Literal["error", "warning"]

# A dry run shows the first rows, and every row that has a mark.
SHOWN_ROWS = 200
SHOWN_COLUMNS = 60
# More of one cell than fits a field; all of it counts where its length is checked.
SHOWN_LETTERS = 1_000
# Beyond these a list helps nobody; something general is wrong.
MOST_PROBLEMS = 1_000
_MORE = Text(
    "问题太多，后面的没有列出；请先改正以上各处",
    "there are more problems than are listed here; please mend these first",
)


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


class Findings:
    """The problems of one workbook, in the order in which they are found."""

    def __init__(self) -> None:
        self.problems: list[CellProblem] = []
        self.previews: list[SheetPreview] = []

    def report(
        self,
        sheet: str,
        text: Text,
        *,
        place: tuple[int, int] | None = None,
        heading: str = "",
        found: str = "",
        severity: Severity = "error",
    ) -> None:
        row, letter = (place[0], column_letter(place[1])) if place else (None, None)
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(
                CellProblem(sheet, row, letter, heading, found[:120], text, severity)
            )
        elif len(self.problems) == MOST_PROBLEMS:
            # One more is kept, which says that there are more.
            self.problems.append(CellProblem(sheet, None, None, "", "", _MORE))


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
    width = max((max(cells, default=0) for cells in sheet.rows.values()), default=0)
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
    shown = (show_both(sheet.get_cell(number, column)) for column in range(1, width + 1))
    return tuple(
        text if len(text) <= SHOWN_LETTERS else f"{text[:SHOWN_LETTERS]}……" for text in shown
    )


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
