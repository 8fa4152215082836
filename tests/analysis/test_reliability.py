"""Reliability of severity-adjusted scores, equal to generalizability where both exist."""

import numpy as np
import pytest
from hypothesis import given

from analysis.statistics.findings import Flag
from analysis.statistics.generalizability import generalizability
from analysis.statistics.intraclass import icc
from analysis.statistics.reliability import model_reliability
from analysis.statistics.severity import severity_model
from tests.analysis.designs import has_nan, quick, rating_designs


def test_model_reliability_equals_generalizability_on_a_complete_table():
    rng = np.random.default_rng(6)
    x = rng.normal(size=(7, 40)) + 0.6 * rng.normal(size=40)
    expected = generalizability(x)
    found = model_reliability(severity_model(x, penalty=0.0))
    tau2 = expected.unit_variance
    assert found.single == pytest.approx(tau2 / (tau2 + expected.components[2].variance))
    assert found.mean == pytest.approx(expected.observed.generalizability)
    assert found.raters == 7
    assert found.raters_needed == expected.raters_needed(target=0.8)


# Shrout & Fleiss 1979, Psychol. Bull. 86:420, Table 2: four judges (rows) rate six targets.
SHROUT_FLEISS = [[9, 6, 8, 7, 10, 6], [2, 1, 4, 1, 5, 2], [5, 3, 6, 2, 6, 4], [8, 2, 8, 6, 9, 7]]


@pytest.mark.parametrize("penalty", [0.0, 0.3, 1.0, 7.0, 1000.0])
def test_one_coefficient_whatever_the_penalty(penalty: float):
    """MS of targets 11.24, of error 1.02: ICC(3,1) = .71, ICC(3,4) = .91 as published."""
    found = model_reliability(severity_model(SHROUT_FLEISS, penalty=penalty))
    assert (found.raters, found.flags) == (4.0, ())
    assert found.single == pytest.approx(0.71, abs=0.005)
    assert found.mean == pytest.approx(0.91, abs=0.005)
    # Spearman–Brown of its own `single`, and what it takes to reach .8: 4·(1−.7148)/.7148 = 1.6.
    assert found.mean == pytest.approx(4 * found.single / (1 + 3 * found.single))
    assert found.mean == pytest.approx(icc(SHROUT_FLEISS).icc3k.value)
    assert found.per_unit == pytest.approx((found.mean,) * 6)
    assert found.raters_needed == 2


def test_an_incomplete_block_design_worked_by_hand():
    """Three raters, two of three units each: differences A−B 2, B−C 3, A−C 6.

    They close with an error of 1, a third each: A−B 7/3, B−C 10/3, A−C 17/3; squares of
    residuals 3·(1/3)²/2 = 1/6 on one degree of freedom. A difference has the variance 4σ²/3, so
    that e = 2/3·1/6 = 1/9. Effects 8/3, 1/3, −3 about their mean: s² = 73/9, τ² = 73/9 − 1/9 = 8.
    """
    nan = np.nan
    x = [[5, 3, nan], [nan, 4, 1], [7, nan, 1]]
    found = model_reliability(severity_model(x, penalty=0.0), target=0.99)
    assert found.single == pytest.approx(8 / (8 + 1 / 6))
    assert found.per_unit == pytest.approx((72 / 73,) * 3)
    assert found.mean == pytest.approx(72 / 73)
    # 2 raters a unit have odds of 72; odds of 99 take 2.75.
    assert (found.raters, found.raters_needed) == (2.0, 3)


@quick
@given(rating_designs())
def test_more_raters_are_asked_for_exactly_where_the_target_is_missed(x):
    found = model_reliability(severity_model(x))
    if found.raters_needed is not None:
        assert found.mean is not None
        if found.mean < found.target:
            assert found.raters_needed > found.raters - 1e-6
        else:
            assert found.raters_needed < found.raters + 1


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
