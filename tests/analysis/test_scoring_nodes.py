"""Each kind of node as a whole, worked by hand: its value and everything that explains it."""

from dataclasses import replace
from fractions import Fraction

import pytest

from analysis import score
from analysis.score.facts import Adjustment, Count, Facts, Indicator, Unit
from analysis.score.rules import (
    Adjusted,
    AdjustmentRule,
    Cap,
    Given,
    Mean,
    Part,
    Rule,
    Satisfaction,
    Summed,
    Total,
    Weighted,
)
from analysis.score.tree import Input, Node, Remark
from tests.analysis.entered import X, entered

F = Fraction
NONE, ONE = F(0), F(1)


def tree(rule: Rule, facts: Facts, unit: int = 0) -> Node:
    return score(rule, facts, 2)[unit].tree


def given(code: str, figure: int, **more: object) -> Node:
    """The node of an entered figure; `more` is how it entered what is above it."""
    taken = Input("indicators:r", str(figure), F(figure), ONE)
    return Node(code, "given", F(figure), inputs=(taken,), **more)


def not_carried(code: str, **more: object) -> Node:
    taken = Input("indicators:r", "NA", None, NONE, "not_carried")
    return Node(code, "given", None, inputs=(taken,), remarks=(Remark("not_carried"),), **more)


def test_an_entered_figure():
    facts = entered({"u1": {"x": "7"}, "u2": {"x": "NA"}, "u3": {}})
    assert [result.tree for result in score(X("x"), facts, 2)] == [
        given("x", 7),
        not_carried("x"),
        Node("x", "given", None, remarks=(Remark("not_entered", ("r",)),)),
    ]


@pytest.mark.parametrize(
    ("figure", "told"),
    [
        ("0", None),
        ("10", None),
        ("5", None),
        ("-1", Remark("out_of_bounds", ("-1", "0", "10"))),
        ("11", Remark("out_of_bounds", ("11", "0", "10"))),
        ("3", Remark("not_a_choice", ("3",))),
    ],
)
def test_a_refused_figure_is_shown_and_counts_the_least(figure: str, told: Remark | None):
    rule = Given("x", "r", (F(0), F(10)), frozenset({F(0), F(5), F(10)}))
    refused = Input("indicators:r", figure, F(figure), NONE, "refused")
    assert tree(rule, entered({"u1": {"x": figure}})) == (
        given("x", int(figure))
        if told is None
        else Node(
            "x", "given", F(0), inputs=(refused,), remarks=(told, Remark("forbidden", ("0",)))
        )
    )


def test_a_bound_on_one_side_only():
    least, most = Given("x", "r", (F(0), None)), Given("x", "r", (None, F(10)))
    facts = entered({"u1": {"x": "-1"}, "u2": {"x": "11"}})
    assert [result.tree.value for result in score(least, facts, 2)] == [0, 11]
    assert [result.tree.value for result in score(most, facts, 2)] == [-1, None]
    assert tree(least, facts).remarks == (
        Remark("out_of_bounds", ("-1", "0", "NA")),
        Remark("forbidden", ("0",)),
    )


def test_a_figure_known_from_elsewhere():
    facts = replace(
        entered({"u1": {"x": "7"}, "u2": {"x": "8"}, "u3": {"x": "9"}}),
        known={("u1", "x"): F(5), ("u2", "x"): None},
    )
    assert [result.tree for result in score(X("x"), facts, 2)] == [
        Node("x", "known", F(5), inputs=(Input("known", "5", F(5), ONE),)),
        Node("x", "known", None, inputs=(Input("known", "NA", None, NONE),)),
        given("x", 9),
    ]


HALVES = (Part(F(1, 2), X("x")), Part(F(1, 2), X("y")))
CENTRED = Weighted("w", HALVES, "centred", limits=(F(60), F(90)))


def test_a_weighted_node_with_all_its_parts_is_never_cut():
    assert tree(CENTRED, entered({"u1": {"x": "100", "y": "90"}})) == Node(
        "w",
        "weighted",
        F(95),
        parts=(
            given("x", 100, weight=F(1, 2), applied=F(1, 2)),
            given("y", 90, weight=F(1, 2), applied=F(1, 2)),
        ),
    )


