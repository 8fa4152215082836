"""The sheets of an XLSForm workbook, and its headings in the one spelling used here."""

import re
from collections.abc import Collection, Sequence
from dataclasses import replace
from difflib import get_close_matches

from evalsvc.text import Text
from evalsvc.workbooks.cells import Cell, Sheet, build_key, clean
from evalsvc.workbooks.layout import Column, SheetLayout
from evalsvc.workbooks.problems import Findings
from evalsvc.xlsform.seeing import see_cell

ZH, EN = "中文 (zh)", "English (en)"
# The standard has one title only; other programs pass over this column.
TITLE_EN = "form_title_en"
# How much of a sheet's name has to be right for it to be one that was meant.
_NEAR = 0.75
_NEAR_HEADING = 0.85
_TRANSLATED = re.compile(r"(label|caption|hint)\s*::?\s*(.+)", re.IGNORECASE)
# Codes with a country or a script, too: zh_CN, zh-Hans, en-GB.
_CHINESE = re.compile(
    r"中文|汉语|普通话|chinese|mandarin|(?<![a-z])(?:zh|cmn)(?![a-z])", re.IGNORECASE
)
_ENGLISH = re.compile(r"英文|英语|english|(?<![a-z])en(?![a-z])", re.IGNORECASE)
_SPELLINGS = {
    "relevance": "relevant",
    "value": "name",
    "tag": "name",
    "command": "type",
    "caption": "label",
    "calculate": "calculation",
    "constraining_message": "constraint_message",
    "count": "repeat_count",
    "jr:count": "repeat_count",
    "readonly": "read_only",
    "requiredmsg": "required_message",
    "title": "form_title",
    "set_form_title": "form_title",
    "set_form_id": "form_id",
}


_NEEDED = {
    "type": Text("这一行是什么", "what the row is"),
    "list_name": Text("选项属于哪个列表", "the list that the choice belongs to"),
    "name": Text("选项的代码", "the choice's code"),
}


def _columns(required: tuple[str, ...], optional: tuple[str, ...]) -> tuple[Column, ...]:
    none = Text("", "")
    return tuple(
        Column(key, Text(key, key), _NEEDED.get(key, none), none, required=key in required)
        for key in (*required, *optional)
    )


_LABELS = ("label", f"label::{ZH}", f"label::{EN}")
SURVEY = SheetLayout(
    "survey", Text("survey", "survey"), Text("问题", "questions"),
    _columns(("type",), (
        "name", *_LABELS, "hint", f"hint::{ZH}", f"hint::{EN}", "required", "relevant",
        "constraint", "constraint_message", "appearance", "parameters", "calculation",
        "repeat_count", "choice_filter", "default", "read_only", "enforce_from", "proportions",
        "trigger", "disabled", "guidance_hint", "required_message",
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


def list_foreign_sheets(sheets: Sequence[Sheet], findings: Findings) -> None:
    """Say which sheets are not read; one whose name is nearly right was meant to be."""
    keys = [layout.key for layout in (SURVEY, CHOICES, SETTINGS)]
    own = {build_key(sheet.name) for sheet in sheets}
    foreign = [sheet.name for sheet in sheets if build_key(sheet.name) not in keys]
    for name in foreign:
        meant = get_close_matches(build_key(name), keys, 1, _NEAR)
        if meant and meant[0] not in own:
            findings.report(
                name,
                Text(
                    f"这张工作表应名为 {meant[0]}；现在的名称不读取，请改名，或删去这张表",
                    f"this sheet should be named {meant[0]}; under its name it is not read, so "
                    "please rename or delete it",
                ),
                found=name,
            )
        else:
            findings.report(
                name,
                Text(
                    "不读取这张工作表：问卷只有 survey、choices、settings 三张表",
                    "this sheet is not read: a form has the sheets survey, choices and settings",
                ),
                found=name,
                severity="warning",
            )


def spell_headings(sheet: Sheet, layout: SheetLayout, findings: Findings) -> Sheet:
    """The sheet with its first row's headings as above; columns without a meaning here left out.

    Each of those is reported as a warning when anything stands in it.
    """
    first = min(sheet.rows, default=1)
    known = {column.key for column in layout.columns}
    kept: dict[int, Cell] = {}
    for column in sorted({column for cells in sheet.rows.values() for column in cells}):
        written = clean(sheet.get_cell(first, column).text)
        heading = _spell(written)
        below = [row for row in sheet.rows if row != first and _is_filled(sheet, row, column)]
        if heading in known:
            kept[column] = replace(sheet.get_cell(first, column), text=heading)
        elif below:
            place = (first if written else below[0], column)
            _report_foreign(sheet, place, _guess(sheet, first, heading, known), findings)
    rows = {first: kept} if kept else {}
    for number, cells in sheet.rows.items():
        own = {column: cell for column, cell in cells.items() if column in kept}
        if own and number != first:
            rows[number] = {
                column: see_cell(cell, kept[column].text, (sheet.name, number, column), findings)
                for column, cell in own.items()
            }
    return replace(sheet, name=layout.key, rows=rows)


def _is_filled(sheet: Sheet, row: int, column: int) -> bool:
    return bool(clean(sheet.get_cell(row, column).text))


def _guess(sheet: Sheet, first: int, heading: str, known: Collection[str]) -> str:
    """The heading that one was meant to be, of those that the sheet lacks: relevent, requird."""
    there = {_spell(clean(cell.text)) for cell in sheet.rows.get(first, {}).values()}
    free = [key for key in (*known, *_SPELLINGS) if _SPELLINGS.get(key, key) not in there]
    return next(iter(get_close_matches(heading, free, 1, _NEAR_HEADING)), "")


def _report_foreign(sheet: Sheet, place: tuple[int, int], meant: str, findings: Findings) -> None:
    """A column that nothing here corresponds to, at its heading or where it begins."""
    text = clean(sheet.get_cell(*place).text)
    if meant:
        # It might say who is asked, or which answers are right.
        findings.report(
            sheet.name,
            Text(
                f"这一列的标题应写成 {meant}；现在的标题不读取，请改正，或删去这一列",
                f"this column should be headed {meant}; under its heading it is not read, so "
                "please mend the heading or delete the column",
            ),
            place=place,
            heading=text,
            found=text,
        )
        return
    headed = place[0] == min(sheet.rows)
    findings.report(
        sheet.name,
        Text(
            "这一列在本系统里没有对应的设置，不读取",
            "nothing here corresponds to this column; it is not read",
        )
        if headed
        else Text(
            "这一列没有标题，不读取；要读取的话请在第一行写上标题",
            "this column has no heading and is not read; please head it if it should be",
        ),
        place=place,
        heading=text if headed else "",
        found=text,
        severity="warning",
    )


def _spell(heading: str) -> str:
    """A heading in the one spelling: capitals and blanks make no difference in the standard."""
    plain = re.sub(r"^bind\s*::?\s*", "", heading, flags=re.IGNORECASE)
    found = _TRANSLATED.fullmatch(plain)
    if found is None:
        plain = plain.lower().replace(" ", "_")
        return _SPELLINGS.get(plain, plain)
    kind = "hint" if found[1].lower() == "hint" else "label"
    if _CHINESE.search(found[2]):
        return f"{kind}::{ZH}"
    if _ENGLISH.search(found[2]):
        return f"{kind}::{EN}"
    return heading
