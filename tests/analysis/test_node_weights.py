"""Effective weights beside nominal ones, by hand."""

from fractions import Fraction

import pytest

from analysis.node_weights import node_weights
from analysis.rules import Given, Part, Weighted
from analysis.scoring import score
from tests.analysis.entered import entered

HALVES = Weighted(
    "t", (Part(Fraction(1, 2), Given("a", "r")), Part(Fraction(1, 2), Given("b", "r"))), "zero"
)


def test_a_part_that_spreads_more_decides_more():
    facts = entered({"u1": {"a": "10", "b": "1"}, "u2": {"a": "20", "b": "2"},
                     "u3": {"a": "30", "b": "3"}})
    (found,) = node_weights(score(HALVES, facts, 2))
    assert (found.category, found.node, found.parts) == ("all", "t", ("a", "b"))
    assert found.weights.nominal == (0.5, 0.5)
    # a moves by 10 and b by 1, together by 11: cov shares 10/11 and 1/11.
    assert found.weights.effective == pytest.approx((10 / 11, 1 / 11))


def test_a_figure_that_nobody_has_decides_nothing():
    facts = entered({"u1": {"a": "10", "b": "NA"}, "u2": {"a": "20", "b": "NA"}})
    (found,) = node_weights(score(HALVES, facts, 2))
    assert (found.weights.effective, found.weights.n_units) == ((None, None), 0)
