"""Reads filled-in results of earlier years, with every problem's place."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from evalsvc.domain.concluding.history import FIRST_YEAR, PastRow
from evalsvc.domain.preparing.rosters import UnitRow
from evalsvc.scheme.model import Scheme
from evalsvc.text import Text
from evalsvc.workbooks.cells import Sheet
from evalsvc.workbooks.codes import Options, build_options
from evalsvc.workbooks.figures import write_decimal
from evalsvc.workbooks.history_layout import PAST_PLACES, history_layouts
from evalsvc.workbooks.jail import read_sheets
from evalsvc.workbooks.layout import list_titles
from evalsvc.workbooks.problems import CellProblem, Findings, SheetPreview, has_errors
from evalsvc.workbooks.table import TableRow, close_table, open_table

_UNIT = Text("单位", "unit")
_PLACES = build_options(PAST_PLACES)


@dataclass(frozen=True)
class HistoryReading:
    """Earlier years as read; `rows` is None where a problem is an error."""

    rows: tuple[PastRow, ...] | None
    sheets: tuple[SheetPreview, ...]
    problems: tuple[CellProblem, ...]


def read_history(
    source: bytes | Path, scheme: Scheme, units: Sequence[UnitRow], year: int
) -> HistoryReading:
    """Read an uploaded workbook; raises Problem(UPLOAD_REFUSED) where it is none."""
    sheets = read_sheets(source, list_titles(history_layouts(scheme)))
    return check_history(sheets, scheme, units, year)


def check_history(
    sheets: Sequence[Sheet], scheme: Scheme, units: Sequence[UnitRow], year: int
) -> HistoryReading:
    """What the sheet says of the years before `year`, and everything that is wrong with it."""
    findings = Findings()
    table = open_table(sheets, history_layouts(scheme)[0], findings)
    known = build_options({unit.code: Text(unit.name, unit.name) for unit in units})
    grades = build_options(scheme.outcome_names.grades)
    seen: dict[tuple[str, int], int] = {}
    rows = []
    for row in table.list_rows() if table else ():
        found = _read_row(row, known, grades, year)
        if found is None:
            continue
        first = seen.setdefault((found.unit, found.year), row.number)
        if first != row.number:
            row.report(
                "year",
                Text(
                    f"与第{first}行是同一个单位的同一年",
                    f"the same unit and year as in row {first}",
                ),
            )
        # A row without score, grade and place is a gap as the template left it.
        elif found.score is not None or found.grade or found.place:
            rows.append(found)
    close_table(table, findings)
    return HistoryReading(
        None if has_errors(findings.problems) else tuple(rows),
        tuple(findings.previews),
        tuple(findings.problems),
    )


def _read_row(row: TableRow, units: Options, grades: Options, year: int) -> PastRow | None:
    unit, past = row.choice("unit", units, _UNIT), _read_year(row, year)
    score = row.number_of("score")
    grade = row.choice("grade", grades, Text("等次", "grade")) if grades.names else ""
    place = row.choice("place", _PLACES, Text("名次", "place"))
    if score is not None and not -1_000_000 <= score <= 1_000_000:
        row.report("score", Text("得分过大，请核对", "the score is too large; please check"))
    if not unit or past is None:
        return None
    text = None if score is None else write_decimal(score)
    return PastRow(unit, past, text, grade or "", place or "")


def _read_year(row: TableRow, season: int) -> int | None:
    number = row.number_of("year", counts=True)
    if number is None:
        return None
    if number == number.to_integral_value() and FIRST_YEAR <= number < season:
        return int(number)
    row.report(
        "year",
        Text(
            f"应为 {FIRST_YEAR} 到 {season - 1} 的年份（本考评年度是 {season} 年）",
            f"expected a year from {FIRST_YEAR} to {season - 1}; this season is {season}",
        ),
    )
    return None
