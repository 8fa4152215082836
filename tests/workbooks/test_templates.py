"""The empty workbooks: the sheets a scheme needs, complete in both languages, easy to fill in."""

import io

import openpyxl
import pytest

from evalsvc.domain.preparing.rosters import UnitRow
from evalsvc.scheme.presets import load_preset
from evalsvc.workbooks.templates import figures_template, roster_template

UNITS = (UnitRow("u01", "县教育局", "department"), UnitRow("u02", "=甜水镇", "town"))


def open_book(data: bytes) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(data))


def list_headings(book: openpyxl.Workbook, sheet: str) -> list[object]:
    return [cell.value for cell in book[sheet][1]]


@pytest.mark.parametrize(
    ("preset", "language", "sheets"),
    [
        ("panshan-2018", "zh", ["说明", "单位", "评价人", "评价关系", "选项"]),
        ("panshan-2018", "en", ["Instructions", "Units", "Raters", "Relations", "Choices"]),
        ("three-in-one", "zh", ["说明", "单位", "评价人", "评价关系", "评议团", "选项"]),
    ],
)
def test_a_roster_has_the_sheets_its_scheme_needs(
    preset: str, language: str, sheets: list[str]
) -> None:
    assert open_book(roster_template(load_preset(preset), language)).sheetnames == sheets


def test_headings_are_there_in_both_languages() -> None:
    scheme = load_preset("three-in-one")
    chinese = open_book(roster_template(scheme, "zh"))
    english = open_book(roster_template(scheme, "en"))

    assert list_headings(chinese, "单位") == ["代码", "名称", "类别", "标记", "职能"]
    assert list_headings(chinese, "评价人") == ["评价主体", "代码", "姓名或席位", "所属单位"]
    assert list_headings(chinese, "评价关系") == ["评价主体", "评价人代码", "单位", "角色"]
    assert list_headings(chinese, "评议团") == ["评价主体", "层别", "人数"]
    assert list_headings(english, "Units") == ["Code", "Name", "Category", "Flags", "Work"]
    assert list_headings(english, "Raters") == ["Rater group", "Code", "Name or seat", "Own unit"]
    assert list_headings(english, "Relations") == ["Rater group", "Rater code", "Unit", "Role"]
    assert list_headings(english, "Panel") == ["Rater group", "Stratum", "Seats"]


@pytest.mark.parametrize("preset", ["panshan-2018", "three-in-one"])
def test_english_templates_hold_no_chinese_of_ours(preset: str) -> None:
    scheme = load_preset(preset)
    for data in (roster_template(scheme, "en"), figures_template(scheme, (), "en")):
        for sheet in open_book(data):
            for row in sheet.iter_rows(values_only=True):
                chinese = [value for value in row if any(letter >= "一" for letter in str(value))]
                assert chinese == [], sheet.title


def test_lists_to_choose_from_reach_their_columns() -> None:
    book = open_book(roster_template(load_preset("panshan-2018"), "zh"))

    offered = {
        (sheet.title, str(rule.sqref)): rule.formula1
        for sheet in book
        for rule in sheet.data_validations.dataValidation
    }

    assert offered == {
        ("单位", "C2:C2000"): "'选项'!$A$2:$A$3",
        ("单位", "D2:D2000"): "'选项'!$B$2:$B$2",
        ("评价人", "A2:A2000"): "'选项'!$C$2:$C$3",
        ("评价人", "D2:D2000"): "'单位'!$B$2:$B$2000",
        ("评价关系", "A2:A2000"): "'选项'!$D$2:$D$2",
        ("评价关系", "B2:B2000"): "'评价人'!$B$2:$B$2000",
        ("评价关系", "C2:C2000"): "'单位'!$B$2:$B$2000",
        ("评价关系", "D2:D2000"): "'选项'!$E$2:$E$2",
    }
    categories = [cell.value for cell in book["选项"]["A"]]
    assert categories == ["units/category", "部门", "镇（街道）、园区"]
    assert book["选项"].sheet_state == "hidden"
    assert book["单位"].freeze_panes == "A2"


def test_figures_wait_for_each_unit_and_dash_out_what_it_cannot_carry() -> None:
    book = open_book(figures_template(load_preset("panshan-2018"), UNITS, "zh"))
    sheet = book["指标"]
    column = {cell.value: cell.column for cell in sheet[1]}

    assert book.sheetnames == ["说明", "指标", "加减分", "选项"]
    assert sheet.freeze_panes == "B2"
    assert sheet.cell(2, 1).value == "县教育局"
    assert sheet.cell(2, column["过程考核·省考任务"]).value is None
    assert sheet.cell(2, column["过程考核"]).value == "—"
    assert sheet.cell(3, column["过程考核·省考任务"]).value == "—"
    assert sheet.cell(3, column["过程考核"]).value is None
    assert sheet.cell(2, column["创城"]).value is None


def test_a_name_that_looks_like_a_formula_stays_text() -> None:
    book = open_book(figures_template(load_preset("panshan-2018"), UNITS, "zh"))

    written = [book["指标"]["A3"], *book["选项"]["A"]]
    assert [(cell.value, cell.data_type) for cell in written if "甜水" in str(cell.value)] == [
        ("=甜水镇", "s"),
        ("=甜水镇", "s"),
    ]


def test_the_same_template_has_the_same_bytes() -> None:
    scheme = load_preset("panshan-2018")
    assert roster_template(scheme, "zh") == roster_template(scheme, "zh")