@pytest.mark.parametrize(
    ("figure", "value", "cut"),
    [
        # Of x the mean is 70 + d/2 for a figure of 70 + d, of y it is 80: the unit that lacks y
        # has 75 + d/4 and then all of its own d/2 above the mean.
        ("74", 78, ()),
        ("90", 90, ()),
        ("94", 90, (Remark("cut", ("93", "90")),)),
        ("50", 60, ()),
        ("46", 60, (Remark("cut", ("57", "60")),)),
    ],
)
def test_a_centred_value_is_kept_inside_its_limits(
    figure: str, value: int, cut: tuple[Remark, ...]
):
    facts = entered({"u1": {"x": figure, "y": "NA"}, "u2": {"x": "70", "y": "80"}})
    mean = (int(figure) + 70) // 2
    assert tree(CENTRED, facts) == Node(
        "w",
        "weighted",
        F(value),
        parts=(
            given("x", int(figure), weight=F(1, 2), applied=ONE),
            not_carried("y", weight=F(1, 2), applied=NONE),
        ),
        remarks=(
            Remark("missing_part", ("y", "0.5", "centred")),
            Remark("centred_means", (str(mean), "80")),
            *cut,
        ),
    )


def test_a_part_missing_by_another_rule_is_not_cut():
    rule = replace(CENTRED, missing="proportional")
    assert tree(rule, entered({"u1": {"x": "100", "y": "NA"}})) == Node(
        "w",
        "weighted",
        F(100),
        parts=(
            given("x", 100, weight=F(1, 2), applied=ONE),
            not_carried("y", weight=F(1, 2), applied=NONE),
        ),
        remarks=(Remark("missing_part", ("y", "0.5", "proportional")),),
    )


def test_too_much_missing_is_told_with_what_is_missing():
    rule = replace(CENTRED, missing_most=F(2, 5))
    assert tree(rule, entered({"u1": {"x": "80", "y": "NA"}})) == Node(
        "w",
        "weighted",
        None,
        parts=(
            given("x", 80, weight=F(1, 2), applied=ONE),
            not_carried("y", weight=F(1, 2), applied=NONE),
        ),
        remarks=(
            Remark("missing_part", ("y", "0.5", "centred")),
            Remark("too_much_missing", ("0.5", "0.4")),
        ),
    )


BOOK = Summed(
    "s",
    (Part(F(60), X("a")), Part(F(40), X("b")), Part(F(0), X("c"))),
    "proportional",
    least=F(0),
    most=F(100),
)


def test_a_sum_of_points():
    assert tree(BOOK, entered({"u1": {"a": "50", "b": "30", "c": "7"}})) == Node(
        "s",
        "sum",
        F(87),
        parts=(
            given("a", 50, applied=ONE),
            given("b", 30, applied=ONE),
            given("c", 7, applied=ONE),
        ),
    )


def test_points_that_are_missing_scale_the_others_up_to_the_whole_book():
    # 45 of 60 are 75 of 100, and the extra's 2 beside them.
    assert tree(BOOK, entered({"u1": {"a": "45", "b": "NA", "c": "2"}})) == Node(
        "s",
        "sum",
        F(77),
        parts=(
            given("a", 45, applied=F(100, 60)),
            not_carried("b", applied=NONE),
            given("c", 2, applied=ONE),
        ),
        remarks=(Remark("missing_points", ("b", "40", "proportional")),),
    )


def test_points_missing_by_the_means_of_the_others():
    centred = replace(BOOK, missing="centred")
    facts = entered({"u1": {"a": "45", "b": "NA", "c": "2"}, "u2": {"a": "57", "b": "30"}})
    # Rates .75 and .95 of a, mean .85; .75 of b: (.6 × .85 + .4 × .75 + .75 − .85) × 100 + 2.
    assert tree(centred, facts).value == 73


@pytest.mark.parametrize(
    ("figures", "value", "told"),
    [
        (("60", "40", "0"), 100, ()),
        (("60", "40", "1"), 100, (Remark("bounded", ("101", "100")),)),
        (("5", "5", "-10"), 0, ()),
        (("5", "5", "-11"), 0, (Remark("bounded", ("-1", "0")),)),
    ],
)
def test_a_sum_is_kept_between_its_bounds(
    figures: tuple[str, ...], value: int, told: tuple[Remark, ...]
):
    found = tree(BOOK, entered({"u1": dict(zip("abc", figures, strict=True))}))
    assert (found.value, found.remarks) == (value, told)


