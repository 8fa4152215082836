"""The sheets of an XLSForm workbook, and its headings in the one spelling used here."""

import re
from dataclasses import replace

from evalsvc.text import Text
from evalsvc.workbooks.cells import Cell, Sheet, clean
from evalsvc.workbooks.layout import Column, SheetLayout
from evalsvc.workbooks.problems import Findings
from evalsvc.xlsform.seeing import see_cell

ZH, EN = "中文 (zh)", "English (en)"
# The standard has one title only; other programs pass over this column.
TITLE_EN = "form_title_en"
_TRANSLATED = re.compile(r"(label|hint)\s*::?\s*(.+)")
_CHINESE = re.compile(r"中文|汉语|chinese|\bzh\b", re.IGNORECASE)
_ENGLISH = re.compile(r"英文|英语|english|\ben\b", re.IGNORECASE)
_SPELLINGS = {
    "relevance": "relevant",
    "list name": "list_name",
    "value": "name",
    "caption": "label",
    "repeat count": "repeat_count",
    "title": "form_title",
}


def _columns(required: tuple[str, ...], optional: tuple[str, ...]) -> tuple[Column, ...]:
    none = Text("", "")
    return tuple(
        Column(key, Text(key, key), none, none, required=key in required)
        for key in (*required, *optional)
    )


_LABELS = ("label", f"label::{ZH}", f"label::{EN}")
SURVEY = SheetLayout(
    "survey", Text("survey", "survey"), Text("问题", "questions"),
    _columns(("type",), (
        "name", *_LABELS, "hint", f"hint::{ZH}", f"hint::{EN}", "required", "relevant",
        "constraint", "constraint_message", "appearance", "parameters", "calculation",
        "repeat_count", "choice_filter", "default", "read_only", "enforce_from", "proportions",
    )),
)  # a table, read by rows  # fmt: skip
CHOICES = SheetLayout(
    "choices",
    Text("choices", "choices"),
    Text("选项", "choices"),
    _columns(("list_name", "name"), (*_LABELS, "share", "points", "counts_as", "category")),
)
SETTINGS = SheetLayout(
    "settings", Text("settings", "settings"), Text("设置", "settings"),
    _columns((), (
        "form_title", TITLE_EN, "form_id", "default_language", "style",
        "recusal", "order", "dealt_with",
        "account", "figures", "words_together",
    )),
)  # a table, read by rows  # fmt: skip


def spell_headings(sheet: Sheet, layout: SheetLayout, findings: Findings) -> Sheet:
    """The sheet with its first row's headings as above; columns without a meaning here left out.

    Each of those is reported as a warning when anything stands in it.
    """
    first = min(sheet.rows, default=1)
    known = {column.key for column in layout.columns}
    kept: dict[int, Cell] = {}
    for column, cell in sheet.rows.get(first, {}).items():
        heading = _spell(clean(cell.text))
        if heading in known:
            kept[column] = replace(cell, text=heading)
        elif any(clean(sheet.get_cell(row, column).text) for row in sheet.rows if row != first):
            findings.report(
                sheet.name,
                Text(
                    "这一列在本系统里没有对应的设置，不读取",
                    "nothing here corresponds to this column; it is not read",
                ),
                place=(first, column),
                heading=clean(cell.text),
                found=clean(cell.text),
                severity="warning",
            )
    rows = {first: kept} if kept else {}
    for number, cells in sheet.rows.items():
        own = {column: cell for column, cell in cells.items() if column in kept}
        if own and number != first:
            rows[number] = {
                column: see_cell(cell, kept[column].text, (sheet.name, number, column), findings)
                for column, cell in own.items()
            }
    return replace(sheet, name=layout.key, rows=rows)


def _spell(heading: str) -> str:
    heading = heading.removeprefix("bind::").removeprefix("bind:")
    found = _TRANSLATED.fullmatch(heading)
    if found is None:
        return _SPELLINGS.get(heading.lower(), heading.lower())
    if _CHINESE.search(found[2]):
        return f"{found[1]}::{ZH}"
    if _ENGLISH.search(found[2]):
        return f"{found[1]}::{EN}"
    return heading
