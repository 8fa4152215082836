"""Charts of the diagnostics: findings, places worked by hand, and markup that pages may show."""

import xml.etree.ElementTree as ET

import pytest

from evalsvc.reports.charts.drawing import Chart
from evalsvc.reports.charts.heat_chart import build_heat_chart, shade
from evalsvc.reports.charts.interval_chart import Estimate, build_interval_chart, cover
from evalsvc.reports.charts.place_chart import PlaceRange, build_place_chart
from evalsvc.reports.charts.slope_chart import Move, build_slope_chart, list_movers
from evalsvc.text import NOTHING, same
from tests.saying import spoken

SVG = "{http://www.w3.org/2000/svg}"

ESTIMATES = [
    Estimate("c", "丙局", 80.0, 75.0, 85.0, 82.0),
    Estimate("a", "甲局", 90.0, 88.0, 92.0, 90.0),
    Estimate("b", "乙局", 89.0, 86.0, 92.0, 91.0),
]
RANGES = [PlaceRange("甲局", 1, 1, 2), PlaceRange("乙局", 2, 1, 4), PlaceRange("丙局", 4, 3, 4)]
MOVES = [Move("甲局", 1, 1), Move("乙局", 2, 5), Move("丙局", 5, 2), Move("丁局", 3, 4)]
RESIDUALS = [[2.0, -2.0], [None, 0.1]]
CHARTS = {
    "intervals": spoken(build_interval_chart(ESTIMATES, [("a", "b")], same("n = 3"))),
    "places": spoken(build_place_chart(RANGES, same("n = 3"))),
    "heat": spoken(
        build_heat_chart(["甲", "乙"], ["一镇", "二镇"], RESIDUALS, same("题"), NOTHING)
    ),
    "slopes": spoken(build_slope_chart(MOVES, same("参考算法"), same("n = 4"))),
}


def draw(chart: Chart) -> ET.Element:
    return ET.fromstring(chart.drawing)  # noqa: S314 (our own drawings)


@pytest.mark.parametrize("name", CHARTS)
def test_a_chart_says_what_it_finds_and_holds_nothing_that_a_page_forbids(name: str):
    drawing = draw(CHARTS[name])
    assert (drawing.get("role"), drawing.get("aria-label")) == ("img", CHARTS[name].finding)
    assert drawing.findtext(f"{SVG}desc")
    left, top, width, height = (float(part) for part in drawing.attrib["viewBox"].split())
    for element in drawing.iter():
        assert not {"style", "id", "onclick", "href"} & set(element.keys())
        for across in ("x", "x1", "x2", "cx"):
            assert left <= float(element.get(across, left)) <= left + width
        for down in ("y", "y1", "y2", "cy"):
            assert top <= float(element.get(down, top)) <= top + height


def test_units_stand_best_first_and_a_bracket_joins_those_alike():
    drawing = draw(CHARTS["intervals"])
    words = [text.text for text in drawing.iter(f"{SVG}text")]
    assert [word for word in words if word and word.endswith("局")] == ["甲局", "乙局", "丙局"]
    assert CHARTS["intervals"].finding == "最前面的2个单位分不出高低：甲局、乙局"
    bracket = [line for line in drawing.iter(f"{SVG}line") if line.get("stroke") == "#222222"]
    assert len(bracket) == 3


@pytest.mark.parametrize(
    ("alike", "finding"),
    [
        ([], "各单位之间都分得出高低"),
        ([("b", "c")], "甲局单独领先；其余有1组单位组内分不出高低"),
        ([("a", "b", "c")], "3个单位之间都分不出高低"),
    ],
)
def test_findings_on_who_can_be_told_apart(alike: list[tuple[str, ...]], finding: str):
    assert spoken(build_interval_chart(ESTIMATES, alike, NOTHING)).finding == finding


def test_a_long_list_of_names_is_cut():
    many = [Estimate(str(k), f"{k}局", float(20 - k), 0.0, 30.0) for k in range(8)]
    run = tuple(str(k) for k in range(7))
    assert spoken(build_interval_chart(many, [run], NOTHING)).finding == (
        "最前面的7个单位分不出高低：0局、1局、2局、3局、4局等"
    )


def test_without_intervals_nothing_is_claimed():
    plain = [Estimate("a", "甲局", 90.0), Estimate("b", "乙局", 80.0)]
    assert (
        spoken(build_interval_chart(plain, [], NOTHING)).finding
        == "误差无法估计，不能说哪些单位分得出高低"
    )


def test_few_stretches_cover_all_and_broken_ones_are_left_out():
    order = tuple("abcdef")
    alike = ["ab", "bcd", "abc", "cde", "df", "ef"]
    assert cover(order, [tuple(run) for run in alike]) == (
        ("a", "b", "c"),
        ("c", "d", "e"),
        ("e", "f"),
    )
    assert cover(order, []) == ()


def test_the_widest_range_is_named_and_settled_places_are_counted():
    assert CHARTS["places"].finding == (
        "名次最不确定的是乙局：第1到第4名都有可能；3个单位中2个的名次在3名以内确定"
    )
    close = [PlaceRange("甲局", 1, 1, 1), PlaceRange("乙局", 2, 2, 3)]
    settled = spoken(build_place_chart(close, NOTHING))
    assert settled.finding == "2个单位的名次都在3名以内确定"
    words = [text.text for text in draw(settled).iter(f"{SVG}text")]
    assert {"1", "2–3"} <= set(words)


def test_blue_is_generous_orange_is_strict_and_signs_say_so_without_colour():
    assert (shade(0.0), shade(9.0), shade(-9.0)) == ("#ffffff", "#1f4e8c", "#b4511a")
    words = [text.text for text in draw(CHARTS["heat"]).iter(f"{SVG}text")]
    assert words == ["一镇", "二镇", "甲", "+", "−", "乙"]
    # Three cells and the frame: what was not rated is left blank.
    assert len(list(draw(CHARTS["heat"]).iter(f"{SVG}rect"))) == 4


def test_only_movers_are_labelled():
    assert CHARTS["slopes"].finding == "换用参考算法，变动最大的是乙局降3名、丙局升3名"
    assert [move.name for move in list_movers(MOVES)] == ["乙局", "丙局"]
    words = " ".join(text.text or "" for text in draw(CHARTS["slopes"]).iter(f"{SVG}text"))
    assert "甲局" not in words
    assert "丁局" not in words


def test_a_single_place_counts_where_nobody_moves_more():
    moves = [Move("甲局", 1, 2), Move("乙局", 2, 1)]
    assert [move.name for move in list_movers(moves)] == ["甲局", "乙局"]
    still = spoken(build_slope_chart([Move("甲局", 1, 1), Move("乙局", 2, 2)], NOTHING, NOTHING))
    assert still.finding == "换用参考算法，名次都不变"


def test_labels_on_one_place_do_not_cover_each_other():
    moves = [Move("甲局", 1, 4), Move("乙局", 1, 3), Move("丙局", 5, 1)]
    words = [
        text.text
        for text in draw(spoken(build_slope_chart(moves, NOTHING, NOTHING))).iter(f"{SVG}text")
    ]
    assert len([word for word in words if word and word.endswith("　1")]) == 1