def test_a_mean_tells_what_it_leaves_out():
    rule = Mean("m", (X("x"), X("y"), X("z")), frozenset({"z"}))
    assert tree(rule, entered({"u1": {"x": "80", "y": "NA", "z": "10"}})) == Node(
        "m",
        "mean",
        F(80),
        parts=(
            given("x", 80, applied=ONE),
            not_carried("y", applied=NONE),
            given("z", 10, applied=NONE),
        ),
        remarks=(Remark("mean_over", ("1", "3")), Remark("left_out", ("z",))),
    )
    assert tree(rule, entered({"u1": {"x": "NA", "y": "NA", "z": "10"}})) == Node(
        "m",
        "mean",
        None,
        parts=(
            not_carried("x", applied=NONE),
            not_carried("y", applied=NONE),
            given("z", 10, applied=NONE),
        ),
        remarks=(Remark("mean_over", ("0", "3")), Remark("left_out", ("z",))),
    )


PANEL = Satisfaction("p", "r", "panel", "q", {"yes": F(100), "no": F(0), "unknown": None},
                     {"town": ONE}, 3, frozenset({"yes"}))  # a table, read by rows  # fmt: skip


def test_answers_from_outside_the_plan_are_shown_and_count_nothing():
    facts = Facts(
        (Unit("u1", "甲", "a"),),
        counts=(
            Count("r", "panel", "guests", "u1", "q", "no", 9, 9),
            Count("r", "panel", "town", "u1", "q", "yes", 2, 2),
            Count("r", "panel", "town", "u1", "q", "yes", 1, 0),
            Count("r", "panel", "town", "u1", "q", "no", 1, 1),
        ),
    )
    assert tree(PANEL, facts) == Node(
        "p",
        "satisfaction",
        F(75),
        inputs=(
            Input("count:guests:yes", "0", F(100), NONE),
            Input("count:guests:no", "9", F(0), NONE),
            Input("count:guests:unknown", "0", None, NONE, "not_counted"),
            Input("count:town:yes", "3", F(100), F(3, 4)),
            Input("count:town:no", "1", F(0), F(1, 4)),
            Input("count:town:unknown", "0", None, NONE, "not_counted"),
        ),
        remarks=(Remark("valid_answers", ("4", "0")), Remark("satisfied_rates", ("0.75", "0.75"))),
    )


def test_a_unit_that_nobody_was_asked_about():
    assert tree(PANEL, Facts((Unit("u1", "甲", "a"),))) == Node(
        "p",
        "satisfaction",
        None,
        remarks=(Remark("valid_answers", ("0", "0")), Remark("too_few_answers", ("0", "3"))),
    )


EXTRA = Adjusted(
    "extra",
    (
        AdjustmentRule("prize", "times", F(1)),
        AdjustmentRule("won", "amount", F(1)),
        AdjustmentRule("share", "largest", F(2)),
        AdjustmentRule("blame", "times", F(-1)),
    ),
    (Cap(("prize", "won"), F(3)),),
    None,
)


def test_events_are_shown_by_number_or_amount_and_by_what_counts():
    facts = Facts(
        (Unit("u1", "甲", "a"), Unit("u2", "乙", "a")),
        adjustments=(
            Adjustment("r", "u1", "won", 1, F(5, 2)),
            Adjustment("r", "u1", "share", 1, F(10)),
            Adjustment("r", "u1", "prize", 2, None),
            Adjustment("r", "u1", "blame", 1, None),
            Adjustment("r", "u2", "share", 1, F(40)),
        ),
    )
    # 2 + 2.5 are cut to 3 by two thirds; a quarter of the largest amount gives half a point.
    assert tree(EXTRA, facts) == Node(
        "extra",
        "adjusted",
        F(3) + F(1, 2) - 1,
        inputs=(
            Input("adjustment:blame", "1", F(-1), ONE),
            Input("adjustment:prize", "2", F(2), F(2, 3), "over_cap"),
            Input("adjustment:share", "10", F(1, 2), ONE),
            Input("adjustment:won", "2.5", F(5, 2), F(2, 3), "over_cap"),
        ),
        remarks=(
            Remark("largest", ("share", "40", "2")),
            Remark("cap", ("4.5", "3", "prize", "won")),
        ),
    )


