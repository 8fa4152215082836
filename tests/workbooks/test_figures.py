"""Figures read back: exact decimals, who carries what, and the place of every problem."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

import pytest

from evalsvc.domain.preparing.figures import AdjustmentRow, Figures, IndicatorRow
from evalsvc.domain.preparing.rosters import UnitRow
from evalsvc.scheme.model import AdjustmentKind, Component, Scheme
from evalsvc.scheme.presets import load_preset
from evalsvc.text import Text
from evalsvc.workbooks.cells import Cell
from evalsvc.workbooks.figures import FiguresReading, check_figures, read_figures, write_decimal
from evalsvc.workbooks.templates import figures_template
from evalsvc.workbooks.written import parse_date
from tests.workbooks.filling import Value, build_sheet, fill, show

BUREAU = UnitRow("u01", "县教育局", "department")
TOWN = UnitRow("u03", "甜水镇", "town")
UNITS = (BUREAU, TOWN)
# Two rounds with a component of the same code in both, one for departments only, one for towns.
SCHEME = replace(
    load_preset("panshan-2018"),
    components=(
        Component("task", Text("重点任务", "Key tasks"), ("department", "town"), "half_year"),
        Component("task", Text("重点任务", "Key tasks"), ("department", "town"), "year_end"),
        Component("law", Text("依法行政", "Law"), ("department",), "year_end"),
        Component("roads", Text("道路", "Roads"), ("town",), "year_end"),
    ),
    adjustments=(
        AdjustmentKind("praise", Text("表扬", "Praise"), "times", Decimal("0.5")),
        AdjustmentKind(
            "active",
            Text("专项行动", "Active"),
            "amount",
            Decimal(1),
            (Decimal("0.1"), Decimal("0.2")),
        ),
        AdjustmentKind("funds", Text("争取资金", "Funds"), "amount", Decimal(2)),
    ),
)
HEADINGS = ["单位", "重点任务（半年）", "重点任务（年终）", "依法行政（年终）", "道路（年终）"]
EVENT_HEADINGS = ["轮次", "单位", "项目", "次数", "金额", "日期", "依据"]
GOOD_ROWS: Sequence[Sequence[Value | Cell]] = (
    ["县教育局", 87.9, 0, "不承担", "—"],
    ["u03", "NA", 60.55, "", 93],
)
GOOD = (
    IndicatorRow("half_year", "u01", "task", "87.9"),
    IndicatorRow("year_end", "u01", "task", "0"),
    IndicatorRow("year_end", "u01", "law", None),
    IndicatorRow("half_year", "u03", "task", None),
    IndicatorRow("year_end", "u03", "task", "60.55"),
    IndicatorRow("year_end", "u03", "roads", "93"),
)


def check(
    rows: Sequence[Sequence[Value | Cell]] = GOOD_ROWS,
    events: Sequence[Sequence[Value | Cell]] = (),
    headings: Sequence[Value | Cell] = HEADINGS,
    scheme: Scheme = SCHEME,
) -> FiguresReading:
    return check_figures(
        (build_sheet("指标", [headings, *rows]), build_sheet("加减分", [EVENT_HEADINGS, *events])),
        scheme,
        UNITS,
    )


def test_figures_of_several_rounds_come_back_exactly() -> None:
    reading = check()
    assert show(reading.problems) == []
    assert reading.figures == Figures(GOOD)


@pytest.mark.parametrize(
    ("language", "filled"),
    [
        (
            "zh",
            {
                "指标": [[None, 87.9, 0, "不承担"], [None, "不承担", 60.55, None, 93]],
                "加减分": [
                    ["年终", "甜水镇", "表扬", 2, None, "2018年12月10日", "县政发〔2018〕3号"],
                    ["半年", "县教育局", "争取资金", None, 12000000.25, date(2018, 6, 1), "财政局"],
                ],
            },
        ),
        (
            "en",
            {
                "Indicators": [
                    [None, 87.9, 0, "not carried"],
                    [None, "Not carried", 60.55, None, 93],
                ],
                "Adjustments": [
                    ["Year-end", "u03", "Praise", 2, None, "2018-12-10", "县政发〔2018〕3号"],
                    [
                        "Half-year",
                        "u01",
                        "Funds",
                        None,
                        12000000.25,
                        datetime(2018, 6, 1),  # noqa: DTZ001 (Excel has no zones)
                        "财政局",
                    ],
                ],
            },
        ),
    ],
)
def test_a_filled_in_template_comes_back_as_it_was_meant(
    language: str, filled: Mapping[str, Sequence[Sequence[Value]]]
) -> None:
    data = fill(figures_template(SCHEME, UNITS, language), filled)

    reading = read_figures(data, SCHEME, UNITS)

    assert show(reading.problems) == []
    assert reading.figures == Figures(
        GOOD,
        (
            AdjustmentRow("year_end", "u03", "praise", 2, None, "2018-12-10", "县政发〔2018〕3号"),
            AdjustmentRow("half_year", "u01", "funds", 1, "12000000.25", "2018-06-01", "财政局"),
        ),
    )


def test_a_sum_in_a_cell_has_the_digits_that_excel_shows() -> None:
    data = fill(
        figures_template(SCHEME, UNITS, "zh"),
        {"指标": [[None, 0.1 + 0.2, 1e-7, 1234567.125], [None, 87.899999999999991, 1, None, 2]]},
    )

    figures = read_figures(data, SCHEME, UNITS).figures

    assert figures is not None
    assert [row.value for row in figures.indicators] == [
        "0.3",
        "0.0000001",
        "1234567.125",
        "87.9",
        "1",
        "2",
    ]


def test_every_wrong_indicator_is_named_by_its_cell() -> None:
    reading = check(
        [
            ["县教育局", "", "87.5", "良好", 7],
            ["县教育局", 1, 2, 3],
            ["县水务局", 1, 2, 3],
            ["", 5],
            ["甜水镇", Cell("error", "#DIV/0!"), 100.5, "—", "—"],
        ]
    )

    assert show(reading.problems) == [
        ("指标!C2", "这是文本格式的数字；请选中该列，点“数据”→“分列”→“完成”，再保存"),
        ("指标!D2", "应为数字"),
        ("指标!E2", "“县教育局”这一类单位没有这一项，请清空这个单元格"),
        ("指标!A3", "与第2行是同一个单位"),
        ("指标!A4", "没有这个单位；应为：县教育局、甜水镇"),
        ("指标!A5", "不能空着：单位的名称或代码"),
        ("指标!B6", "公式出错（#DIV/0!）；请改正公式，或直接填数值"),
        ("指标!C6", "?不在 0 到 100 之间，请核对"),
        ("指标!E6", "填数字，不承担的填“不承担”"),
    ]
    assert reading.problems[0].heading == "重点任务（年终）"
    assert reading.figures is None


def test_a_unit_without_a_row_keeps_its_figures_and_is_named() -> None:
    reading = check([["甜水镇", 1, 2, "", 3]])
    assert show(reading.problems) == [("指标!", "?有 1 个单位不在表里：县教育局；它们的数保持原样")]
    assert reading.figures is not None
    assert {row.unit for row in reading.figures.indicators} == {"u03"}


def test_a_component_is_also_known_by_its_code_and_a_doubtful_heading_is_not_guessed() -> None:
    headings = ["单位", "half_year/task", "重点任务", "year_end/law", "roads"]
    problems = check(headings=headings).problems

    assert [(problem.column, problem.found) for problem in problems if problem.row == 1] == [
        ("C", "重点任务"),
        ("E", "roads"),
    ]
    one_round = replace(SCHEME, components=SCHEME.components[2:])
    reading = check(
        [["u01", 5, ""], ["u03", "", 6]], headings=["单位", "law", "道路"], scheme=one_round
    )
    assert reading.figures == Figures(
        (IndicatorRow("year_end", "u01", "law", "5"), IndicatorRow("year_end", "u03", "roads", "6"))
    )


def test_components_of_one_name_are_told_apart_by_their_codes() -> None:
    scheme = replace(
        SCHEME,
        components=(
            Component("own.city", Text("市考任务", "City"), ("department",), "year_end"),
            Component("common.city", Text("市考任务", "City"), ("department",), "year_end"),
        ),
    )
    data = fill(figures_template(scheme, (BUREAU,), "zh"), {"指标": [[None, 1, 2]]})

    figures = read_figures(data, scheme, (BUREAU,)).figures

    assert figures == Figures(
        (
            IndicatorRow("year_end", "u01", "own.city", "1"),
            IndicatorRow("year_end", "u01", "common.city", "2"),
        )
    )


def test_every_wrong_adjustment_is_named_by_its_cell() -> None:
    reading = check(
        events=[
            ["一季度", "县水务局", "奖金", "", "", "去年", ""],
            ["", "县教育局", "表扬", 1.5, "", date(2018, 12, 1), "依据"],
            ["年终", "县教育局", "表扬", "", 0.5, "2018-02-30", "依据"],
            ["年终", "县教育局", "专项行动", 3, 0.3, 43_444, "依据"],
            ["年终", "县教育局", "争取资金", "", "", "1900-01-01", "长" * 501],
            ["年终", "县教育局", "争取资金", "", -5, "2018-1-2", "依据"],
        ]
    )

    rounds, rules = "半年、年终", "表扬、专项行动、争取资金"
    bad_date = "应为日期，如 2018-12-10 或 2018年12月10日"
    assert show(reading.problems) == [
        ("加减分!A2", f"没有这个轮次；应为：{rounds}"),
        ("加减分!B2", "没有这个单位；应为：县教育局、甜水镇"),
        ("加减分!C2", f"没有这个项目；应为：{rules}"),
        ("加减分!F2", bad_date),
        ("加减分!G2", "不能空着：文号或事由，最多500字"),
        ("加减分!A3", "不能空着：从下拉列表中选择；只有一轮时可不填"),
        ("加减分!D3", "应为 1 到 1000 的整数"),
        ("加减分!F4", bad_date),
        ("加减分!E4", "这一项按次计分，金额请不要填"),
        ("加减分!D4", "不能空着：填次数"),
        ("加减分!F5", bad_date),
        ("加减分!D5", "这一项按金额（分值）计分，次数请不要填"),
        ("加减分!E5", "应在 0.1 到 0.2 之间"),
        ("加减分!F6", bad_date),
        ("加减分!G6", "有501个字，最多500个"),
        ("加减分!E6", "不能空着：填金额或分值"),
        ("加减分!E7", "应不小于 0"),
    ]


def test_the_only_round_need_not_be_written() -> None:
    scheme = replace(SCHEME, rounds=SCHEME.rounds[1:], components=())
    reading = check_figures(
        (build_sheet("加减分", [EVENT_HEADINGS, ["", "u01", "表扬", 1, "", "2018.12.1", "依据"]]),),
        scheme,
        UNITS,
    )
    assert reading.figures == Figures(
        (), (AdjustmentRow("year_end", "u01", "praise", 1, None, "2018-12-01", "依据"),)
    )


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("2018-12-10", date(2018, 12, 10)),
        ("2018年12月10日", date(2018, 12, 10)),
        ("２０１８年１月２日", date(2018, 1, 2)),
        ("2018/1/2", date(2018, 1, 2)),
        ("2018.1.2", date(2018, 1, 2)),
        ("2018-12-10 09:30:00", date(2018, 12, 10)),
        ("2018-02-29", None),
        ("10.12.2018", None),
        ("2018年12月", None),
    ],
)
def test_dates_are_read_as_offices_write_them(written: str, day: date | None) -> None:
    assert parse_date(written) == day


@pytest.mark.parametrize(
    ("number", "text"),
    [("87.90", "87.9"), ("100", "100"), ("1e-7", "0.0000001"), ("1.2e+7", "12000000"), ("0", "0")],
)
def test_decimals_are_written_without_exponents(number: str, text: str) -> None:
    assert write_decimal(Decimal(number)) == text
