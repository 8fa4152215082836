"""Earlier years read back: exact scores, gaps left out, and the place of every problem."""

import io
from collections.abc import Sequence

import openpyxl

from evalsvc.domain.concluding.history import History, PastRow, TakenResult, UnitHistory
from evalsvc.domain.preparing.rosters import UnitRow
from evalsvc.scheme.presets import load_preset
from evalsvc.text import Text
from evalsvc.workbooks.cells import Cell
from evalsvc.workbooks.history import HistoryReading, check_history, read_history
from evalsvc.workbooks.problems import CellProblem
from evalsvc.workbooks.templates import history_template
from tests.workbooks.filling import Value, build_sheet, fill

SCHEME = load_preset("zaozhuang-staff")
PLAIN = load_preset("zaozhuang-departments")
UNITS = (UnitRow("p01", "张三", "staff"), UnitRow("p02", "李四", "staff"))
HEADINGS = ["单位", "年度", "得分", "等次", "名次"]


def check(*rows: Sequence[Value | Cell], headings: Sequence[Value] = HEADINGS) -> HistoryReading:
    return check_history((build_sheet("历年结果", [headings, *rows]),), SCHEME, UNITS, 2018)


def problems(*rows: Sequence[Value | Cell]) -> list[tuple[str, str, str, str]]:
    """Place, heading, what was found, what was expected."""
    reading = check(*rows)
    assert reading.rows is None
    return [
        (f"{each.column}{each.row}", each.heading, each.found, each.text.zh)
        for each in reading.problems
    ]


def test_rows_are_read_exactly_and_gaps_left_out() -> None:
    reading = check(
        ["张三", 2017, 91.25, "优秀", None],
        ["p02", 2017, None, None, "末位"],
        ["李四", 2016, None, None, None],
        ["张三", 2016, 0, "incompetent", "first"],
    )
    assert reading.problems == ()
    assert reading.rows == (
        PastRow("p01", 2017, "91.25", "excellent"),
        PastRow("p02", 2017, None, "", "last"),
        PastRow("p01", 2016, "0", "incompetent", "first"),
    )


def test_every_problem_names_its_cell_what_was_found_and_what_is_expected() -> None:
    assert problems(
        ["王五", 2017, 90, "优秀", None],
        ["张三", 2018, 90, "优秀", None],
        ["张三", 2017.5, 90, "优秀", None],
        ["张三", "二〇一七", 90, "优秀", None],
        ["张三", 2017, "九十", "特优", "倒数"],
        ["李四", 2017, 90, "优秀", None],
        ["p02", 2017, 91, "优秀", None],
        ["李四", None, 90, None, None],
        ["李四", 2015, 2_000_000, None, None],
    ) == [
        ("A2", "单位", "王五", "没有这个单位；应为：张三、李四"),
        ("B3", "年度", "2018", "应为 1990 到 2017 的年份（本考评年度是 2018 年）"),
        ("B4", "年度", "2017.5", "应为 1990 到 2017 的年份（本考评年度是 2018 年）"),
        ("B5", "年度", "二〇一七", "应为数字"),
        ("C6", "得分", "九十", "应为数字"),
        ("D6", "等次", "特优", "没有这个等次；应为：优秀、称职、基本称职、不称职"),
        ("E6", "名次", "倒数", "没有这个名次；应为：第一名、末位、中间"),
        ("B8", "年度", "2017", "与第7行是同一个单位的同一年"),
        ("B9", "年度", "", "不能空着：四位年份，早于本考评年度"),
        ("C10", "得分", "2000000", "得分过大，请核对"),
    ]


def test_another_sheet_is_told_as_a_whole() -> None:
    reading = check_history((build_sheet("成绩", [HEADINGS]),), SCHEME, UNITS, 2018)
    assert reading.rows is None
    assert [each.sheet for each in reading.problems] == ["历年结果"]
    assert "缺少工作表“历年结果”" in reading.problems[0].text.zh


def test_a_scheme_without_grades_asks_for_none() -> None:
    sheet = build_sheet("历年结果", [["人员", "年度", "得分", "等次"], ["张三", 2017, 90, "优秀"]])
    reading = check_history((sheet,), PLAIN, UNITS, 2018)
    assert [(each.heading, each.severity) for each in reading.problems] == [("等次", "error")]


def test_the_template_has_what_is_known_and_a_row_for_each_gap() -> None:
    known = TakenResult(PastRow("p01", 2017, "91.25", "excellent", "first"), "workbook")
    units = (
        UnitHistory("p01", "张三", "staff", (None, known)),
        UnitHistory("p02", "李四", "staff", (None, None)),
    )
    history = History(2018, False, None, (2016, 2017), units, False)
    template = history_template(SCHEME, history)
    sheet = openpyxl.load_workbook(io.BytesIO(template))["历年结果"]
    assert [[cell.value for cell in row] for row in sheet.iter_rows(max_row=5)] == [
        ["人员", *HEADINGS[1:]],
        ["张三", 2016, None, None, None],
        ["张三", 2017, 91.25, "优秀", "第一名"],
        ["李四", 2016, None, None, None],
        ["李四", 2017, None, None, None],
    ]
    # What goes out comes back the same, and English is understood as well.
    assert read_history(template, SCHEME, UNITS, 2018).rows == (known.row,)
    english = history_template(SCHEME, history, "en")
    assert read_history(english, SCHEME, UNITS, 2018).rows == (known.row,)
    more = fill(template, {"历年结果": [[None], [None], ["李四", 2016, 88, "称职"]]})
    assert read_history(more, SCHEME, UNITS, 2018).rows == (
        known.row,
        PastRow("p02", 2016, "88", "competent"),
    )


def test_a_problem_is_said_in_both_languages() -> None:
    (found,) = check(["张三", 2018, 1, None, None]).problems
    assert found == CellProblem(
        "历年结果",
        2,
        "B",
        "年度",
        "2018",
        Text(
            "应为 1990 到 2017 的年份（本考评年度是 2018 年）",
            "expected a year from 1990 to 2017; this season is 2018",
        ),
    )
