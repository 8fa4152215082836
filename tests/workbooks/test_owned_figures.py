"""The workbook of figures as it stands: filled, others' cells locked, and what may come back."""

import io
from dataclasses import replace

import openpyxl
import pytest

from evalsvc.domain.assessing.owners import LEADS
from evalsvc.domain.preparing.figures import AdjustmentRow, Figures, IndicatorRow, Standing
from evalsvc.domain.preparing.rosters import UnitRow
from evalsvc.scheme.presets import load_preset
from evalsvc.text import Text
from evalsvc.workbooks.figures import FiguresReading, read_figures
from evalsvc.workbooks.templates import figures_template
from tests.workbooks.filling import Value, fill, save, show

# Columns B to G: business and its bonus facts first, then the four public items of the bodies.
SCHEME = load_preset("zaozhuang-departments")
UNITS = (UnitRow("d1", "市发改委", "economy"), UnitRow("d2", "市财政局", "economy"))
PARTY = ("year_end", "public.party")
OWNERS = {PARTY: Text("市委组织部", "Organisation department")}
STANDING = Standing(
    {
        ("year_end", "d1", "public.party"): "9.5",
        ("year_end", "d1", "public.civility"): "4.25",
        ("year_end", "d2", "public.civility"): None,
        ("year_end", "d2", "public.investment"): "3.1234567890123456",
    },
    (AdjustmentRow("year_end", "d1", "ministry.city", 1, None, "2018-06-01", "鲁发改〔2018〕3号"),),
    OWNERS,
)


def template(standing: Standing = STANDING, language: str = "zh") -> bytes:
    return figures_template(SCHEME, UNITS, language, standing)


def place(code: str) -> int:
    """The column of a component in the sheet, counted from 1."""
    return 2 + [each.code for each in SCHEME.components].index(code)


def put(code: str, row: int, value: Value, standing: Standing = STANDING) -> FiguresReading:
    book = openpyxl.load_workbook(io.BytesIO(template(standing)))
    book["指标"].cell(row, place(code)).value = value
    return read_figures(save(book), SCHEME, UNITS, standing)


def test_what_stands_is_filled_in_and_only_others_cells_are_locked() -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(template()))["指标"]
    party, civility, clean = (place(f"public.{each}") for each in ("party", "civility", "clean"))

    assert [sheet.cell(2, each).value for each in (party, civility, clean)] == [9.5, 4.25, None]
    assert [sheet.cell(3, each).value for each in (party, civility, clean)] == [
        None,
        "不承担",
        None,
    ]
    assert sheet.protection.sheet
    assert [sheet.cell(2, each).protection.locked for each in (party, civility, clean)] == [
        True,
        False,
        False,
    ]


def test_a_workbook_with_nobody_elses_figures_is_not_protected() -> None:
    alone = replace(STANDING, owners={})
    sheet = openpyxl.load_workbook(io.BytesIO(template(alone)))["指标"]
    assert not sheet.protection.sheet


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_workbook_sent_back_as_it_came_changes_nothing(language: str) -> None:
    """Seventeen digits are more than a cell keeps: the figure stays what it was."""
    reading = read_figures(template(language=language), SCHEME, UNITS, STANDING)

    assert show(reading.problems) == []
    assert reading.figures == Figures(
        (
            IndicatorRow("year_end", "d1", "public.civility", "4.25"),
            IndicatorRow("year_end", "d2", "public.civility", None),
            IndicatorRow("year_end", "d2", "public.investment", "3.1234567890123456"),
        ),
        STANDING.adjustments,
    )


@pytest.mark.parametrize("value", [5, 9.4, "不承担", "清除", "9.5分"])
def test_a_changed_figure_of_another_is_refused_by_its_cell(value: Value) -> None:
    reading = put("public.party", 2, value)

    assert reading.figures is None
    assert [(each.row, each.text.zh) for each in reading.problems] == [
        (
            2,
            "这个数由市委组织部报，现为 9.5，不能用导入改；请恢复原样。"
            "要改，请在“考核主体”页退回它的表，由它改好再报；"
            "或者在“指标数一览”里打开这个数，写明理由改",
        )
    ]


