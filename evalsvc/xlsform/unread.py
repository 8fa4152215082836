"""What becomes of every filled cell that nothing was read from: it is listed, with the reason.

Cells are used by being taken (`rows`); this looks at what is left over, whatever the reason, so
that a column or a kind of row that nobody has thought of is listed as well.
"""

from collections.abc import Iterator, Mapping

from evalsvc.text import Text
from evalsvc.workbooks.problems import Findings, Severity
from evalsvc.workbooks.table import Table
from evalsvc.xlsform import unsupported
from evalsvc.xlsform.rows import FormRow, FormSheet

# Beyond so many of one column with one reason, one line at its heading says it of all.
MOST_LISTED = 20
_NAMED_ROWS = 8
_ANY = ""

_NOTHING = Text(
    "这一格在这一行没有用处，不读取", "this cell means nothing in this row; it is not read"
)
_FOR_QUESTIONS = Text(
    "只有要回答的题才用得上，这里不读取", "only for what is answered; it is not read here"
)
_FOR_RATIO = Text(
    "只有按比例排序的题才用得上，这里不读取", "only for forced ratios; it is not read here"
)
_FOR_SCALES = Text(
    "只有重复内按这个列表评单位（select_one）才计分，这里的不读取",
    "only where units are rated with this list (select_one in the repeat) it scores; not read here",
)
_EMPTY_GROUP = Text(
    "这个分组里没有问题，条件不起作用", "the group holds no question that the condition would be of"
)
_END = Text("分组的结束行只读 type，其余不读取", "of a row that ends a group only the type is read")
_OTHER_ROWS = Text(
    "设置只读第一行，这一行不读取", "of the settings the first row is read; this one is not"
)
_LANGUAGE = Text(
    "中英文两列已经写了别的话，这一列不读取",
    "both languages have columns of their own that say something else; this one is not read",
)

# By column, and there by kind of row: what an unused cell means. Where one of these would change
# who is asked what, or which answers are right, it is an error, and all else a remark.
Reasons = Mapping[str, Mapping[str, tuple[Text, Severity]]]
_REASONS: Reasons = {
    "relevant": {
        "group": (_EMPTY_GROUP, "warning"),
        "repeat": (_EMPTY_GROUP, "warning"),
        "unit": (unsupported.FOREIGN_LIMIT, "error"),
    },
    "constraint": {"unit": (unsupported.FOREIGN_LIMIT, "error"), _ANY: (_FOR_QUESTIONS, "warning")},
    "calculation": {
        "question": (unsupported.COMPUTES, "error"),
        "unit": (unsupported.COMPUTES, "error"),
    },
    "read_only": {"question": (unsupported.READ_ONLY, "error")},
    "choice_filter": {"question": (unsupported.FILTERED, "error")},
    "required": {_ANY: (_FOR_QUESTIONS, "warning")},
    "parameters": {_ANY: (unsupported.PARAMETERS, "warning")},
    "appearance": {_ANY: (unsupported.LOOKS, "warning")},
    "default": {_ANY: (unsupported.PRESELECTED, "warning")},
    "constraint_message": {_ANY: (unsupported.MESSAGE, "warning")},
    "required_message": {_ANY: (unsupported.MESSAGE, "warning")},
    "enforce_from": {_ANY: (_FOR_RATIO, "warning")},
    "proportions": {_ANY: (_FOR_RATIO, "warning")},
    "points": {_ANY: (_FOR_SCALES, "warning")},
    "share": {_ANY: (_FOR_RATIO, "warning")},
    "counts_as": {_ANY: (_FOR_SCALES, "warning")},
    "label": {"question": (_LANGUAGE, "warning"), "choice": (_LANGUAGE, "warning")},
}
_BY_ROW: Mapping[str, tuple[Text, Severity]] = {"end": (_END, "warning"), "": (_NOTHING, "warning")}


def list_unread(sheet: FormSheet, findings: Findings) -> None:
    """Report every filled cell of a sheet that has had no part in anything."""
    by_column: dict[tuple[str, Text, Severity], list[FormRow]] = {}
    for row in sheet.list_rows():
        for key in _list_left(sheet, row):
            text, severity = _explain(key, sheet, row)
            by_column.setdefault((key, text, severity), []).append(row)
    for (key, text, severity), rows in by_column.items():
        if len(rows) <= MOST_LISTED:
            for row in rows:
                row.report(key, text, severity=severity)
        else:
            _report_column(sheet.table, key, text, severity, rows, findings)


def _list_left(sheet: FormSheet, row: FormRow) -> Iterator[str]:
    for key, column in sheet.table.places.items():
        if not row.is_blank(key) and (row.number, column) not in sheet.used:
            yield key


def _explain(key: str, sheet: FormSheet, row: FormRow) -> tuple[Text, Severity]:
    kind = sheet.kinds.get(row.number, "")
    if kind in _BY_ROW and kind:
        return _BY_ROW[kind]
    if sheet.table.layout.key == "settings" and row.number != _first(sheet):
        return _OTHER_ROWS, "warning"
    said = _REASONS.get(key, {})
    return said.get(kind) or said.get(_ANY) or _BY_ROW[""]


def _first(sheet: FormSheet) -> int:
    return next((row.number for row in sheet.list_rows()), 0)


def _report_column(
    table: Table, key: str, text: Text, severity: Severity, rows: list[FormRow], findings: Findings
) -> None:
    shown = "、".join(str(row.number) for row in rows[:_NAMED_ROWS])
    findings.report(
        table.sheet.name,
        Text("%(text)s（共 %(n)s 行：%(rows)s……）", "%(text)s (%(n)s rows: %(rows)s …)").filled(
            text=text, n=len(rows), rows=shown
        ),
        place=(table.header_row, table.places[key]),
        heading=key,
        found=key,
        severity=severity,
    )
