"""Finds the headings of a sheet, and says what keeps its columns from being read."""

from collections.abc import Mapping
from dataclasses import dataclass

from evalsvc.text import AND, Text
from evalsvc.workbooks.cells import Sheet, build_key, clean, column_letter
from evalsvc.workbooks.layout import SheetLayout
from evalsvc.workbooks.problems import Findings

# An office may put a title above the headings.
HEADINGS_WITHIN = 10


@dataclass(frozen=True)
class Headings:
    """The row of the headings, and the column number of each key."""

    row: int
    places: Mapping[str, int]


def find_headings(sheet: Sheet, layout: SheetLayout, findings: Findings) -> Headings:
    """The headings of a sheet, with every mistake in them and among the merged cells reported."""
    keys = _build_headings(layout)
    number = _find_header_row(sheet, keys)
    places: dict[str, int] = {}
    for column, cell in sheet.rows.get(number, {}).items():
        key, shown = keys.get(build_key(cell.text)), clean(cell.text)
        if not shown:
            continue
        if key is None:
            findings.report(
                sheet.name,
                _unknown_heading(layout),
                place=(number, column),
                heading=shown,
                found=shown,
            )
        elif key in places:
            first = column_letter(places[key])
            findings.report(
                sheet.name,
                Text(
                    f"这一列与{first}列重复，请只留一列", f"doubles column {first}; please keep one"
                ),
                place=(number, column),
                heading=shown,
                found=shown,
            )
        else:
            places[key] = column
    _report_missing(sheet, layout, number, places, findings)
    _report_merged(sheet, number, places, findings)
    return Headings(number, places)


def _build_headings(layout: SheetLayout) -> dict[str, str]:
    """Every heading that is understood; where a short one could be two columns, it is neither."""
    keys: dict[str, str] = {}
    doubtful = set()
    for column in layout.columns:
        for heading in {build_key(text) for text in (*column.heading.spellings, *column.also)}:
            # Two columns want it, so neither gets it: a figure in the wrong column would count.
            if keys.setdefault(heading, column.key) != column.key:
                doubtful.add(heading)
    return {heading: key for heading, key in keys.items() if heading not in doubtful}


def _find_header_row(sheet: Sheet, keys: Mapping[str, str]) -> int:
    """The row with most known headings; the first one where none has any."""

    def known(number: int) -> int:
        return sum(build_key(cell.text) in keys for cell in sheet.rows[number].values())

    first = [number for number in sheet.rows if number <= HEADINGS_WITHIN]
    # The first of the best, since titles above the headings have words of them.
    return max(first, key=lambda number: (known(number), -number), default=1)


def _unknown_heading(layout: SheetLayout) -> Text:
    return Text(
        "没有这一列；可用的列：%(columns)s。请改回模板的标题，或删去这一列",
        "there is no such column; there are: %(columns)s. Please restore the template's heading "
        "or delete the column",
    ).filled(columns=AND.join(column.heading for column in layout.columns[:12]))


def _report_missing(
    sheet: Sheet, layout: SheetLayout, row: int, places: Mapping[str, int], findings: Findings
) -> None:
    for column in layout.columns:
        if column.required and column.key not in places:
            findings.report(
                sheet.name,
                Text(
                    f"第{row}行缺少“{column.heading.zh}”一列",
                    f"the column “{column.heading.en}” is missing from row {row}",
                ),
                heading=column.heading.zh,
            )


def _report_merged(sheet: Sheet, row: int, places: Mapping[str, int], findings: Findings) -> None:
    columns = set(places.values())
    for block in sheet.merged:
        if block.last_row < row:
            continue
        touched = columns.intersection(range(block.first_column, block.last_column + 1))
        if touched:
            findings.report(
                sheet.name,
                Text(
                    f"{block} 是合并单元格，请取消合并，每个单元格各填各的",
                    f"{block} is merged; please unmerge it and fill in every cell",
                ),
                place=(block.first_row, block.first_column),
                found=str(block),
            )
