"""A plan of tasks as a workbook: a row for each task, with what was sent back at its top."""

import io
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import xlsxwriter

from evalsvc.domain.assessing.task_list import TaskView
from evalsvc.domain.assessing.task_plans import PlanRow
from evalsvc.domain.assessing.task_reports import list_rounds
from evalsvc.domain.assessing.tasks import LONGEST_REASON, Proposal, lowers
from evalsvc.scheme.model import Scheme
from evalsvc.text import AND, NOTHING, Text, same, say
from evalsvc.workbooks.cells import build_key, clean
from evalsvc.workbooks.codes import build_options
from evalsvc.workbooks.differences import SheetDifferences, compare_lines
from evalsvc.workbooks.figures import write_decimal
from evalsvc.workbooks.filled import Line
from evalsvc.workbooks.jail import read_sheets
from evalsvc.workbooks.layout import CHOICES, Column, SheetLayout, list_titles
from evalsvc.workbooks.problems import CellProblem, Findings, SheetPreview, has_errors
from evalsvc.workbooks.table import TableRow, close_table, open_table

# As many as the templates of other sheets have lines for.
ROWS = 2_000
_MADE = datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None)
_LARGEST_WEIGHT = 1_000
_PARTS = re.compile(r"[、,，;；/\s]+")

LAYOUT = SheetLayout(
    "plan",
    Text("任务清单", "Plan of tasks"),
    Text("每项任务一行", "A row for each task"),
    (
        Column(
            "number",
            Text("编号", "Number"),
            Text("被退回的才有，不要改；新任务空着", "Of what was sent back; else empty"),
            NOTHING,
            8,
            required=False,
        ),
        Column("unit", Text("责任单位", "Unit"), Text("名称或代码", "Name or code"), NOTHING, 22),
        Column("lead", Text("牵头单位", "Lead"), Text("名称或代码", "Name or code"), NOTHING, 22),
        Column("title", Text("任务", "Task"), Text("最多120字", "120 characters"), NOTHING, 30),
        Column("target", Text("目标", "Target"), Text("最多500字", "500 characters"), NOTHING, 44),
        Column(
            "figure",
            Text("目标数", "Target figure"),
            Text("目标是数字的填", "Where the target is a number"),
            NOTHING,
            10,
            required=False,
        ),
        Column(
            "last_year",
            Text("上年数", "Last year's figure"),
            Text("与目标数比较：就高不就低", "The target is no lower than this"),
            NOTHING,
            10,
            required=False,
        ),
        Column(
            "lowered",
            Text("低于上年的理由", "Why it is lowered"),
            Text("目标数低于上年的必须写", "Needed where the target is below last year's"),
            NOTHING,
            28,
            required=False,
        ),
        Column(
            "weight",
            Text("权重", "Weight"),
            Text("空着是 1", "1 where empty"),
            NOTHING,
            8,
            required=False,
        ),
        Column(
            "rounds",
            Text("报告时间", "Reported in"),
            Text(
                "空着是每轮；每季度、每半年、年底一次，或写出轮次，如“三月、六月”",
                "Empty: every round; quarterly, half-yearly, once, or the rounds by name",
            ),
            NOTHING,
            18,
            required=False,
        ),
        Column(
            "returned",
            Text("退回意见", "Sent back because"),
            Text("看着改，不用填", "To be read, not filled in"),
            NOTHING,
            36,
            required=False,
        ),
    ),
)
# Times that a cell may say in a word, where tasks are reported on in twelve rounds of a year.
_TIMES: Mapping[str, tuple[Text, slice]] = {
    "quarterly": (Text("每季度", "quarterly"), slice(2, None, 3)),
    "half_yearly": (Text("每半年", "half-yearly"), slice(5, None, 6)),
    "once": (Text("年底一次", "once"), slice(11, None)),
}
_EVERY = (Text("每轮", "every round"), Text("每月", "monthly"))
_A_YEAR = 12

Judge = Callable[[Sequence[PlanRow]], Mapping[int, Text]]


