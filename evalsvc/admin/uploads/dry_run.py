"""A dry run as its page shows it: the workbook with its cells marked, and the problems grouped."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from evalsvc.text import Text
from evalsvc.workbooks.problems import CellProblem, Mark, SheetPreview

LONGEST_FOUND, LONGEST_CELL = 40, 80
# Beyond so many characters a cell is a paragraph.
LONG = 30


@dataclass(frozen=True)
class ShownCell:
    """One cell with the marks on it."""

    text: str
    marks: tuple[Mark, ...]

    @property
    def is_long(self) -> bool:
        return len(self.text) > LONG

    @property
    def severity(self) -> str:
        return min((mark.severity for mark in self.marks), default="")


@dataclass(frozen=True)
class ShownRow:
    """One row under its number in the workbook."""

    number: int
    cells: tuple[ShownCell, ...]


@dataclass(frozen=True)
class ShownSheet:
    """One sheet: letters, headings, rows, and how many rows without problems are left out."""

    name: str
    letters: tuple[str, ...]
    header: ShownRow
    rows: tuple[ShownRow, ...]
    omitted: int


@dataclass(frozen=True)
class ProblemGroup:
    """The same problem wherever it stands: one sentence, many places."""

    sheet: str
    heading: str
    text: Text
    severity: str
    places: tuple[str, ...]
    found: tuple[str, ...]


@dataclass(frozen=True)
class DryRun:
    """What an upload would do; `ready` where nothing keeps it from being imported."""

    sheets: tuple[ShownSheet, ...]
    errors: tuple[ProblemGroup, ...]
    warnings: tuple[ProblemGroup, ...]
    ready: bool


def build_dry_run(
    sheets: Iterable[SheetPreview], problems: Sequence[CellProblem], *, ready: bool
) -> DryRun:
    return DryRun(
        tuple(_build_sheet(sheet) for sheet in sheets),
        _group(problem for problem in problems if problem.severity == "error"),
        _group(problem for problem in problems if problem.severity == "warning"),
        ready,
    )


def _build_sheet(sheet: SheetPreview) -> ShownSheet:
    marks: dict[tuple[int, int], list[Mark]] = {}
    for mark in sheet.marks:
        marks.setdefault((mark.row, mark.column), []).append(mark)

    def build_row(place: int, number: int, texts: Sequence[str]) -> ShownRow:
        return ShownRow(
            number,
            tuple(
                ShownCell(_shorten(text, LONGEST_CELL), tuple(marks.get((place, column), ())))
                for column, text in enumerate(texts)
            ),
        )

    return ShownSheet(
        sheet.name,
        sheet.letters,
        build_row(-1, sheet.header_number, sheet.header),
        tuple(
            build_row(place, number, texts)
            for place, (number, texts) in enumerate(zip(sheet.numbers, sheet.rows, strict=True))
        ),
        sheet.omitted,
    )


def _group(problems: Iterable[CellProblem]) -> tuple[ProblemGroup, ...]:
    grouped: dict[tuple[str, str, Text, str], list[CellProblem]] = {}
    for problem in problems:
        key = (problem.sheet, problem.heading, problem.text, problem.severity)
        grouped.setdefault(key, []).append(problem)
    return tuple(
        ProblemGroup(
            *key,
            places=tuple(_place(each) for each in members if each.row is not None),
            found=tuple(
                dict.fromkeys(_shorten(each.found, LONGEST_FOUND) for each in members if each.found)
            ),
        )
        for key, members in grouped.items()
    )


def _shorten(text: str, longest: int) -> str:
    """By what it begins with it is found; a whole page of it would hide what is to be done."""
    return text if len(text) <= longest else f"{text[:longest]}……"


def _place(problem: CellProblem) -> str:
    """As a workbook names a cell: C7; a whole row is its number."""
    return f"{problem.column or ''}{problem.row}"
