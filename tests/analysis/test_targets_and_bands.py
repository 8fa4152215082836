"""Deviations from a target and bands, with figures from public rule books.

市国资委 年度经营业绩考核指标计分办法: each 2% below the target takes 1 point, each 2% above gives
one, at most 20% of the item. 2018年环保目标责任书 (imcaibao): above +0.5 for each 1%, below −1,
under 80% nothing. 县中医院: ±1% of pay for each point of satisfaction. 瑞委〔2012〕6号 附件3
(wzdkw): votes of 90% and more give 200, of 80% 190, of 70% 180.
"""

from fractions import Fraction

import pytest

from analysis.score.rules import Band, Banded, Deviation, Slope
from analysis.score.span import Span, span_of
from tests.analysis.entered import X, entered, first_node, one_figure, told, values

F = Fraction

UP, DOWN = Slope(F(2), F(1), F(6), whole=True), Slope(F(2), F(-1), F(6), whole=True)
PROFIT = Deviation("d", F(30), X("x"), F(500), relative=True, above=UP, under=DOWN)


def test_whole_steps_below_a_target():
    # 470 is 6% less: three steps. 474.9 is 5.02% less: two. 490 is 2%: one, exactly; 490.1 none.
    assert values(PROFIT, one_figure("470", "474.9", "490", "490.1")) == [27, 28, 29, 30]
    # 510 is one step more, 700 would be twenty: six at most, as 300 is below.
    assert values(PROFIT, one_figure("500", "510", "700", "300")) == [30, 31, 36, 24]
    node = first_node(PROFIT, one_figure("470"))
    assert told(node) == {"deviation": ("470", "500", "-6%"), "arithmetic": ("30 − 3 = 27",)}
    assert span_of(PROFIT) == Span(F(24), F(36), F(30), stated=True)


def test_in_proportion():
    rule = Deviation("d", F(30), X("x"), F(500), relative=True, under=Slope(F(2), F(-1), F(6)))
    # 5.02% / 2 = 2.51 steps; above the target nothing is said.
    assert values(rule, one_figure("474.9", "510", "100")) == [F("27.49"), 30, 24]
    assert span_of(rule) == Span(F(24), F(30), F(30), stated=True)


def test_two_slopes_and_a_cliff():
    rule = Deviation(
        "d",
        F(10),
        X("x"),
        X("y"),
        relative=True,
        above=Slope(F(1), F(1, 2), F(5)),
        under=Slope(F(1), F(-1)),
        threshold=F(8, 10),
        least=F(1),
        most=F(14),
    )
    figures = {
        "u1": {"x": "206", "y": "200"},
        "u2": {"x": "194", "y": "200"},
        "u3": {"x": "159.8", "y": "200"},
        "u4": {"x": "160", "y": "200"},
        "u5": {"x": "300", "y": "200"},
        "u6": {"x": "1", "y": "0"},
        "u7": {"x": "NA", "y": "200"},
        "u8": {"x": "1", "y": "NA"},
    }
    # 103%: +1.5; 97%: −3; 79.9%: nothing, though the least is 1; 80%: 10 − 20 is cut to the least;
    # 150%: +5 is cut to the most. A target of 0 is not
    # allowed and gives nothing. Without the figure, or without a target, there is none.
    assert values(rule, entered(figures)) == [F("11.5"), 7, 0, 1, 14, 0, None, None]
    nodes = [first_node(rule, entered({u: figures[u]})) for u in ("u3", "u4", "u6", "u7")]
    assert [list(told(node)) for node in nodes] == [
        ["below_threshold"],
        ["deviation", "arithmetic", "bounded"],
        ["no_target", "forbidden"],
        ["not_carried"],
    ]
    assert rule.below == (X("x"), X("y"))
    assert span_of(rule) == Span(F(0), F(14), F(10), stated=True)


def test_points_of_difference_and_less_is_better():
    patients = Deviation("d", F(0), X("x"), F(90), under=Slope(F(1), F(-1)))
    assert values(patients, one_figure("86.5", "90")) == [F("-3.5"), 0]
    assert span_of(patients) == Span(None, F(0), None, stated=True)
    # Energy: each ton above the target takes a point, each below gives half a one, at most 2.
    energy = Deviation(
        "d", F(5), X("x"), F(-1), above=Slope(F(1), F(-1)), under=Slope(F(1), F(1, 2), F(2))
    )
    # A target below 0 is one, where nothing is a share of it.
    assert values(energy, one_figure("1", "-3", "-11")) == [3, 6, 7]
    assert span_of(energy) == Span(None, F(7), F(5), stated=True)
    open_ended = Deviation("d", F(5), X("x"), F(1), above=Slope(F(1), F(1)))
    assert span_of(open_ended) == Span(F(5), None, F(5), stated=True)


VOTES = Banded(
    "b",
    X("x"),
    (
        Band(F(90), F(200)),
        Band(F(80), F(190)),
        Band(F(70), F(180)),
        Band(F(100, 3), F(150), above=True),
    ),
    F(130),
)


@pytest.mark.parametrize(
    ("figure", "points", "remark"),
    [
        ("89.99", 190, {"from_edge": ("89.99", "80")}),
        ("90", 200, {"from_edge": ("90", "90")}),
        ("89.13", 190, {"from_edge": ("89.13", "80")}),
        ("33.34", 150, {"above_edge": ("33.34", "33.3333")}),
        ("33.33", 130, {"below_bands": ("33.33", "33.3333")}),
        ("NA", None, {"not_carried": ()}),
    ],
)
def test_bands_from_a_figure_to_points(
    figure: str, points: int | None, remark: dict[str, tuple[str, ...]]
):
    node = first_node(VOTES, one_figure(figure))
    assert (node.value, told(node)) == (points, remark)


def test_one_third_exactly_does_not_pass_it():
    assert [band.has(F(100, 3)) for band in VOTES.bands] == [False, False, False, False]
    assert span_of(VOTES) == Span(F(130), F(200))
