"""Intraclass correlations against ANOVA by hand, and where they say nothing."""

import numpy as np
import pytest
from hypothesis import given

from analysis.statistics.findings import Flag
from analysis.statistics.intraclass import icc
from tests.analysis.designs import has_nan, quick, rating_designs


def test_icc_counts_severity_in_one_form_only():
    # Raters differ by a constant: consistency is perfect, agreement is not.
    found = icc([[1.0, 2.0, 3.0], [3.0, 4.0, 5.0]])
    assert found.icc3.value == found.icc3k.value == 1.0
    assert (found.icc3.low, found.icc3.p) == (1.0, 0.0)
    # MS units 2, MS raters 6, error 0: 2/(2 + 2·6/3) = 1/3.
    assert found.icc2.value == pytest.approx(1 / 3)
    assert found.icc2.low is None
    # One-way: MS within = 6/3 = 2 → (2 − 2)/(2 + 2) = 0.
    assert found.icc1.value == pytest.approx(0.0)


def test_a_negative_icc_is_reported_as_zero():
    found = icc([[1.0, 2.0, 3.0], [3.0, 2.0, 1.1]])
    assert found.icc1.value < 0
    assert found.icc1.reported == 0.0
    assert found.flags == (Flag.NEGATIVE_ESTIMATE,)


@pytest.mark.parametrize(
    ("x", "flag"),
    [
        (np.ones((3, 3)), Flag.ALL_EQUAL),
        ([[1.0], [2.0]], Flag.NOT_TESTABLE),
        ([[1.0, np.nan], [2.0, 3.0]], Flag.INCOMPLETE),
    ],
)
def test_icc_undefined(x, flag):
    found = icc(x)
    assert found.flags == (flag,)
    assert found.icc2k.value is found.icc1.reported is None


def test_icc_of_raters_who_only_differ_in_severity():
    found = icc([[1.0, 1.0], [2.0, 2.0]])
    assert found.icc3.value is None  # no units to tell apart, nothing left over
    assert found.icc1.value == -1.0
    assert found.icc1k.value is None


def test_icc_where_agreement_has_no_interval_or_no_value():
    crossed = icc([[1.0, 0.0], [0.0, 1.0]])
    assert (crossed.icc2.value, crossed.icc2k.value, crossed.icc3.value) == (None, None, -1.0)
    opposed = icc([[1.0, 1.0], [0.0, 1.0], [0.0, 1.0], [1.0, 0.0], [1.0, 0.0]])
    assert (opposed.icc2.value, opposed.icc2.low) == (pytest.approx(-0.5), None)


def test_icc_confidence_level_widens_the_interval():
    x = np.random.default_rng(0).normal(size=(4, 8)) + 2 * np.arange(8)
    narrow, wide = icc(x, level=0.8), icc(x, level=0.99)
    for form in ("icc1", "icc2", "icc3", "icc2k"):
        a, b = getattr(narrow, form), getattr(wide, form)
        assert b.low < a.low < a.value < a.high < b.high


@quick
@given(rating_designs())
def test_no_design_breaks_the_figures(x):
    found = icc(x)
    for form in (found.icc1, found.icc2, found.icc3, found.icc1k, found.icc2k, found.icc3k):
        assert not has_nan([form.value, form.low, form.high, form.p])
