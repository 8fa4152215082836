"""Charts: the finding, the places worked out by hand, and markup that pages may show."""

import xml.etree.ElementTree as ET
from fractions import Fraction

import pytest

from evalsvc.reports.charts.drawing import Chart, Scale, fitted, plain_scale, stacked, ticked_scale
from evalsvc.reports.charts.ranking_chart import ScoredUnit, build_ranking_chart
from evalsvc.reports.charts.satisfaction_chart import _finding, build_satisfaction_chart
from evalsvc.reports.charts.strip_chart import Strip, build_strip_chart
from evalsvc.reports.charts.turnout_chart import Bar, build_turnout_chart
from evalsvc.results.satisfaction import SatisfactionTable, UnitSatisfaction
from evalsvc.results.turnout import Turnout
from evalsvc.text import Text, same
from tests.reports.samples import LEVELS
from tests.saying import spoken

F = Fraction
SVG = "{http://www.w3.org/2000/svg}"

UNITS = [
    ScoredUnit("甲局", 2, F(80), "80.00", (F(70), None)),
    ScoredUnit("乙局", 1, F(90), "90.00", (F(80), F(1))),
    ScoredUnit("丙局", None, None, "—", (F(75), F(2))),
]
TABLE = SatisfactionTable(
    "year",
    "panel",
    LEVELS,
    (
        UnitSatisfaction("u1", "甲局", 20, 20, {"yes": 10, "fair": 5, "no": 5}, F(1, 2), F(3, 4)),
        UnitSatisfaction("u2", "乙局", 10, 0, {"yes": 10, "fair": 0, "no": 0}, F(1), F(1)),
        UnitSatisfaction("u3", "丙局", 9, 1, None, None, None),
    ),
)
LEADERS, PEERS = same("领导"), same("互评")


def bar(label: Text, issued: int, cast: int) -> Bar:
    return label, Turnout("year", "group", issued, cast)


CHARTS = {
    "ranking": spoken(build_ranking_chart(same("部门"), UNITS, [same("指标"), same("评价")])),
    "turnout": spoken(build_turnout_chart([bar(LEADERS, 8, 6), bar(PEERS, 4, 4)])),
    "satisfaction": spoken(build_satisfaction_chart(TABLE)),
    "strips": spoken(build_strip_chart([Strip(same("指标"), F(80), (F(70), F(80), F(90), F(95)))])),
}


def draw(chart: Chart) -> ET.Element:
    return ET.fromstring(chart.drawing)  # noqa: S314 (our own drawings)


def list_words(chart: Chart) -> list[str]:
    return [text.text or "" for text in draw(chart).iter(f"{SVG}text")]


@pytest.mark.parametrize("name", CHARTS)
def test_a_chart_says_what_it_finds_to_everybody(name: str):
    drawing = draw(CHARTS[name])
    assert (drawing.get("role"), drawing.get("aria-label")) == ("img", CHARTS[name].finding)
    assert drawing.findtext(f"{SVG}title") == CHARTS[name].finding
    assert drawing.findtext(f"{SVG}desc")


@pytest.mark.parametrize("name", CHARTS)
def test_nothing_that_a_page_forbids(name: str):
    for element in draw(CHARTS[name]).iter():
        assert element.tag.removeprefix(SVG) in {
            "svg",
            "title",
            "desc",
            "text",
            "line",
            "rect",
            "circle",
        }
        assert not {"style", "id", "onclick", "href"} & set(element.keys())


@pytest.mark.parametrize("name", CHARTS)
def test_everything_lies_inside_the_picture(name: str):
    drawing = draw(CHARTS[name])
    left, top, width, height = (float(part) for part in drawing.attrib["viewBox"].split())
    for element in drawing.iter():
        for across in ("x", "x1", "x2", "cx"):
            assert left <= float(element.get(across, left)) <= left + width
        for down in ("y", "y1", "y2", "cy"):
            assert top <= float(element.get(down, top)) <= top + height


def test_the_ranking_is_sorted_and_names_the_first():
    chart = CHARTS["ranking"]
    assert chart.finding == "部门：乙局居首（90.00分），首末相差10.00分"
    words = list_words(chart)
    assert [word for word in words if word in ("甲局", "乙局", "丙局")] == ["乙局", "甲局", "丙局"]
    dots = [float(dot.attrib["cx"]) for dot in draw(chart).iter(f"{SVG}circle")]
    assert len(dots) == 2
    assert dots[0] > dots[1]


def test_units_that_share_the_first_place_are_both_named():
    units = [ScoredUnit(name, 1, F(90), "90.00") for name in ("甲局", "乙局")]
    assert spoken(build_ranking_chart(same("部门"), units, [])).finding == (
        "部门：甲局、乙局居首（90.00分），首末相差0.00分"
    )


def test_a_category_without_totals():
    chart = spoken(build_ranking_chart(same("部门"), UNITS[2:], [same("指标"), same("评价")]))
    assert chart.finding == "部门：没有单位有总分"


