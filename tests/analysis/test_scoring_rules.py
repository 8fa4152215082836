"""Rules that no preset needs yet, each by hand on two units."""

from dataclasses import replace
from fractions import Fraction

from analysis import score
from analysis.facts import Answer, Ballot, Facts, Indicator, Unit
from analysis.rules import ByCategory, Given, Part, Rated, Weighted
from analysis.tree import Remark

UNITS = (Unit("u1", "甲", "a"), Unit("u2", "乙", "b"))
HALVES = (Part(Fraction(1, 2), Given("x", "r")), Part(Fraction(1, 2), Given("y", "r")))
POINTS = {"good": Fraction(100), "bad": Fraction(50)}


def entered(**figures: int) -> Facts:
    return Facts(UNITS, indicators=tuple(
        Indicator("r", "u1", component, Fraction(value)) for component, value in figures.items()))


def test_a_unit_that_lacks_too_much_has_no_value():
    rule = Weighted("t", HALVES, "proportional", missing_most=Fraction(4, 10))
    found = score(rule, entered(x=80), 2)[0]
    assert (found.published, found.rank) == (None, None)
    assert Remark("too_much_missing", ("0.5", "0.4")) in found.tree.remarks
    lenient = replace(rule, missing_most=Fraction(1, 2))
    assert score(lenient, entered(x=80), 2)[0].published == "80.00"


def test_a_category_without_a_rule_has_no_value():
    results = score(ByCategory("x", {"a": Given("x", "r")}), entered(x=7), 0)
    assert [result.published for result in results] == ["7", None]


def test_the_same_answer_for_everybody_voids_where_the_scheme_says_so():
    ballots = (
        Ballot("r", "g", "b1", "r1", (Answer("u1", "q", "good"), Answer("u2", "q", "good"))),
        Ballot("r", "g", "b2", "r2", (Answer("u1", "q", "bad"), Answer("u2", "q", "good"))),
    )
    rule = Rated("t", "r", {"a": "g", "b": "g"}, "q", POINTS, None)
    plain = score(rule, Facts(UNITS, ballots), 0)
    strict = score(replace(rule, void_uniform=True), Facts(UNITS, ballots), 0)
    assert [result.published for result in plain] == ["75", "100"]
    assert [result.published for result in strict] == ["50", "100"]


def test_a_group_of_units_needs_company():
    ballots = (Ballot("r", "g", "b1", "r1", (Answer("u1", "q", "good"),)),)
    rule = Rated("t", "r", {"a": "g"}, "q", POINTS, None, least_raters=3)
    found = score(rule, Facts(UNITS, ballots), 0)[0]
    assert found.tree.value is None
    assert Remark("too_few_raters", ("1", "3")) in found.tree.remarks