@dataclass(frozen=True)
class PlanContext:
    """What a plan may name: units of whoever proposes, leads, and their tasks that came back.

    `titles` are the units and titles of tasks that are there already.
    """

    scheme: Scheme
    units: Mapping[str, Text]
    leads: Mapping[str, Text]
    returned: Mapping[int, TaskView]
    titles: frozenset[tuple[str, str]]


@dataclass(frozen=True)
class PlanReading:
    """What a workbook proposes; `rows` is None where a problem is an error."""

    rows: tuple[PlanRow, ...] | None
    differences: tuple[SheetDifferences, ...]
    sheets: tuple[SheetPreview, ...]
    problems: tuple[CellProblem, ...]


def plan_book(context: PlanContext, language: str = "zh") -> bytes:
    """What was sent back, with its remarks, and empty lines for what is new."""
    content = io.BytesIO()
    book = xlsxwriter.Workbook(
        content, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    book.set_properties({"created": _MADE})
    page = book.add_worksheet(LAYOUT.name.in_language(language))
    head = book.add_format({"bold": True, "bg_color": "#DCE6F2", "text_wrap": True, "bottom": 1})
    look = {"text_wrap": True, "valign": "top"}
    free = book.add_format({**look, "locked": False})
    shut = book.add_format({**look, "font_color": "#4A4A4A", "bg_color": "#EDEDED"})
    for place, column in enumerate(LAYOUT.columns):
        closed = column.key in ("number", "returned")
        page.set_column(place, place, column.width, shut if closed else free)
        page.write_string(0, place, column.heading.in_language(language), head)
        page.write_comment(0, place, column.about.in_language(language))
        for line, task in enumerate(context.returned.values(), 1):
            said = _say_task(context.scheme, task)[column.key].in_language(language)
            if column.key == "number":
                page.write_number(line, place, task.id, shut)
            elif column.key in ("figure", "last_year", "weight") and said:
                page.write_number(line, place, float(said), free)
            else:
                page.write_string(line, place, said, shut if closed else free)
    _offer(book, page, context, language)
    page.freeze_panes(1, 4)
    page.set_paper(9)
    page.set_landscape()
    page.fit_to_pages(1, 0)
    page.repeat_rows(0)
    page.protect("", {"format_columns": True, "format_rows": True, "insert_rows": True})
    book.close()
    return content.getvalue()


def read_plan(source: bytes, context: PlanContext, judge: Judge) -> PlanReading:
    """The tasks of a filled-in plan; raises Problem(UPLOAD_REFUSED) where unreadable."""
    findings = Findings()
    table = open_table(read_sheets(source, list_titles((LAYOUT,))), LAYOUT, findings)
    reader = _Plan(context)
    for line in table.list_rows() if table else ():
        # A line of which only the system's own columns are left proposes nothing.
        if any(not line.is_blank(column.key) for column in LAYOUT.columns[1:-1]):
            reader.read(line)
    if table and not reader.rows and not has_errors(findings.problems):
        findings.report(
            table.sheet.name,
            Text("表里没有新的或者改过的任务", "the sheet has no new or mended task"),
        )
    for place, why in judge(reader.rows).items():
        reader.lines[place].report("title", why)
    close_table(table, findings)
    failed = has_errors(findings.problems)
    return PlanReading(
        None if failed else tuple(reader.rows),
        () if failed else _compare(context, reader.rows),
        tuple(findings.previews),
        tuple(findings.problems),
    )


def say_rounds(scheme: Scheme, codes: Sequence[str]) -> Text:
    """When a task is reported on: in a word where there is one, else the rounds by name."""
    if not codes:
        return NOTHING
    for word, rounds in _list_times(scheme):
        if tuple(codes) == rounds:
            return word
    return AND.join(scheme.get_round(code).name for code in codes)


def _list_times(scheme: Scheme) -> list[tuple[Text, tuple[str, ...]]]:
    rounds = list_rounds(scheme)
    if len(rounds) != _A_YEAR:
        return []
    return [(word, tuple(rounds[part])) for word, part in _TIMES.values()]


def _say_task(scheme: Scheme, task: TaskView) -> dict[str, Text]:
    said = task.decisions[-1] if task.decisions else None
    return {
        "number": same(task.id),
        "unit": same(task.unit_name),
        "lead": task.lead_name,
        "title": same(task.title),
        "target": same(task.target),
        "figure": same(task.figure),
        "last_year": same(task.last_year),
        "lowered": same(task.lowered),
        "weight": same(task.weight),
        "rounds": say_rounds(scheme, task.rounds),
        "returned": same(f"{said.decided_by}：{said.reason}") if said else NOTHING,
    }


class _Plan:
    """Reads lines one after another, each beside those before it."""

    def __init__(self, context: PlanContext) -> None:
        self.context = context
        self.units = build_options(dict(context.units))
        self.leads = build_options(dict(context.leads))
        self.rows: list[PlanRow] = []
        self.lines: list[TableRow] = []
        self.seen: dict[tuple[str, str], int] = {}
        self.numbers: dict[int, int] = {}

    def read(self, line: TableRow) -> None:
        before = len(line.table.findings.problems)
        task = self._read_number(line)
        proposal = Proposal(
            unit=line.choice("unit", self.units, Text("责任单位", "unit")) or "",
            lead=line.choice("lead", self.leads, Text("牵头单位", "lead body")) or "",
            title=line.text("title", 120) or "",
            target=_read_lines(line, "target", 500),
            figure=_read_number(line, "figure"),
            last_year=_read_number(line, "last_year"),
            weight=_read_number(line, "weight") or "1",
            lowered=_read_lines(line, "lowered", LONGEST_REASON),
            rounds=self._read_rounds(line),
        )
        if has_errors(line.table.findings.problems[before:]):
            return
        returned = self.context.returned.get(task or 0)
        if returned is not None and proposal == _build_proposal(returned):
            told = Text(
                "没有改动，仍是退回的，这一次不再报",
                "unchanged: it stays sent back and is not put forward with this file",
            )
            line.report("number", told, severity="warning")
        elif self._judge(line, proposal, task):
            self.rows.append(PlanRow(proposal, task))
            self.lines.append(line)

    def _read_number(self, line: TableRow) -> int | None:
        """Which task was sent back; a line without is a new one."""
        if line.is_blank("number"):
            return None
        number = line.whole("number", 999_999_999)
        if number is None:
            return None
        if number not in self.context.returned:
            line.report(
                "number",
                Text(
                    "没有退回给您的这项任务；新任务的编号空着",
                    "no task of this number was sent back to you; a new task has no number",
                ),
            )
        elif self.numbers.setdefault(number, line.number) != line.number:
            first = self.numbers[number]
            line.report(
                "number", Text(f"与第{first}行是同一项任务", f"the same task as in row {first}")
            )
        return number

    def _judge(self, line: TableRow, proposal: Proposal, task: int | None) -> bool:
        """What several cells say together, at the cell where it is mended."""
        returned = self.context.returned.get(task or 0)
        if returned is not None and proposal.unit != returned.unit:
            line.report(
                "unit",
                Text(
                    f"退回的这项任务属于“{returned.unit_name}”，责任单位不能改",
                    f"this task is of “{returned.unit_name}”, and its unit can't be changed",
                ),
            )
            return False
        key = (proposal.unit, build_key(proposal.title))
        if self.seen.setdefault(key, line.number) != line.number:
            first = self.seen[key]
            line.report(
                "title", Text(f"与第{first}行是同一项任务", f"the same task as in row {first}")
            )
            return False
        if key in self.context.titles and task is None:
            line.report(
                "title",
                Text(
                    "这个单位已经有同名的任务；同一份清单只上传一次",
                    "this unit has a task of this name already; a plan is uploaded once",
                ),
            )
            return False
        if not 0 < Decimal(proposal.weight) <= _LARGEST_WEIGHT:
            line.report(
                "weight", Text("应大于 0，不超过 1000", "expected a number above 0, 1000 at most")
            )
            return False
        if lowers(proposal.figure, proposal.last_year) and not proposal.lowered:
            line.report(
                "lowered",
                Text(
                    f"目标数 {proposal.figure} 低于上年的 {proposal.last_year}，要写明理由",
                    f"the target {proposal.figure} is below last year's {proposal.last_year}: "
                    "give the reason",
                ),
            )
            return False
        return True

    def _read_rounds(self, line: TableRow) -> tuple[str, ...]:
        said = line.text("rounds", 200) or ""
        times = _list_times(self.context.scheme)
        words = {
            build_key(each): rounds
            for word, rounds in [*times, *((every, ()) for every in _EVERY)]
            for each in (word.zh, word.en)
        }
        if not said or build_key(said) in words:
            return words.get(build_key(said), ())
        rounds = list_rounds(self.context.scheme)
        options = build_options({c: self.context.scheme.get_round(c).name for c in rounds})
        found = [options.find(part) for part in _PARTS.split(said) if part]
        if None in found:
            expected = AND.join([*(word for word, _ in times), _EVERY[0], options.list_names()])
            told = Text("看不出是哪几轮；应为：%(names)s", "which rounds? expected: %(names)s")
            line.report("rounds", told.filled(names=expected))
            return ()
        # In the scheme's order, each once; all of them are every round.
        wanted = tuple(code for code in rounds if code in found)
        return () if len(wanted) == len(rounds) else wanted


def _build_proposal(task: TaskView) -> Proposal:
    """What a task that was sent back said."""
    return Proposal(
        task.unit,
        task.lead,
        task.title,
        task.target,
        task.figure,
        task.last_year,
        task.weight,
        task.lowered,
        task.rounds,
    )


def _read_lines(line: TableRow, key: str, most: int) -> str:
    """A text with its lines."""
    found = line.text(key, most) or ""
    cell = line.get_cell(key)
    if cell.kind != "text" or cell.shown is not None:
        return found
    return "\n".join(clean(each) for each in cell.text.splitlines()).strip()


def _read_number(line: TableRow, key: str) -> str:
    number = line.number_of(key)
    return "" if number is None else write_decimal(number)


def _offer(book: Any, page: Any, context: PlanContext, language: str) -> None:
    """Lists to choose from, on a hidden sheet: one in a cell ends at 255 characters."""
    hidden = book.add_worksheet(CHOICES.in_language(language))
    times: Iterable[Text] = [_EVERY[0], *(word for word, _ in _list_times(context.scheme))]
    lists: dict[str, Sequence[Text]] = {
        "unit": list(context.units.values()),
        "lead": list(context.leads.values()),
        "rounds": list(times),
    }
    for number, (key, texts) in enumerate(lists.items()):
        for row, text in enumerate(texts):
            hidden.write_string(row, number, text.in_language(language))
        place = LAYOUT.columns.index(LAYOUT.get_column(key))
        letter = "ABC"[number]
        if texts:
            source = f"='{CHOICES.in_language(language)}'!${letter}$1:${letter}${len(texts)}"
            # A warning only: codes are as good as names, and the reader checks everything again.
            rule = {"validate": "list", "source": source, "error_type": "warning"}
            page.data_validation(1, place, ROWS - 1, place, rule)
    hidden.hide()


def _compare(context: PlanContext, rows: Sequence[PlanRow]) -> tuple[SheetDifferences, ...]:
    """Mended tasks beside what they said, and new ones whole."""
    before = [
        Line(str(each.task), _say_task(context.scheme, context.returned[each.task]))
        for each in rows
        if each.task is not None
    ]
    after = [
        Line(str(each.task or f"new {place}"), _say_row(context, each, before))
        for place, each in enumerate(rows)
    ]
    return compare_lines((LAYOUT,), {"plan": before}, {"plan": after})


def _say_row(context: PlanContext, row: PlanRow, before: Sequence[Line]) -> dict[str, Text]:
    said = row.proposal
    kept = next((line.cells for line in before if line.key == str(row.task)), {})
    return {
        "number": same(row.task or ""),
        "unit": context.units[said.unit],
        "lead": context.leads[said.lead],
        "title": same(said.title),
        "target": same(said.target),
        "figure": same(said.figure),
        "last_year": same(said.last_year),
        "lowered": same(said.lowered),
        "weight": same(said.weight),
        "rounds": say_rounds(context.scheme, said.rounds),
        "returned": same(say(kept["returned"], "zh")) if kept else NOTHING,
    }
