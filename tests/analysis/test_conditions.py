"""Shares of votes, baselines and limits on a condition, by hand.

Votes: 瑞委〔2012〕6号 附件3, 41 of 46 valid votes are 89.13%. Baseline and limit: 中央企业
年度经营业绩考核计分细则, the lower of last year's figure and the mean of the last three; a basic
indicator that is missed leaves the others only their basic points.
"""

from dataclasses import replace
from fractions import Fraction

from analysis.score.facts import Answer, Ballot, Count, Facts, Unit
from analysis.score.rules import (
    CommentsOnly,
    Condition,
    Extreme,
    Given,
    Limited,
    Mean,
    Rated,
    Satisfaction,
)
from analysis.score.scoring import score
from analysis.score.span import Span, span_of
from tests.analysis.entered import X, entered, first_node, told, values

F = Fraction

SHARE = Rated(
    "votes",
    "y",
    {"all": "assembly"},
    "grade",
    {"excellent": F(100), "competent": F(0), "unknown": None},
    None,
    share_of=("excellent",),
)


def test_a_share_of_votes():
    given = ["excellent"] * 41 + ["competent"] * 5 + ["unknown"] * 3 + ["NA"]
    ballots = tuple(
        Ballot("y", "assembly", f"b{n}", f"r{n}", (Answer("u", "grade", value),))
        for n, value in enumerate(given)
    )
    (found,) = score(SHARE, Facts((Unit("u", "u", "all"),), ballots), 2)
    assert (found.tree.value, found.published) == (F(4100, 46), "89.13")
    assert told(found.tree)["share_of"] == ("excellent",)
    assert span_of(SHARE) == Span(F(0), F(100), F(100), rated=True)


def test_a_share_of_satisfied_answers():
    rule = Satisfaction(
        "s",
        "y",
        "panel",
        "q",
        {"good": F(100), "fair": F(100), "bad": F(0), "unknown": None},
        {"a": F(1, 2), "b": F(1, 2)},
        30,
        weighing="strata",
        share_of=("good", "fair"),
    )
    counts = {"a": {"good": 10, "fair": 20, "bad": 10}, "b": {"good": 5, "bad": 15, "unknown": 9}}
    facts = Facts(
        (Unit("u", "u", "all"),),
        counts=tuple(
            Count("y", "panel", h, "u", "q", level, n, n)
            for h, levels in counts.items()
            for level, n in levels.items()
        ),
    )
    (found,) = score(rule, facts, 2)
    # 30 of 40 and 5 of 20, half each.
    assert (found.tree.value, told(found.tree)["share_of"]) == (50, ("good", "fair"))


def test_a_baseline():
    mean = Mean("mean", (X("last"), X("second"), X("third")))
    lowest = Extreme("base", (X("last"), mean))
    facts = entered(
        {
            "u1": {"last": "90", "second": "130", "third": "100"},
            "u2": {"last": "130", "second": "90", "third": "100"},
            "u3": {"last": "NA", "second": "NA", "third": "NA"},
        }
    )
    # The mean is 106.67 in both.
    assert values(lowest, facts) == [90, F(320, 3), None]
    assert values(replace(lowest, which="highest"), facts) == [F(320, 3), 130, None]
    node = first_node(lowest, facts)
    assert told(node) == {"lowest": ("90", "106.6667")}
    assert lowest.below == (X("last"), mean)
    assert [part.applied for part in node.parts] == [1, 0]
    bounded = Extreme("base", (Given("a", "r", (F(0), F(9))), Given("b", "r", (F(2), F(8)))))
    assert span_of(bounded) == Span(F(0), F(9), None)


def test_a_figure_is_limited_where_another_misses():
    rule = Limited("l", X("x"), (Condition(X("profit"), below=F(0)),), most=F(20))
    facts = entered(
        {
            "u1": {"x": "28", "profit": "-1"},
            "u2": {"x": "28", "profit": "0"},
            "u3": {"x": "12", "profit": "-1"},
            "u4": {"x": "28", "profit": "NA"},
            "u5": {"x": "NA", "profit": "-1"},
            "u6": {"x": "28"},
        }
    )
    # A loss limits to 20; of a figure that is not carried nothing holds; one that nobody has
    # entered yet is waited for.
    assert values(rule, facts) == [20, 28, 12, 28, None, None]
    assert told(first_node(rule, facts)) == {"limited": ("28", "20", "profit")}
    assert rule.below == (X("x"), X("profit"))


def test_two_conditions_of_which_one_or_both_must_hold():
    between = Condition(X("a"), below=F(10), at_least=F(5))
    either = Limited("l", X("x"), (between, Condition(X("b"), at_least=F(1))), F(50))
    both = replace(either, together=True)
    facts = entered(
        {
            "u1": {"x": "40", "a": "5", "b": "0"},
            "u2": {"x": "40", "a": "10", "b": "0"},
            "u3": {"x": "40", "a": "9", "b": "1"},
        }
    )
    assert values(either, facts) == [50, 40, 50]
    assert values(both, facts) == [40, 40, 50]
    assert told(first_node(both, facts)) == {"not_limited": ("40",)}
    bounded = Limited("l", Given("x", "r", (F(0), F(40))), either.conditions, F(50))
    assert span_of(bounded) == Span(F(0), F(50), F(40))


def test_units_asked_about_for_comments_only():
    rule = CommentsOnly("c", "y", ("voters",))
    node = first_node(rule, entered({"u1": {"x": "1"}}))
    assert (node.value, told(node)) == (None, {"comments_only": ()})
    assert (rule.below, span_of(rule)) == ((), Span(F(0), F(0)))
