"""Effective weights beside nominal ones, by hand."""

from dataclasses import replace
from fractions import Fraction

import pytest

from analysis.examining.node_weights import node_weights
from analysis.score.facts import Adjustment
from analysis.score.rules import Adjusted, AdjustmentRule, Given, Part, Summed, Total, Weighted
from analysis.score.scoring import score
from tests.analysis.entered import entered

HALVES = Weighted(
    "t", (Part(Fraction(1, 2), Given("a", "r")), Part(Fraction(1, 2), Given("b", "r"))), "zero"
)


def test_a_part_that_spreads_more_decides_more():
    facts = entered(
        {"u1": {"a": "10", "b": "1"}, "u2": {"a": "20", "b": "2"}, "u3": {"a": "30", "b": "3"}}
    )
    (found,) = node_weights(score(HALVES, facts, 2))
    assert (found.category, found.node, found.parts) == ("all", "t", ("a", "b"))
    assert found.weights.nominal == (0.5, 0.5)
    # a moves by 10 and b by 1, together by 11: cov shares 10/11 and 1/11.
    assert found.weights.effective == pytest.approx((10 / 11, 1 / 11))


def test_a_figure_that_nobody_has_decides_nothing():
    facts = entered({"u1": {"a": "10", "b": "NA"}, "u2": {"a": "20", "b": "NA"}})
    (found,) = node_weights(score(HALVES, facts, 2))
    assert (found.weights.effective, found.weights.n_units) == ((None, None), 0)


def test_points_that_are_added_weigh_what_they_are():
    parts = (Part(Fraction(90), Given("a", "r")), Part(Fraction(10), Given("b", "r")))
    facts = entered({"u1": {"a": "80", "b": "0"}, "u2": {"a": "82", "b": "6"}})
    (found,) = node_weights(score(Summed("t", parts, "zero"), facts, 2))
    # a moves by 2 and b by 6: of the 8 points between the two units b decides three quarters.
    assert found.weights.effective == pytest.approx((0.25, 0.75))


def test_adjustments_are_weighed_beside_what_they_are_added_to():
    bonus = Adjusted("x", (AdjustmentRule("praise", "times", Fraction(1)),), (), None)
    facts = replace(
        entered({"u1": {"a": "10", "b": "10"}, "u2": {"a": "14", "b": "12"}}),
        adjustments=(Adjustment("r", "u2", "praise", 1, None),),
    )
    (found,) = node_weights(score(Total("t", HALVES, bonus), facts, 2))
    # Half of 4, half of 2, and 1: of the 4 points between them 2, 1 and 1.
    assert found.parts == ("a", "b", "x")
    assert found.weights.effective == pytest.approx((0.5, 0.25, 0.25))
