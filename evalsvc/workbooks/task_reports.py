"""Reports on tasks as a workbook: filled in and locked but for what is somebody's, and read back.

A row says by its check code what stood when it was given out: what nobody touched changes nothing,
and what was touched on both sides is refused.
"""

import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import xlsxwriter

from evalsvc.domain.assessing.task_books import BookChange, BookRow, Part, build_stamp
from evalsvc.domain.assessing.task_reports import LONGEST_TEXT, Grading, Progress, list_grades
from evalsvc.scheme.model import Scheme
from evalsvc.text import NOTHING, Text, same
from evalsvc.workbooks.cells import build_key, clean
from evalsvc.workbooks.codes import build_options
from evalsvc.workbooks.differences import SheetDifferences, compare_lines
from evalsvc.workbooks.figures import write_decimal
from evalsvc.workbooks.filled import Line
from evalsvc.workbooks.jail import read_sheets
from evalsvc.workbooks.layout import Column, SheetLayout, list_titles
from evalsvc.workbooks.problems import CellProblem, Findings, SheetPreview, has_errors
from evalsvc.workbooks.table import TableRow, close_table, open_table
from evalsvc.workbooks.written import parse_number

_MADE = datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None)
_MOST_NOTE = 1_000
_GIVEN = Text("给出时已填，不要改", "Given out filled in; leave it as it is")
_OPEN = Text("白色的格可以填", "White cells are yours to fill in")
LAYOUT = SheetLayout(
    "reports",
    Text("任务报告", "Reports"),
    Text("每个报告一行", "A row for each report"),
    (
        Column("number", Text("编号", "Number"), _GIVEN, NOTHING, 8),
        Column("round", Text("轮次", "Round"), _GIVEN, NOTHING, 10),
        Column("unit", Text("责任单位", "Unit"), _GIVEN, NOTHING, 22),
        Column("lead", Text("牵头单位", "Lead"), _GIVEN, NOTHING, 22, required=False),
        Column("title", Text("任务", "Task"), _GIVEN, NOTHING, 28),
        Column("target", Text("目标", "Target"), _GIVEN, NOTHING, 36, required=False),
        Column("figure", Text("目标数", "Target figure"), _GIVEN, NOTHING, 10, required=False),
        Column("weight", Text("权重", "Weight"), _GIVEN, NOTHING, 8, required=False),
        Column("actual", Text("完成数", "Figure reached"), _OPEN, NOTHING, 10, required=False),
        Column("text", Text("进展", "Progress"), _OPEN, NOTHING, 48, required=False),
        Column("grade", Text("档次", "Grade"), _OPEN, NOTHING, 10, required=False),
        Column("note", Text("评语", "Remark"), _OPEN, NOTHING, 30, required=False),
        Column("stamp", Text("核对码", "Check code"), _GIVEN, NOTHING, 12, required=False),
    ),
)
# Compared with what stands; the check code says the rest.
_LOCKED = ("round", "unit", "lead", "title", "target", "figure", "weight")
# Excel takes a list of choices in the cell up to this length, with its commas.
_LONGEST_LIST = 255

Find = Callable[[Sequence[int]], Mapping[int, BookRow]]
Judge = Callable[[Sequence[BookChange]], Mapping[tuple[int, Part], Text]]


@dataclass(frozen=True)
class TaskBookReading:
    """What a workbook would change; `changes` is None where a problem is an error."""

    changes: tuple[BookChange, ...] | None
    differences: tuple[SheetDifferences, ...]
    sheets: tuple[SheetPreview, ...]
    problems: tuple[CellProblem, ...]