def test_turnout_names_the_lowest_group():
    chart = CHARTS["turnout"]
    assert chart.finding == "发出12份，收回10份（83.33%），最低的是领导（75%）"
    assert [word for word in list_words(chart) if "/" in word] == ["6 / 8　75%", "4 / 4　100%"]
    bars = [float(bar.attrib["width"]) for bar in draw(chart).iter(f"{SVG}rect")]
    outline, filled, _, whole = bars
    assert (filled, whole) == (pytest.approx(outline * 0.75, abs=0.1), outline)


@pytest.mark.parametrize(
    ("bars", "finding"),
    [
        ([], "还没有发出评价码"),
        ([bar(LEADERS, 0, 0)], "还没有发出评价码"),
        ([bar(LEADERS, 3, 3), bar(PEERS, 0, 0)], "发出的3份全部收回"),
    ],
)
def test_turnout_at_its_ends(bars: list[Bar], finding: str):
    assert spoken(build_turnout_chart(bars)).finding == finding


def test_satisfaction_diverges_from_one_middle():
    """甲局 25% left of the middle and 75% right, 乙局 100% right: one unit of length for both."""
    chart = CHARTS["satisfaction"]
    assert chart.finding == "满意和基本满意率最高的是乙局（100%），最低的是甲局（75%）"
    drawing = draw(chart)
    middle = float(list(drawing.iter(f"{SVG}line"))[-1].attrib["x1"])
    bars = [
        (float(bar.attrib["x"]), float(bar.attrib["width"]))
        for bar in drawing.iter(f"{SVG}rect")
        if bar.get("stroke")
    ]
    best, worst = bars[:3], bars[3:]
    whole = best[2][1]
    assert best[0] == (pytest.approx(middle, abs=0.1), 0)
    assert [width for _, width in worst] == [
        pytest.approx(whole * share, abs=0.1) for share in (0.25, 0.25, 0.5)
    ]
    assert worst[1][0] == pytest.approx(middle, abs=0.1)


def test_few_answers_are_not_drawn_and_dont_know_stands_apart():
    words = list_words(CHARTS["satisfaction"])
    assert words[words.index("丙局") + 1] == "答卷太少，不显示"
    last = words[words.index("甲局") + 1 : words.index("丙局")]
    assert last == ["25%", "25%", "50%", "50%", "20"]


def test_nobody_has_enough_answers():
    few = SatisfactionTable("year", "panel", LEVELS, TABLE.rows[2:])
    chart = spoken(build_satisfaction_chart(few))
    assert chart.finding == "各单位的答卷都太少，不显示"


def test_strips_compare_with_the_median():
    """The median of 70, 80, 90, 95 is 85."""
    chart = CHARTS["strips"]
    assert chart.finding == "高于本类中位数的：无；低于的：指标"
    assert len(list(draw(chart).iter(f"{SVG}circle"))) == 4


def test_ticks_are_round_and_hold_all_values():
    scale = ticked_scale([F("81.3"), F("92.7"), None], 0, 100)
    assert [int(tick) for tick in scale.ticks] == [80, 85, 90, 95]
    assert scale.place(F(80)) == 0
    assert scale.place(F(95)) == 100
    assert scale.place(F("87.5")) == 50


def test_ticks_of_small_differences():
    scale = ticked_scale([F("-0.1"), F("0.3")], 0, 1)
    assert [str(float(tick)) for tick in scale.ticks] == ["-0.1", "0.0", "0.1", "0.2", "0.3"]


def test_a_scale_of_one_value_has_only_its_middle():
    assert plain_scale([F(7)], 10, 20).place(F(7)) == 15
    assert ticked_scale([], 10, 20) == Scale(F(0), F(0), 10, 20, (F(0),))


def test_pieces_without_room_stay_without_words():
    wide, narrow = stacked(10, [(60, "#000", "75%", "#fff"), (8, "#000", "25%", "#fff")])
    assert (wide.x, wide.text, narrow.x, narrow.text) == (10, "75%", 70, "")


def test_a_long_label_is_cut():
    assert fitted("县市场监督管理局", 60) == "县市场监…"
    assert fitted("县审计局", 60) == "县审计局"


def satisfied(name: str, percent: int, *, is_scored: bool = True) -> UnitSatisfaction:
    levels = {"satisfied": percent, "dissatisfied": 100 - percent}
    rate = Fraction(percent, 100)
    return UnitSatisfaction(name, name, 100, 0, levels, rate, rate, is_scored)


def test_who_shares_the_highest_rate_is_named_with_the_others():
    eight = [satisfied(f"局{n}", 90) for n in range(1, 9)]
    finding = _finding([*eight, satisfied("末局", 70)])
    assert finding.zh == (
        "满意和基本满意率最高的是局1、局2、局3等8个并列（90%），最低的是末局（70%）"
    )
    assert _finding(eight).zh == "各单位的满意和基本满意率都是90%"


def test_who_has_too_few_answers_for_a_score_is_not_called_the_lowest():
    rows = [satisfied("甲局", 90), satisfied("乙局", 80), satisfied("丙局", 10, is_scored=False)]
    assert _finding(rows).zh == "满意和基本满意率最高的是甲局（90%），最低的是乙局（80%）"
