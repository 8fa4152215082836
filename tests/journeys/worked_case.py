"""The worked case as an office has it: filled into downloaded templates, and voted on by letter."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from datetime import date

import openpyxl

from evalsvc.demo import raters
from evalsvc.demo.browser import Browser
from evalsvc.demo.raters import Letter
from evalsvc.scheme.presets import load_preset
from evalsvc.workbooks.layout import FLAGS, NOT_APPLICABLE, NOT_CARRIED
from tests.evidence.panshan import FOLDER

SCHEME = load_preset("panshan-2018")
Line = Mapping[str, object]


def read_table(name: str) -> list[dict[str, str]]:
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


UNITS = {row["unit"]: row for row in read_table("units")}
RATERS = {row["rater"]: row for row in read_table("raters")}
ENTERED = [row for row in RATERS.values() if not row["group"].startswith("mutual_")]


def fill_roster(template: bytes, first_category: str | None = None) -> bytes:
    """The roster typed into its template; the first unit may get a category of one's own."""
    categories = {one.code: one.name.zh for one in SCHEME.categories}
    units: list[Line] = [
        {
            "代码": row["unit"],
            "名称": row["name"],
            "类别": categories[row["category"]],
            "标记": FLAGS[row["flags"]].zh if row["flags"] else "",
        }
        for row in UNITS.values()
    ]
    if first_category:
        units[0] = {**units[0], "类别": first_category}
    return _fill(
        template,
        {
            "单位": units,
            "评价人": [
                {
                    "评价主体": SCHEME.get_group(row["group"]).name.zh,
                    "代码": row["rater"],
                    "姓名或席位": row["name"],
                }
                for row in ENTERED
            ],
            "评价关系": [
                {
                    "评价主体": SCHEME.get_group(row["group"]).name.zh,
                    "评价人代码": row["rater"],
                    "单位": UNITS[row["unit"]]["name"],
                    "角色": "分管",
                }
                for row in read_table("relations")
            ],
        },
    )


def fill_figures(template: bytes) -> bytes:
    """Indicators and adjustments typed into their template, which lists the units already."""
    book = openpyxl.load_workbook(io.BytesIO(template))
    sheet = book["指标"]
    assert [cell.value for cell in sheet["A"]][1:] == [unit["name"] for unit in UNITS.values()]
    for number, line in enumerate(_list_indicators(), start=2):
        for column, value in enumerate(line, start=2):
            if sheet.cell(number, column).value != NOT_APPLICABLE:
                sheet.cell(number, column, value)
    return _fill(_save(book), {"加减分": list(_list_adjustments())})


def cast_all(address: str, round_code: str, letters: Sequence[Letter]) -> list[str]:
    """Everybody's ballot of the worked case by the pages; returns the receipts."""
    return [_cast(address, round_code, letter) for letter in letters]


def _cast(address: str, round_code: str, letter: Letter) -> str:
    browser = Browser(address)
    page = raters.begin(browser, letter)
    answers = _find_answers(round_code, letter)
    page = browser.submit(page, page.get_form("/check"), answers).expect("/check")
    page = browser.submit(page, page.get_form("/submit")).expect("/receipt")
    return page.marked["receipt"]


def _find_answers(round_code: str, letter: Letter) -> dict[str, str]:
    (rater,) = [
        row["rater"]
        for row in RATERS.values()
        if (row["group"], row["name"]) == (letter.group, letter.addressee)
    ]
    return {
        f"a.{row['item']}.{row['unit']}": row["value"]
        for row in read_table("ballots")
        if (row["round"], row["rater"]) == (round_code, rater)
    }


def _list_indicators() -> Iterator[list[float | str]]:
    """A line for each unit with a figure for each component, in the scheme's order."""
    given = {(row["unit"], row["component"]): row["value"] for row in read_table("indicators")}
    for unit in UNITS:
        found = [given.get((unit, component.code), "NA") for component in SCHEME.components]
        yield [NOT_CARRIED.zh if value == "NA" else float(value) for value in found]


def _list_adjustments() -> Iterator[Line]:
    rules = {one.code: one.name.zh for one in SCHEME.adjustments}
    for row in read_table("adjustments"):
        yield {
            "轮次": SCHEME.get_round(row["round"]).name.zh,
            "单位": UNITS[row["unit"]]["name"],
            "项目": rules[row["rule"]],
            "次数": int(row["times"]) if not row["amount"] else None,
            "金额": float(row["amount"]) if row["amount"] else None,
            "日期": date.fromisoformat(row["date"]),
            "依据": row["evidence"],
        }


def _fill(template: bytes, sheets: Mapping[str, Sequence[Line]]) -> bytes:
    """Type lines under a template's own headings and save the workbook."""
    book = openpyxl.load_workbook(io.BytesIO(template))
    for name, lines in sheets.items():
        places = {cell.value: cell.column for cell in book[name][1]}
        for number, line in enumerate(lines, start=2):
            for heading, value in line.items():
                if value not in (None, ""):
                    book[name].cell(number, places[heading], value)
    return _save(book)


def _save(book: openpyxl.Workbook) -> bytes:
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()