def task_book(scheme: Scheme, rows: Sequence[BookRow], language: str = "zh") -> bytes:
    """A row for each report; only what these eyes may write or grade is open."""
    content = io.BytesIO()
    book = xlsxwriter.Workbook(
        content, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    book.set_properties({"created": _MADE})
    page = book.add_worksheet(LAYOUT.name.in_language(language))
    head = book.add_format({"bold": True, "bg_color": "#DCE6F2", "text_wrap": True, "bottom": 1})
    for place, column in enumerate(LAYOUT.columns):
        page.set_column(place, place, column.width)
        page.write_string(0, place, column.heading.in_language(language), head)
    look = {"text_wrap": True, "valign": "top", "num_format": "@"}
    looks = {
        True: book.add_format({**look, "locked": False}),
        False: book.add_format({**look, "font_color": "#4A4A4A", "bg_color": "#EDEDED"}),
    }
    writer = _Page(page, scheme, looks, language)
    for line, row in enumerate(rows, 1):
        writer.write(line, row)
    # The task stays in sight while its report is graded.
    page.freeze_panes(1, 5)
    page.autofilter(0, 0, max(1, len(rows)), len(LAYOUT.columns) - 1)
    page.set_paper(9)
    page.set_landscape()
    page.fit_to_pages(1, 0)
    page.repeat_rows(0)
    # Without a password: it keeps from slips, and the reader from everything else.
    page.protect("", {"autofilter": True, "format_columns": True, "format_rows": True})
    book.close()
    return content.getvalue()


def read_task_book(source: bytes, scheme: Scheme, find: Find, judge: Judge) -> TaskBookReading:
    """What came back otherwise than it stands; raises Problem(UPLOAD_REFUSED) where unreadable."""
    findings = Findings()
    table = open_table(read_sheets(source, list_titles((LAYOUT,))), LAYOUT, findings)
    if table is None or not all(table.has(column.key) for column in LAYOUT.columns):
        close_table(table, findings)
        return TaskBookReading(None, (), tuple(findings.previews), tuple(findings.problems))
    lines = _number_lines(list(table.list_rows()))
    known = find(list(lines))
    readers = [
        _Row(scheme, line, row)
        for number, line in lines.items()
        if (row := _get_known(line, known, number)) is not None
    ]
    changes = [change for each in readers if (change := each.read()) is not None]
    _report_refused(lines, judge(changes))
    close_table(table, findings)
    failed = has_errors(findings.problems)
    return TaskBookReading(
        None if failed else tuple(changes),
        () if failed else _compare(readers),
        tuple(findings.previews),
        tuple(findings.problems),
    )


@dataclass(frozen=True)
class _Page:
    """The sheet under way: the rows that it gets, and the one language in which it is written."""

    page: Any
    scheme: Scheme
    looks: Mapping[bool, Any]
    language: str

    def write(self, line: int, row: BookRow) -> None:
        cells = _say_row(self.scheme, row)
        opened = {"actual": row.writes, "text": row.writes, "grade": row.grades, "note": row.grades}
        for place, column in enumerate(LAYOUT.columns):
            look = self.looks[opened.get(column.key, False)]
            said = cells[column.key].in_language(self.language)
            if column.key == "number":
                self.page.write_number(line, place, row.report.id, look)
            elif said:
                self.page.write_string(line, place, said, look)
            else:
                self.page.write_blank(line, place, None, look)
            if column.key == "grade" and row.grades:
                self._offer_grades(line, place, row)

    def _offer_grades(self, line: int, place: int, row: BookRow) -> None:
        grades = list_grades(self.scheme, row.report.round).values()
        names = [name.in_language(self.language) for name in grades]
        if len(",".join(names)) <= _LONGEST_LIST:
            rule = {"validate": "list", "source": names}
            self.page.data_validation(line, place, line, place, rule)


def _say_row(scheme: Scheme, row: BookRow) -> dict[str, Text]:
    """What each cell of a row says, as it stands."""
    task, report = row.task, row.report
    return {
        "number": same(report.id),
        "round": scheme.get_round(report.round).name,
        "unit": same(task.unit_name),
        "lead": task.lead_name,
        "title": same(task.title),
        "target": same(task.target),
        "figure": same(task.figure),
        "weight": same(task.weight),
        "actual": same(report.actual),
        "text": same(report.text),
        "grade": list_grades(scheme, report.round).get(report.grade, same(report.grade)),
        "note": same(report.note),
        "stamp": same(row.stamp),
    }


def _number_lines(rows: Sequence[TableRow]) -> dict[int, TableRow]:
    """Rows by the report's number; one without, or the second of one, is a mistake."""
    lines: dict[int, TableRow] = {}
    for row in rows:
        number = row.whole("number", 999_999_999)
        if number is None:
            continue
        if number in lines:
            first = lines[number].number
            row.report(
                "number", Text(f"与第{first}行是同一个报告", f"the same report as in row {first}")
            )
        else:
            lines[number] = row
    return lines


def _get_known(line: TableRow, known: Mapping[int, BookRow], number: int) -> BookRow | None:
    if number not in known:
        line.report(
            "number",
            Text(
                "这一年没有这个报告，或者不归您看；请用下载的工作簿，不要改编号",
                "this season has no such report that is yours to see; please use the workbook as "
                "it was given out and leave the numbers alone",
            ),
        )
    return known.get(number)


def _report_refused(
    lines: Mapping[int, TableRow], refused: Mapping[tuple[int, Part], Text]
) -> None:
    for (number, part), why in refused.items():
        lines[number].report(part, why)


class _Row:
    """One row that came back, beside what stands."""

    def __init__(self, scheme: Scheme, line: TableRow, stands: BookRow) -> None:
        self.scheme, self.line, self.stands = scheme, line, stands
        self.said = _say_row(scheme, stands)
        self.came = dict(self.said)

    def read(self) -> BookChange | None:
        """What is otherwise; None where nothing is, or where a cell can't be read."""
        before = len(self.line.table.findings.problems)
        self._check_locked()
        report = self.stands.report
        text, actual = self._read_text("text", report.text, LONGEST_TEXT), self._read_actual()
        grade, note = self._read_grade(), self._read_text("note", report.note, _MOST_NOTE)
        if has_errors(self.line.table.findings.problems[before:]):
            return None
        same_report = (text, actual) == (report.text, report.actual)
        same_grade = (grade, note) == (report.grade, report.note)
        # Untouched since it was given out, though somebody else has done something meanwhile.
        given = clean(self.line.get_cell("stamp").seen).upper()
        if (same_report and same_grade) or build_stamp(text, actual, grade, note) == given:
            return None
        if given != self.stands.stamp:
            self._report_stale()
            return None
        if not same_grade and not grade:
            self.line.report("grade", Text("评了语，还要选档次", "a remark needs a grade, too"))
            return None
        self._keep(text, actual, grade, note)
        return BookChange(
            report.id,
            self.stands.stamp,
            None if same_report else Progress(text, actual),
            None if same_grade else Grading(report.id, grade, note),
        )

    def _keep(self, text: str, actual: str, grade: str, note: str) -> None:
        grades = list_grades(self.scheme, self.stands.report.round)
        self.came |= {"text": same(text), "actual": same(actual), "note": same(note)}
        self.came["grade"] = grades.get(grade, same(grade))

    def _check_locked(self) -> None:
        for key in _LOCKED:
            seen = build_key(self.line.get_cell(key).seen)
            if seen not in map(build_key, self._list_said(key)):
                told = Text(
                    "这一格锁住，不在这里改；现为“%(said)s”。给出以后任务改过的，请重新下载",
                    "this cell is locked and not changed here; it is “%(said)s”. If the task was "
                    "changed since, please download the workbook again",
                )
                self.line.report(key, told.filled(said=self.said[key]))

    def _report_stale(self) -> None:
        report = self.stands.report
        told = Text(
            "给出以后别人改过：现为 %(grade)s，%(by)s。请重新下载，再填这一行",
            "somebody has changed this since: it is %(grade)s now, %(by)s. Please download the "
            "workbook again and fill in this row anew",
        )
        by = report.graded_by or report.reported_by or "—"
        grade = self.said["grade"] or Text("没有评档", "not graded")
        self.line.report("stamp", told.filled(grade=grade, by=by))

    def _list_said(self, key: str) -> tuple[str, str]:
        return self.said[key].zh, self.said[key].en

    def _read_text(self, key: str, stands: str, most: int) -> str:
        """A text with its lines; one that a spreadsheet has only spaced otherwise stays."""
        found = self.line.text(key, most)
        if found is None or found == clean(stands):
            return stands
        cell = self.line.get_cell(key)
        if cell.kind != "text" or cell.shown is not None:
            return found
        return "\n".join(clean(each) for each in cell.text.splitlines()).strip()

    def _read_actual(self) -> str:
        """A number, typed as one or as the text that the column's format makes of it."""
        if self.line.get_cell("actual").kind == "text":
            said = self.line.text("actual", 40) or ""
            typed = parse_number(said)
            return said if typed is None else write_decimal(typed)
        number = self.line.number_of("actual")
        return "" if number is None else write_decimal(number)

    def _read_grade(self) -> str:
        # Also a grade that the scheme has no name for any more stays where nobody touches it.
        if build_key(self.line.get_cell("grade").seen) in map(build_key, self._list_said("grade")):
            return self.stands.report.grade
        options = build_options(dict(list_grades(self.scheme, self.stands.report.round)))
        return self.line.choice("grade", options, Text("档次", "grade")) or ""


def _compare(readers: Sequence[_Row]) -> tuple[SheetDifferences, ...]:
    lines = {
        name: [
            Line(str(each.stands.report.id), {key: cells[key] for key in cells if key != "stamp"})
            for each in readers
            for cells in (each.said if name == "before" else each.came,)
        ]
        for name in ("before", "after")
    }
    return compare_lines((LAYOUT,), {"reports": lines["before"]}, {"reports": lines["after"]})