def test_a_figure_that_its_owner_has_not_handed_in_is_not_entered_for_it() -> None:
    reading = put("public.party", 3, 8)
    assert reading.figures is None
    assert "由市委组织部报，现为 —" in reading.problems[0].text.zh


def test_a_figure_made_of_grades_is_left_to_those_who_grade() -> None:
    reading = put("public.party", 2, 5, replace(STANDING, owners={PARTY: LEADS}))
    assert reading.problems[0].text.zh == (
        "这个数由各任务的牵头单位报，现为 9.5，不能用导入改；请恢复原样。"
        "要改，请牵头单位改评任务的档次，再重新计入；"
        "或者在“指标数一览”里打开这个数，写明理由改"
    )


def test_an_emptied_cell_of_another_leaves_its_figure_as_it_is() -> None:
    reading = put("public.party", 2, None)
    assert show(reading.problems) == []
    assert reading.figures is not None
    assert "public.party" not in {row.component for row in reading.figures.indicators}


def test_an_empty_cell_leaves_a_figure_and_a_word_takes_it_away() -> None:
    emptied, cleared = (put("public.civility", 2, value).figures for value in (None, "清除"))
    assert emptied is not None
    assert cleared is not None
    assert emptied.cleared == ()
    assert cleared.cleared == (("year_end", "d1", "public.civility"),)
    assert [row for row in cleared.indicators if row.unit == "d1"] == []


def test_a_workbook_of_one_column_and_one_sheet_says_nothing_of_the_rest() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "指标"
    heading = next(each for each in SCHEME.components if each.code == "public.civility").name.zh
    sheet.append(["单位", heading])
    sheet.append(["d2", 3])
    reading = read_figures(save(book), SCHEME, UNITS, STANDING)

    assert reading.figures == Figures((IndicatorRow("year_end", "d2", "public.civility", "3"),))
    assert show(reading.problems) == [
        ("加减分!", "?文件里没有这张工作表，原有的保持原样"),
        ("指标!", "?有 1 个单位不在表里：市发改委；它们的数保持原样"),
    ]


def test_a_sheet_of_events_emptied_leaves_them_and_a_row_taken_out_goes() -> None:
    blank = figures_template(SCHEME, UNITS, "zh")
    reading = read_figures(blank, SCHEME, UNITS, STANDING)
    assert reading.figures == Figures((), None)
    other = [["年终", "市财政局", STANDING_RULE, 1, None, "2018-07-01", "依据"]]
    reading = read_figures(fill(blank, {"加减分": other}), SCHEME, UNITS, STANDING)
    assert reading.figures is not None
    assert reading.figures.adjustments is not None
    assert STANDING.adjustments[0] not in reading.figures.adjustments


STANDING_RULE = next(each.name.zh for each in SCHEME.adjustments if each.by == "times")


def test_a_score_outside_its_segment_is_refused_at_its_cell() -> None:
    """It would be left out of the score, and its weight paid by the other figures."""
    scheme = load_preset("three-in-one")
    units = (UnitRow("g1", "市教育局", scheme.categories[0].code),)
    standing = Standing({("year_end", "g1", "function.daily.agreed"): "1"})
    book = openpyxl.load_workbook(io.BytesIO(figures_template(scheme, units, "zh", standing)))
    column = 2 + [each.code for each in scheme.components].index("function.daily.score")
    book["指标"].cell(2, column).value = 60
    (problem,) = read_figures(save(book), scheme, units, standing).problems
    assert (problem.row, problem.severity) == (2, "error")
    assert "60 分不在商定的 A+ 档" in problem.text.zh
    book["指标"].cell(2, column).value = 98
    assert read_figures(save(book), scheme, units, standing).problems == ()
