"""Rosters and figures read the same, whichever program wrote the file."""

from pathlib import Path

import openpyxl
import pytest

from evalsvc.domain.preparing.figures import Figures
from evalsvc.workbooks import seen
from evalsvc.workbooks.figures import read_figures
from evalsvc.workbooks.jail import read_sheets
from evalsvc.workbooks.roster import read_roster
from tests.workbooks import test_figures, test_roster
from tests.workbooks.filling import PANSHAN, save, show
from tests.workbooks.programs import PROGRAMS, Formatted, Sheets, save_again

pytestmark = pytest.mark.slow

ROSTER: Sheets = {
    "单位": [
        test_roster.UNIT_HEADINGS,
        ["u01", "县教育局", "部门", "", "全县教育管理"],
        ["007", "县\U0002b740局", "部门", "不参与评奖", "一行\n两行 <b>&amp;"],
        ["u03", "甜水镇", "镇（街道）、园区", "", ""],
    ],
    "评价人": [
        test_roster.RATER_HEADINGS,
        ["县领导", "L1", "王县长", ""],
        ["leader", "L2", "李副县长", "007"],
        ["office", "O1", "专项办", ""],
    ],
    "评价关系": [
        test_roster.RELATION_HEADINGS,
        ["县领导", "L1", "县教育局", "分管"],
        ["leader", "L2", "u01", ""],
    ],
}
PLAIN: Sheets = {
    "指标": [
        test_figures.HEADINGS,
        ["县教育局", 87.9, 0, "不承担", "—"],
        ["u03", "NA", 60.55, "", 93],
    ],
    "加减分": [
        test_figures.EVENT_HEADINGS,
        ["year_end", "u01", "funds", "", 1234567.5, "2018-12-10", "文件"],
    ],
}
FORMATTED: Sheets = {
    "指标": [
        test_figures.HEADINGS,
        ["县教育局", Formatted(0.975, "0.0%"), Formatted(87.9166666667, "0.0"), 1, "—"],
        ["u03", Formatted(1234.5, "#,##0.00"), Formatted(60.55, '0.00"分"'), "", 93],
    ],
    "加减分": [
        test_figures.EVENT_HEADINGS,
        ["year_end", "u01", "funds", "", 5, Formatted(43_444, "yyyy-mm-dd"), "文件"],
    ],
}


@pytest.mark.parametrize("program", PROGRAMS)
def test_a_roster_is_the_same(program: str, tmp_path: Path) -> None:
    reading = read_roster(PROGRAMS[program](ROSTER, tmp_path), test_roster.PANSHAN_SCHEME)
    assert show(reading.problems) == []
    assert reading.roster is not None
    assert [unit.code for unit in reading.roster.units] == ["u01", "007", "u03"]
    assert reading.roster.units[1].name == "县\U0002b740局"
    assert reading.roster.units[1].work == "一行 两行 <b>&amp;"
    assert reading.roster.raters[0] == PANSHAN.raters[0]
    assert len(reading.roster.relations) == 2


@pytest.mark.parametrize("program", PROGRAMS)
def test_figures_are_the_same(program: str, tmp_path: Path) -> None:
    data = PROGRAMS[program](PLAIN, tmp_path)
    reading = read_figures(data, test_figures.SCHEME, test_figures.UNITS)
    assert show(reading.problems) == []
    assert isinstance(reading.figures, Figures)
    assert reading.figures.indicators == test_figures.GOOD
    assert reading.figures.adjustments[0].amount == "1234567.5"


@pytest.mark.parametrize("program", [name for name in PROGRAMS if "pandas" not in name])
def test_formats_are_the_same(program: str, tmp_path: Path) -> None:
    data = PROGRAMS[program](FORMATTED, tmp_path)
    reading = read_figures(data, test_figures.SCHEME, test_figures.UNITS)
    assert show(reading.problems) == [
        ("指标!B2", "?" + seen.PERCENT.zh),
        ("指标!C2", "?" + seen.ROUNDED.zh),
        ("指标!B3", "?不在 0 到 100 之间，请核对"),
    ]
    assert reading.figures is not None
    values = [each.value for each in reading.figures.indicators]
    assert values == ["97.5", "87.9", "1", "1234.5", "60.55", "93"]
    assert reading.figures.adjustments[0].date == "2018-12-10"


@pytest.mark.parametrize("way", ["xlsx", "ods", "xls"])
def test_results_of_libreoffice_are_computed_empty_or_errors(way: str, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    page = book.active
    page.title = "指标"
    page.append(["空", '=""', "=1+2", "=1/0", '=IF(A1="空","","x")', "=TRUE()"])
    page.append(['=""', '=""'])
    found = read_sheets(save_again(save(book), tmp_path, way, "xlsx"))[0]
    kinds = {place: (cell.kind, cell.text) for place, cell in found.rows[1].items()}
    assert kinds.pop(6) in {("logical", "TRUE"), ("number", "1")}
    assert kinds == {1: ("text", "空"), 3: ("number", "3"), 4: ("error", "#DIV/0!")}
    assert 2 not in found.rows
