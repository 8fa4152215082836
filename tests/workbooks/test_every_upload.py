"""Each kind of thing that programs and offices leave in a file, through each upload.

Which kind meets which upload stands in KINDS.md beside this file; a test there and here keep each
other complete.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from evalsvc import printable
from evalsvc.domain.assessing.body_sheets import SheetUnit, SheetView
from evalsvc.scheme.presets import load_preset
from evalsvc.text import same
from evalsvc.workbooks import seen
from evalsvc.workbooks.assessment import build_layout, read_assessment
from evalsvc.workbooks.figures import read_figures
from evalsvc.workbooks.history import read_history
from evalsvc.workbooks.problems import CellProblem
from evalsvc.workbooks.roster import read_roster
from evalsvc.workbooks.task_plan import PlanContext, read_plan
from evalsvc.xlsform.reading import read_form
from tests.workbooks import test_figures, test_history
from tests.workbooks.filling import show
from tests.workbooks.raw import (
    BEYOND,
    EMPTY_RESULT,
    NOT_COMPUTED,
    SPILL,
    Raw,
    RawCell,
    Shown,
    build_raw,
)
from tests.workbooks.test_roster import PANEL_SCHEME
from tests.xlsform.forms import CATEGORIES, QUESTIONNAIRES

pytestmark = pytest.mark.slow

PERCENT = Shown("0.975", "0.0%")
ROUNDED = Shown("87.9166666667", "0.0")
SCALED = Shown("12345", '0!.0,"万"')
DAY = Shown("46082", 'm"月"d"日"')
TRUTH = Raw("b", "<v>1</v>")
SPACE = "\u200b\u202a"
PLANNED = {"u01": same("县教育局"), "u02": same("交通局")}


@dataclass(frozen=True)
class Read:
    """What became of the cell that is tried out, and what was said at its place."""

    value: object
    said: list[tuple[str, str]]


Trial = Callable[..., Read]
TABLE = Path(__file__).parent / "KINDS.md"


def keep(problems: tuple[CellProblem, ...], *sheets: str) -> list[tuple[str, str]]:
    """Only what is said of cells and rows, not of groups that are still empty."""
    return [
        each
        for each in show(problems)
        if each[0].partition("!")[0] in sheets
        and not re.search("还没有评价人|没有填人数|没有列出", each[1])
    ]


def try_roster(
    *,
    code: RawCell = "b1",
    name: RawCell = "市财政局",
    words: RawCell = "管钱",
    figure: RawCell = 150,
    **how: Any,
) -> tuple[Any, list[tuple[str, str]]]:
    rows: dict[str, list[list[RawCell]]] = {
        "单位": [
            ["代码", "名称", "类别", "职能"],
            [code, name, "economic", words],
            ["b2", "市税务局", "vertical", ""],
            *how.pop("more", []),
        ],
        "评价人": [["评价主体", "代码", "姓名或席位"], ["leader", "S1", "书记"]],
        "评价关系": [
            ["评价主体", "评价人代码", "单位", "角色"],
            ["leader", how.pop("rater", "S1"), how.pop("unit", "b2"), "in_charge"],
        ],
        "评议团": [["评价主体", "层别", "人数"], ["panel", "deputies", figure]],
        **how.pop("beside", {}),
    }
    reading = read_roster(build_raw(rows, **how), PANEL_SCHEME)
    return reading.roster, keep(reading.problems, *rows)


def try_figures(
    *,
    unit: RawCell = "县教育局",
    figure: RawCell = 87.9,
    amount: RawCell = 5,
    words: RawCell = "文件",
    day: RawCell = "2018-12-10",
    **how: Any,
) -> tuple[Any, list[tuple[str, str]]]:
    rows: dict[str, list[list[RawCell]]] = {
        "指标": [
            list(test_figures.HEADINGS),
            [unit, figure, 0, "不承担", "—"],
            ["u03", "NA", 60, "", 93],
            *how.pop("more", []),
        ],
        "加减分": [
            list(test_figures.EVENT_HEADINGS),
            ["year_end", "u01", "funds", "", amount, day, words],
        ],
        **how.pop("beside", {}),
    }
    data = build_raw(rows, **how)
    reading = read_figures(data, test_figures.SCHEME, test_figures.UNITS)
    return reading.figures, keep(reading.problems, *rows)


def try_sheet(
    *, unit: RawCell = "县教育局", figure: RawCell = 87.9, words: RawCell = "", **how: Any
) -> tuple[Any, list[tuple[str, str]]]:
    component = test_figures.SCHEME.components[2]
    units = (
        SheetUnit("u01", "县教育局", "department", {component.code: ""}, "", ""),
        SheetUnit("u02", "县公安局", "department", {component.code: ""}, "", ""),
    )
    view = SheetView(
        1, "year_end", "law", "open", None, None, None, "", None, None, (component,), units
    )
    title = build_layout(view).name.zh
    rows: dict[str, list[list[RawCell]]] = {
        title: [
            ["单位", component.name.zh, "说明", "依据"],
            [unit, figure, words, ""],
            ["u02", 60],
            *how.pop("more", []),
        ],
        **how.pop("beside", {}),
    }
    reading = read_assessment(build_raw(rows, **how), view)
    return reading, keep(reading.problems, title)


def try_history(
    *, unit: RawCell = "张三", year: RawCell = 2017, figure: RawCell = 91.25, **how: Any
) -> tuple[Any, list[tuple[str, str]]]:
    rows: dict[str, list[list[RawCell]]] = {
        "历年结果": [
            list(test_history.HEADINGS),
            [unit, year, figure, "优秀"],
            ["p02", 2017, 80, "优秀"],
            *how.pop("more", []),
        ],
        **how.pop("beside", {}),
    }
    data = build_raw(rows, **how)
    reading = read_history(data, test_history.SCHEME, test_history.UNITS, 2018)
    return reading.rows, keep(reading.problems, "历年结果")


def try_form(
    *, code: RawCell = "high", name: RawCell = "满意", figure: RawCell = 80, **how: Any
) -> tuple[Any, list[tuple[str, str]]]:
    zh, en = "label::中文 (zh)", "label::English (en)"
    rows: dict[str, list[list[RawCell]]] = {
        "survey": [
            ["type", "name", zh, en],
            ["begin_repeat", "each", "各单位", "Units"],
            ["select_one scale", "mark", "评价", "Mark"],
            ["end_repeat", "", "", ""],
        ],
        "choices": [
            ["list_name", "name", zh, en, "points"],
            ["scale", code, name, "Good", figure],
            ["scale", "low", "不满意", "Bad", 40],
            *how.pop("more", []),
        ],
        **how.pop("beside", {}),
    }
    reading = read_form(build_raw(rows, **how), QUESTIONNAIRES, CATEGORIES)
    return reading.questionnaire, keep(reading.problems, *rows)


def try_plan(
    *, unit: RawCell = "县教育局", name: RawCell = "校舍", figure: RawCell = 120, **how: Any
) -> tuple[Any, list[tuple[str, str]]]:
    rows: dict[str, list[list[RawCell]]] = {
        "任务清单": [
            ["编号", "责任单位", "牵头单位", "任务", "目标", "目标数"],
            ["", unit, "u02", name, "新建校舍", figure],
            ["", "u02", "u02", "公路", "改造公路", 60],
            *(["", *row] for row in how.pop("more", [])),
        ],
        **how.pop("beside", {}),
    }
    context = PlanContext(load_preset("golmud"), PLANNED, PLANNED, {}, frozenset())
    reading = read_plan(build_raw(rows, **how), context, lambda _: {})
    return reading.rows, keep(reading.problems, "任务清单")


def first_level(found: Any) -> Any:
    return found and found.asked[0].question.levels[0]


UPLOADS: dict[str, Callable[..., tuple[Any, list[tuple[str, str]]]]] = {
    "roster": try_roster,
    "figures": try_figures,
    "sheets": try_sheet,
    "history": try_history,
    "XLSForm": try_form,
    "plan of tasks": try_plan,
}
# Where a figure stands in the upload's result, and at which place of the workbook.
FIGURE: dict[str, tuple[str, Callable[[Any], object]]] = {
    "figures": ("指标!B2", lambda found: found and found.indicators[0].value),
    "sheets": ("评分表!B2", lambda found: found.entries and found.entries[0].value),
    "history": ("历年结果!C2", lambda found: found and found[0].score),
    "plan of tasks": ("任务清单!F2", lambda found: found and found[0].proposal.figure),
    "XLSForm": ("choices!E2", lambda found: found and f"{first_level(found).points:f}"),
}
COUNTED = {"roster": ("评议团!C2", {}), "figures": ("加减分!E2", {})}


def warn(text: Any) -> str:
    return "?" + text.zh


# 1: what a cell shows is not what it holds


@pytest.mark.parametrize("upload", FIGURE)
@pytest.mark.parametrize(
    ("cell", "value", "said"),
    [
        (PERCENT, "97.5", warn(seen.PERCENT)),
        (ROUNDED, "87.9", warn(seen.ROUNDED)),
        (SCALED, None, seen.UNCLEAR.zh),
        (DAY, None, seen.MOMENT.zh),
        (Shown("5", ";;;"), None, seen.UNCLEAR.zh),
        (Shown("-5", "0.00;[Red]0.00"), None, seen.UNCLEAR.zh),
        (Shown("95", '[>=90]"优";"良"'), None, seen.UNCLEAR.zh),
        (Shown("1.2", '0.0"万"'), None, seen.UNCLEAR.zh),
        (Shown("87.5", "# ?/?"), None, seen.UNCLEAR.zh),
        (Shown("0", '0;-0;"-"'), "0", warn(seen.DASH)),
        (Shown("87.5", '0.0"分"'), "87.5", None),
        (Shown("87.5", "_ * #,##0.00_ ;_ * -#,##0.00_ "), "87.5", None),
        (Shown("97.5", '0.0"%"'), "97.5", None),
    ],
    ids=repr,
)
def test_shown_is_not_held(upload: str, cell: Shown, value: str | None, said: str | None) -> None:
    place, get = FIGURE[upload]
    found, problems = UPLOADS[upload](figure=cell)
    got = get(found) if not (found is None or (upload == "sheets" and not found.entries)) else None
    assert (got or None, problems) == (value, [(place, said)] if said else [])


@pytest.mark.parametrize(
    ("upload", "cell", "said"),
    [
        ("roster", PERCENT, seen.UNCLEAR.zh),
        ("roster", Shown("149.6", "0"), warn(seen.ROUNDED)),
        ("roster", SCALED, seen.UNCLEAR.zh),
        ("roster", DAY, seen.MOMENT.zh),
    ],
)
def test_counted_shown_is_not_held(upload: str, cell: Shown, said: str) -> None:
    """How many people there are is no percentage."""
    found, problems = UPLOADS[upload](figure=cell)
    assert problems == [("评议团!C2", said)]
    assert said.startswith("?") == (found is not None)
    assert found is None or found.seats[0].seats == 150


def test_an_amount_is_no_percentage() -> None:
    assert try_figures(amount=PERCENT)[1] == [("加减分!E2", seen.UNCLEAR.zh)]
    assert try_figures(amount=Shown("1234.5", '"¥"#,##0.00'))[0].adjustments[0].amount == "1234.5"


def test_a_day_without_its_year_is_asked_about() -> None:
    found, problems = try_figures(day=DAY)
    assert found.adjustments[0].date == "2026-03-01"
    assert problems == [("加减分!F2", warn(seen.NO_YEAR))]


# 2: text columns holding no text

NO_TEXTS = [
    (DAY, seen.AS_DATE.zh),
    (TRUTH, seen.NO_TEXT.zh),
    (Shown("0.5", "0%"), seen.NO_TEXT.zh),
    (Shown("1234.5", '"¥"#,##0.00'), seen.NO_TEXT.zh),
    (Shown("0.354166666666667", "h:mm"), seen.NO_TEXT.zh),
    (Shown("123456789012", "General"), seen.NO_TEXT.zh),
]


@pytest.mark.parametrize(
    ("upload", "role", "place"),
    [
        ("roster", "code", "单位!A2"),
        ("roster", "name", "单位!B2"),
        ("roster", "unit", "评价关系!C2"),
        ("figures", "unit", "指标!A2"),
        ("sheets", "unit", "评分表!A2"),
        ("history", "unit", "历年结果!A2"),
        ("XLSForm", "code", "choices!B2"),
        ("XLSForm", "name", "choices!C2"),
        ("plan of tasks", "unit", "任务清单!B2"),
    ],
)
@pytest.mark.parametrize(("cell", "said"), NO_TEXTS, ids=repr)
def test_no_text(upload: str, role: str, place: str, cell: RawCell, said: str) -> None:
    _, problems = UPLOADS[upload](**{role: cell})
    assert (place, said) in problems


@pytest.mark.parametrize(("cell", "code"), [(7, "7"), (Shown("7", "000"), "007")])
def test_no_text_but_a_number_is_read_as_shown(cell: RawCell, code: str) -> None:
    found, problems = try_roster(code=cell)
    assert (found.units[0].code, problems) == (code, [("单位!A2", warn(seen.AS_SHOWN))])


def test_no_text_in_a_form_is_what_other_programs_read_where_it_is_plain() -> None:
    found, problems = try_form(code=7)
    assert (first_level(found).code, problems) == ("7", [])
    found, problems = try_form(code=Shown("7", "000"))
    assert (first_level(found).code, problems) == ("007", [("choices!B2", warn(seen.AS_SHOWN))])


@pytest.mark.parametrize(
    ("upload", "place", "get"),
    [
        ("roster", "单位!D2", lambda found: found.units[0].work),
        ("figures", "加减分!G2", lambda found: found.adjustments[0].evidence),
        ("sheets", "评分表!C2", lambda found: found.remarks[0].note),
    ],
)
def test_no_text_in_free_words_is_read_as_shown(upload: str, place: str, get: Any) -> None:
    found, problems = UPLOADS[upload](words=DAY)
    assert (get(found), problems) == ("3月1日", [(place, warn(seen.AS_DATE))])


# 3: nothing, and not yet computed


@pytest.mark.parametrize("upload", UPLOADS)
def test_empty_results_are_empty_rows(upload: str) -> None:
    plain = UPLOADS[upload]()
    assert plain[1] == []
    assert UPLOADS[upload](more=[[EMPTY_RESULT] * 4] * 3) == plain


@pytest.mark.parametrize("upload", UPLOADS)
def test_not_computed_is_said(upload: str) -> None:
    _, problems = UPLOADS[upload](figure=NOT_COMPUTED)
    assert [text[:9] for _, text in problems] == ["公式还没有算出结果"]


# 4: odd things


@pytest.mark.parametrize("upload", UPLOADS)
def test_an_odd_thing_beside_is_not_judged(upload: str) -> None:
    plain = UPLOADS[upload]()
    found, said = UPLOADS[upload](beside={"旧表": [[SPILL, BEYOND], *([[]] * 60_000), [1]]})
    # A form names the sheets that it doesn't read; what stands in them is nobody's business.
    assert (found, [each for each in said if each[0] != "旧表!"]) == plain


@pytest.mark.parametrize("upload", UPLOADS)
@pytest.mark.parametrize(("cell", "said"), [(SPILL, "公式出错（#SPILL!）"), (BEYOND, "这个单元格")])
def test_an_odd_thing_inside_is_named(upload: str, cell: Raw, said: str) -> None:
    place = FIGURE[upload][0] if upload in FIGURE else COUNTED[upload][0]
    _, problems = UPLOADS[upload](figure=cell)
    assert [(where, text[: len(said)]) for where, text in problems] == [(place, said)]


# 5: limits


@pytest.mark.parametrize(
    ("upload", "role", "place"),
    [
        ("roster", "name", "单位!B2"),
        ("roster", "words", "单位!D2"),
        ("figures", "words", "加减分!G2"),
        ("sheets", "words", "评分表!C2"),
        ("XLSForm", "name", "choices!C2"),
        ("plan of tasks", "name", "任务清单!D2"),
    ],
)
def test_a_text_is_too_long_at_its_whole_length(upload: str, role: str, place: str) -> None:
    _, problems = UPLOADS[upload](**{role: "字" * 5_000})
    assert [(where, text[:7]) for where, text in problems] == [(place, "有5000个字")]


def test_a_preview_of_a_long_text_stays_short() -> None:
    long = build_raw({"历年结果": [list(test_history.HEADINGS), ["张三", 2017, "字" * 30_000]]})
    (preview,) = read_history(long, test_history.SCHEME, test_history.UNITS, 2018).sheets
    assert preview.rows[0][2] == "字" * 1_000 + "……"


# 6: what is hidden


@pytest.mark.parametrize("upload", UPLOADS)
def test_hidden_rows_are_read_and_counted(upload: str) -> None:
    plain = UPLOADS[upload]()
    found, problems = UPLOADS[upload](hidden_rows=(2,))
    assert found == plain[0] or upload == "sheets"
    assert problems
    assert {text for _, text in problems} == {
        "?有 1 行被隐藏（多半是筛选），也读取了：第2行；不该导入的，请删去这些行"
    }


@pytest.mark.parametrize(
    ("upload", "sheet"),
    [
        ("roster", "评价人"),
        ("figures", "加减分"),
        ("sheets", "评分表"),
        ("history", "历年结果"),
        ("XLSForm", "choices"),
        ("plan of tasks", "任务清单"),
    ],
)
def test_a_hidden_sheet_is_read_and_said(upload: str, sheet: str) -> None:
    assert UPLOADS[upload](hidden_sheets=(sheet,))[1] == [
        (f"{sheet}!", "?这张工作表是隐藏的，也读取了；不该导入的，请删去里面的行")
    ]


# 7: characters that no font draws


@pytest.mark.parametrize(("role", "place"), [("code", "单位!A2"), ("name", "单位!B2")])
@pytest.mark.parametrize("letter", ["\ue000", "\ufffd", "\U0001fffe"])
def test_names_that_cannot_be_printed_are_marked(role: str, place: str, letter: str) -> None:
    found, problems = try_roster(**{role: f"王{letter}"})
    number = f"[U+{ord(letter):04X}]"
    assert found is None
    assert [(where, number in text) for where, text in problems] == [(place, True)]


def test_names_that_no_font_draws_are_marked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(printable, "_is_covered", lambda number: number < 0x10000)
    found, problems = try_roster(name="王\U0002b740")
    assert found.units[0].name == "王\U0002b740"
    assert [(where, text[:17]) for where, text in problems] == [
        ("单位!B2", "?这台服务器没有能印这些字的字体：")
    ]


# 8: invisible characters, quotes, brackets and labels


@pytest.mark.parametrize("upload", FIGURE)
def test_invisible_around_a_figure_is_named(upload: str) -> None:
    place, get = FIGURE[upload]
    found, problems = UPLOADS[upload](figure=f"{SPACE}87.5")
    if upload == "XLSForm":
        # Where words may stand in a figure's place, texts are figures, too.
        assert (get(found), problems) == ("87.5", [])
    else:
        assert [(where, "（U+200B、U+202A，" in text) for where, text in problems] == [
            (place, True)
        ]


@pytest.mark.parametrize(
    "text", [f"{SPACE}u01", "“u01”", "[u01]", "（u01）", "'u01", "U01 县教育局"]
)
@pytest.mark.parametrize(
    ("upload", "get"),
    [
        ("figures", lambda found: found.indicators[0]),
        ("sheets", lambda found: found.entries[0]),
        ("plan of tasks", lambda found: found[0].proposal),
    ],
)
def test_a_decorated_code_is_that_code(upload: str, get: Any, text: str) -> None:
    found, problems = UPLOADS[upload](unit=text)
    assert problems == []
    assert get(found).unit == "u01"


@pytest.mark.parametrize(
    "text", [f"{SPACE}b2", "“b2”", "【b2】", "b2 市税务局", "市税务局（b2）", "b2-市税务局"]
)
def test_a_decorated_unit_of_a_relation(text: str) -> None:
    found, problems = try_roster(unit=text)
    assert (found.relations[0].unit, problems) == ("b2", [])


@pytest.mark.parametrize("text", ["“S1”", "S1 书记", "书记(S1)", "ｓ１", f"{SPACE}S1"])
def test_a_decorated_rater_of_a_relation(text: str) -> None:
    found, problems = try_roster(rater=text)
    assert (found.relations[0].rater, problems) == ("S1", [])


@pytest.mark.parametrize("text", [f"{SPACE}b1", "“b1”", "[b1]", "b1 市财政局", "市财政局（b1）"])
def test_a_decorated_code_of_a_new_unit(text: str) -> None:
    found, problems = try_roster(code=text)
    assert (found.units[0].code, problems) == ("b1", [])


@pytest.mark.parametrize("text", ["p01（张三）", "[p01]", f"张{SPACE}三"])
def test_a_decorated_unit_of_the_past(text: str) -> None:
    found, problems = try_history(unit=text)
    assert (found[0].unit, problems) == ("p01", [])


@pytest.mark.parametrize("text", ["“high”", "[high]", f"{SPACE}high"])
def test_a_decorated_name_of_a_choice(text: str) -> None:
    found, problems = try_form(code=text)
    assert (first_level(found).code, problems) == ("high", [])


def test_a_code_with_another_ones_label_is_refused() -> None:
    found, problems = try_figures(unit="u01 甜水镇")
    assert found is None
    assert problems[0] == ("指标!A2", "代码和名称不是同一个，请核对，只留一个")


# The table


def test_every_test_of_the_table_is_here() -> None:
    named = set(re.findall(r"`(test_\w+)`", TABLE.read_text()))
    here = {name for name in globals() if name.startswith("test_")} - {
        "test_every_test_of_the_table_is_here",
        "test_figures",
        "test_history",
    }
    assert {name for name in named if name in here} == here
