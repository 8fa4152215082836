"""The plan's workbook: what a line may say, what is refused by cell, and what was sent back."""

import io
from collections.abc import Sequence

import openpyxl
import pytest

from evalsvc.domain.assessing.task_list import DecisionView, TaskView
from evalsvc.domain.assessing.task_plans import PlanRow
from evalsvc.domain.assessing.tasks import Proposal
from evalsvc.scheme.presets import load_preset
from evalsvc.text import Text, same
from evalsvc.workbooks.task_plan import PlanContext, PlanReading, plan_book, read_plan, say_rounds
from tests.cast import MORNING
from tests.workbooks.filling import Value, fill

SCHEME = load_preset("golmud")
UNITS = {"u01": same("教育局"), "u02": same("交通局")}
BACK = TaskView(
    id=7, season_id=1, unit="u02", unit_name="交通局", lead="u01", lead_name=same("教育局"),
    title="公路", target="改造公路", figure="100", last_year="", weight="2", rounds=(), plan=1,
    held=False, lowered="", state="returned", level="", proposed_by="x", proposed_at=MORNING,
    decisions=(DecisionView("office", False, "目标偏低", "王主任", MORNING),), reports=(),
)  # a table, read by rows  # fmt: skip
CONTEXT = PlanContext(SCHEME, UNITS, UNITS, {7: BACK}, frozenset({("u02", "公路")}))
LINE: tuple[Value, ...] = (
    None, "教育局", "交通局", "校舍", "新建校舍", 120, 100, None, 2, None
)  # a table, read by rows  # fmt: skip


def read(*lines: Sequence[Value], empty: bool = True) -> PlanReading:
    context = PlanContext(SCHEME, UNITS, UNITS, {}, frozenset()) if empty else CONTEXT
    return read_plan(fill(plan_book(context), {"任务清单": lines}), context, lambda _: {})


def change(**cells: Value) -> list[Value]:
    keys = ("number", "unit", "lead", "title", "target", "figure", "last_year", "lowered",
            "weight", "rounds")  # a table, read by rows  # fmt: skip
    return [cells.get(key, value) for key, value in zip(keys, LINE, strict=True)]


def list_said(reading: PlanReading) -> list[tuple[str, str]]:
    return [(f"{each.column}{each.row}", each.text.zh) for each in reading.problems]


def test_lines_are_tasks() -> None:
    reading = read(
        LINE, change(unit="u02", title="公路", figure=None, weight=None, rounds="每季度")
    )
    assert reading.problems == ()
    assert reading.rows == (
        PlanRow(Proposal("u01", "u02", "校舍", "新建校舍", "120", "100", "2")),
        PlanRow(
            Proposal(
                "u02", "u02", "公路", "新建校舍", "", "100", "1", "", ("m03", "m06", "m09", "m12")
            )
        ),
    )
    (sheet,) = reading.differences
    assert [row.standing for row in sheet.rows] == ["new", "new"]


@pytest.mark.parametrize(
    ("said", "rounds"),
    [
        ("每月", ()),
        ("every round", ()),
        ("每半年", ("m06", "m12")),
        ("Half-yearly", ("m06", "m12")),
        ("年底一次", ("m12",)),
        ("六月、三月", ("m03", "m06")),
        ("m03 m06", ("m03", "m06")),
    ],
)
def test_times_are_said_in_words(said: str, rounds: tuple[str, ...]) -> None:
    reading = read(change(rounds=said))
    assert reading.rows is not None
    assert reading.rows[0].proposal.rounds == rounds


def test_times_are_written_as_they_are_read() -> None:
    assert [
        say_rounds(SCHEME, codes) for codes in (("m03", "m06", "m09", "m12"), ("m01", "m05"))
    ] == [Text("每季度", "quarterly"), Text("一月、五月", "January, May")]


