"""Reliability of severity-adjusted scores, equal to generalizability where both exist."""

import numpy as np
import pytest
from hypothesis import given

from analysis.statistics.findings import Flag
from analysis.statistics.generalizability import generalizability
from analysis.statistics.reliability import model_reliability
from analysis.statistics.severity import severity_model
from tests.analysis.designs import has_nan, quick, rating_designs


def test_model_reliability_equals_generalizability_on_a_complete_table():
    rng = np.random.default_rng(6)
    x = rng.normal(size=(7, 40)) + 0.6 * rng.normal(size=40)
    expected = generalizability(x)
    found = model_reliability(severity_model(x, penalty=0.0))
    # τ² is the same; V_jj with Σr = 0 is σ²/R up to the grand mean's share.
    tau2 = expected.unit_variance
    assert found.single == pytest.approx(tau2 / (tau2 + expected.components[2].variance))
    assert found.mean == pytest.approx(expected.observed.generalizability)
    assert found.raters == 7
    assert found.raters_needed == expected.raters_needed(target=0.8)


def test_model_reliability_is_undefined_or_zero_and_says_which():
    undefined = {
        Flag.NO_RATINGS: np.full((2, 2), np.nan),
        Flag.SINGLE_UNIT: np.array([[1.0], [2.0]]),
        Flag.NO_ERROR: np.array([[1.0, 2.0]]),
        Flag.ALL_EQUAL: np.full((3, 3), 85.0),
    }
    for flag, x in undefined.items():
        found = model_reliability(severity_model(x))
        assert (found.single, found.mean, found.flags) == (None, None, (flag,))
    opposed = model_reliability(severity_model([[1.0, 2.0, 3.0, None], [3.1, 2.0, 1.0, None]]))
    assert (opposed.single, opposed.per_unit) == (0.0, (0.0, 0.0, 0.0, None))
    assert opposed.flags == (Flag.NEGATIVE_ESTIMATE,)
    with pytest.raises(ValueError, match="between 0 and 1"):
        model_reliability(severity_model([[1.0]]), target=0)


@quick
@given(rating_designs())
def test_no_design_breaks_the_figures(x):
    reliability = model_reliability(severity_model(x))
    assert not has_nan([reliability.single, reliability.mean, *reliability.per_unit])
