"""An assessing body's sheet as a workbook: the template with what is entered, and its reader."""

import io
from dataclasses import dataclass
from datetime import UTC, datetime

import xlsxwriter

from evalsvc.domain.assessing.assessments import Entry, Remark
from evalsvc.domain.assessing.body_sheets import NOT_CARRIED as NONE
from evalsvc.domain.assessing.body_sheets import SheetView
from evalsvc.scheme.model import Component
from evalsvc.text import Text
from evalsvc.workbooks.cells import build_key, clean
from evalsvc.workbooks.codes import build_options
from evalsvc.workbooks.jail import read_sheets
from evalsvc.workbooks.layout import NOT_APPLICABLE, NOT_CARRIED, Column, SheetLayout, list_titles
from evalsvc.workbooks.problems import CellProblem, Findings, has_errors
from evalsvc.workbooks.table import TableRow, open_table

_MADE = datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None)
_NOTHING = frozenset(build_key(text) for text in ("", NOT_APPLICABLE, "-", "/"))
_NOT_CARRIED = frozenset(build_key(text) for text in (NOT_CARRIED.zh, NOT_CARRIED.en, "NA"))
_UNIT = Text("单位", "unit")


@dataclass(frozen=True)
class AssessmentReading:
    """What a body's workbook says; nothing where a problem is an error."""

    entries: tuple[Entry, ...]
    remarks: tuple[Remark, ...]
    problems: tuple[CellProblem, ...]


def assessment_template(sheet: SheetView, language: str = "zh") -> bytes:
    """The sheet as it stands, to be filled in; components for other categories are dashes."""
    layout = build_layout(sheet)
    content = io.BytesIO()
    # What a unit is called and what a body has written stays text, also where it begins with "=".
    book = xlsxwriter.Workbook(
        content, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    book.set_properties({"created": _MADE})
    page = book.add_worksheet(layout.name.in_language(language))
    head = book.add_format({"bold": True, "bg_color": "#DCE6F2", "text_wrap": True, "bottom": 1})
    for number, column in enumerate(layout.columns):
        page.set_column(number, number, column.width)
        page.write_string(0, number, column.heading.in_language(language), head)
    page.freeze_panes(1, 1)
    not_carried = NOT_CARRIED.in_language(language)
    for row, unit in enumerate(sheet.units, 1):
        page.write_string(row, 0, unit.name)
        for place, component in enumerate(sheet.components, 1):
            _write(page, row, place, unit.values.get(component.code), not_carried)
        page.write_string(row, len(sheet.components) + 1, unit.note)
        page.write_string(row, len(sheet.components) + 2, unit.evidence)
    book.close()
    return content.getvalue()


def read_assessment(source: bytes, sheet: SheetView) -> AssessmentReading:
    """Read a filled-in sheet; raises Problem(UPLOAD_REFUSED) where it is no workbook."""
    findings = Findings()
    layout = build_layout(sheet)
    table = open_table(read_sheets(source, list_titles((layout,))), layout, findings)
    units = build_options({unit.code: Text(unit.name, unit.name) for unit in sheet.units})
    entries: list[Entry] = []
    remarks: list[Remark] = []
    seen: dict[str, int] = {}
    for row in table.list_rows() if table else ():
        code = row.choice("unit", units, _UNIT)
        if not code:
            continue
        # The second row is told and not read: which of the two holds, nobody here can know.
        if seen.setdefault(code, row.number) != row.number:
            row.report(
                "unit",
                Text(f"与第{seen[code]}行是同一个单位", f"the same unit as in row {seen[code]}"),
            )
            continue
        own = next(unit.values for unit in sheet.units if unit.code == code)
        for component in sheet.components:
            text = _read_figure(row, component, carried=component.code in own)
            if text is not None:
                entries.append(Entry(code, component.code, text))
        remarks.append(Remark(code, row.text("note", 1000) or "", row.text("evidence", 1000) or ""))
    if has_errors(findings.problems):
        return AssessmentReading((), (), tuple(findings.problems))
    return AssessmentReading(tuple(entries), tuple(remarks), tuple(findings.problems))


def build_layout(sheet: SheetView) -> SheetLayout:
    """A row a unit, a column a component, then notes and evidence."""
    return SheetLayout(
        "assessment",
        Text("评分表", "Sheet"),
        Text("每个单位一行", "A row for each unit"),
        (
            Column(
                "unit",
                Text("单位", "Unit"),
                Text("单位的名称或代码", "The unit's name or code"),
                Text("", ""),
                28,
            ),
            *(
                Column(
                    each.code,
                    each.name,
                    Text("填数字，不承担的填“不承担”", "A number, or “not carried”"),
                    Text("", ""),
                    16,
                    required=False,
                    also=(each.code,),
                )
                for each in sheet.components
            ),
            Column(
                "note",
                Text("说明", "Note"),
                Text("可不填", "May stay empty"),
                Text("", ""),
                40,
                required=False,
            ),
            Column(
                "evidence",
                Text("依据", "Evidence"),
                Text("可不填", "May stay empty"),
                Text("", ""),
                40,
                required=False,
            ),
        ),
    )


def _write(
    page: xlsxwriter.worksheet.Worksheet, row: int, place: int, value: str | None, not_carried: str
) -> None:
    if value is None:
        page.write_string(row, place, NOT_APPLICABLE)
    elif value == NONE:
        page.write_string(row, place, not_carried)
    elif value:
        page.write_number(row, place, float(value))


def _read_figure(row: TableRow, component: Component, *, carried: bool) -> str | None:
    """A figure's text, `NA`, or empty; None where the cell says nothing that can be used."""
    text = build_key(row.get_cell(component.code).seen)
    # A cell that is not for the unit is left as it came: a dash, or nothing.
    if not carried:
        if text not in _NOTHING | _NOT_CARRIED:
            row.report(
                component.code,
                Text(
                    "这一类单位没有这一项，请清空",
                    "units of this category do not have this component; please clear it",
                ),
            )
        return None
    if text in _NOT_CARRIED:
        return NONE
    # Empty is not yet entered; 0 and “not carried” are answers.
    if not clean(row.get_cell(component.code).text):
        return ""
    number = row.number_of(component.code)
    return None if number is None else f"{number:f}"