@pytest.mark.parametrize(
    ("cells", "place", "said"),
    [
        ({"unit": "水利局"}, "B2", "没有这个责任单位"),
        ({"lead": "leader"}, "C2", "没有这个牵头单位"),
        ({"title": None}, "D2", "不能空着"),
        ({"title": "长" * 121}, "D2", "最多120个"),
        ({"target": None}, "E2", "不能空着"),
        ({"figure": "很多"}, "F2", "应为数字"),
        ({"figure": 90}, "H2", "目标数 90 低于上年的 100，要写明理由"),
        ({"weight": 0}, "I2", "应大于 0"),
        ({"weight": 1001}, "I2", "不超过 1000"),
        ({"rounds": "每逢节日"}, "J2", "看不出是哪几轮；应为：每季度、每半年、年底一次、每轮"),
        ({"number": 9}, "A2", "没有退回给您的这项任务"),
    ],
)
def test_what_cannot_be_a_task_is_refused_in_its_cell(
    cells: dict[str, Value], place: str, said: str
) -> None:
    reading = read(change(**cells))
    assert reading.rows is None
    ((at, told),) = list_said(reading)
    assert (at, said in told) == (place, True), told


def test_a_lowered_target_with_its_reason_is_taken() -> None:
    reading = read(change(figure=90, lowered="上年含一次性工程"))
    assert reading.rows is not None
    assert reading.rows[0].proposal.lowered == "上年含一次性工程"


def test_the_same_task_twice_and_one_that_is_there_are_refused() -> None:
    twice = read(LINE, LINE)
    assert list_said(twice) == [("D3", "与第2行是同一项任务")]
    context = PlanContext(SCHEME, UNITS, UNITS, {}, CONTEXT.titles)
    book = fill(plan_book(context), {"任务清单": [change(unit="交通局", title="公路")]})
    there = read_plan(book, context, lambda _: {})
    assert list_said(there) == [("D2", "这个单位已经有同名的任务；同一份清单只上传一次")]


def test_what_was_sent_back_stands_at_the_top_with_its_remark_and_is_mended() -> None:
    book = plan_book(CONTEXT)
    sheet = openpyxl.load_workbook(io.BytesIO(book)).worksheets[0]
    row = [cell.value for cell in sheet[2]]
    assert [value or "" for value in row] == [
        7,
        "交通局",
        "教育局",
        "公路",
        "改造公路",
        100,
        "",
        "",
        2,
        "",
        "王主任：目标偏低",
    ]
    assert [cell.protection.locked for cell in sheet[2]] == [True, *[False] * 9, True]
    mended: list[Value] = [None, None, None, None, "改造公路120公里", 120]
    reading = read(mended, empty=False)
    assert reading.rows == (
        PlanRow(Proposal("u02", "u01", "公路", "改造公路120公里", "120", "", "2"), 7),
    )
    (difference,) = reading.differences[0].rows
    assert [(c.heading.zh, c.before.zh, c.after.zh) for c in difference.cells] == [
        ("目标", "改造公路", "改造公路120公里"),
        ("目标数", "100", "120"),
    ]
    moved = read([None, "教育局"], empty=False)
    assert list_said(moved) == [("B2", "退回的这项任务属于“交通局”，责任单位不能改")]


def test_an_empty_plan_proposes_nothing() -> None:
    assert [text for _, text in list_said(read())] == ["表里没有新的或者改过的任务"]


def test_what_was_sent_back_and_not_mended_stays_so() -> None:
    reading = read([None] * 10, change(title="新任务"), empty=False)
    assert list_said(reading) == [("A2", "没有改动，仍是退回的，这一次不再报")]
    assert [row.task for row in reading.rows or ()] == [None]


def test_what_the_page_would_refuse_is_said_at_the_line() -> None:
    context = PlanContext(SCHEME, UNITS, UNITS, {}, frozenset())
    book = fill(plan_book(context), {"任务清单": [LINE]})
    refused = Text("不归您", "not yours")
    assert list_said(read_plan(book, context, lambda _: {0: refused})) == [("D2", "不归您")]