def test_events_stand_in_one_order_however_they_were_entered():
    amounts = (F(3), None, F(1, 2))  # an amount that nobody gave is none, and comes first
    for entered_first in (amounts, amounts[::-1]):
        facts = Facts(
            (Unit("u1", "甲", "a"),),
            adjustments=tuple(Adjustment("r", "u1", "won", 1, amount) for amount in entered_first),
        )
        assert [each.raw for each in tree(EXTRA, facts).inputs] == ["1", "0.5", "3"]


ALL = Weighted("base", (Part(ONE, X("x")),), "not_ranked")


def test_a_total_unfolds_into_the_base_and_what_is_added():
    facts = replace(
        entered({"u1": {"x": "80"}}), adjustments=(Adjustment("r", "u1", "prize", 1, None),)
    )
    added = Node(
        "extra", "adjusted", ONE, applied=ONE, inputs=(Input("adjustment:prize", "1", ONE, ONE),)
    )
    base = given("x", 80, weight=ONE, applied=ONE)
    assert tree(Total("t", ALL, EXTRA), facts) == Node("t", "total", F(81), parts=(base, added))
    assert tree(Total("t", ALL, None), facts) == Node("t", "total", F(80), parts=(base,))


def test_a_total_lacks_what_its_base_lacks():
    missing = Remark("missing_part", ("x", "1", "not_ranked"))
    added = Node("extra", "adjusted", NONE, applied=ONE)
    base = not_carried("x", weight=ONE, applied=NONE)
    assert tree(Total("t", ALL, EXTRA), entered({"u1": {"x": "NA"}})) == Node(
        "t", "total", None, parts=(base, added), remarks=(missing,)
    )


def test_a_total_lacks_what_is_known_to_be_missing():
    facts = replace(entered({"u1": {"x": "80"}}), known={("u1", "extra"): None})
    assert tree(Total("t", ALL, EXTRA), facts).value is None


def test_a_rounded_node_tells_what_it_was():
    facts = Facts(
        (Unit("u1", "甲", "a"), Unit("u2", "乙", "a")),
        indicators=(Indicator("r", "u1", "x", F(5, 4)), Indicator("r", "u2", "x", F(3, 2))),
    )
    rule = Given("x", "r", places=1)
    assert tree(rule, facts) == Node(
        "x",
        "given",
        F(13, 10),
        inputs=(Input("indicators:r", "1.25", F(5, 4), ONE),),
        remarks=(Remark("rounded", ("1.25", "1.3")),),
    )
    assert tree(rule, facts, 1).remarks == ()


def test_published_figures_and_ranks_stay_inside_the_category_and_the_units_in_their_order():
    units = [
        Unit("u1", "甲", "a"),
        Unit("u2", "乙", "b"),
        Unit("u3", "丙", "a"),
        Unit("u4", "丁", "a"),
        Unit("u5", "戊", "a"),
    ]
    figures = {"u1": F("80.004"), "u2": F(70), "u3": F("80.0049"), "u4": F(79)}
    facts = Facts(
        tuple(units),
        indicators=tuple(Indicator("r", unit, "x", figure) for unit, figure in figures.items()),
    )
    results = score(X("x"), facts, 2)
    assert [(r.unit, r.category, r.published, r.rank) for r in results] == [
        ("u1", "a", "80.00", 1),
        ("u2", "b", "70.00", 1),
        ("u3", "a", "80.00", 1),
        ("u4", "a", "79.00", 3),
        ("u5", "a", None, None),
    ]


def test_an_event_under_a_rule_that_is_not_there_is_refused():
    facts = replace(entered({"u1": {}}), adjustments=(Adjustment("r", "u1", "gift", 1, None),))
    with pytest.raises(KeyError, match="gift"):
        score(EXTRA, facts, 2)
