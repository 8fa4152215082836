"""Flags against published tests, planted raters, and tables too small for any test."""

from math import sqrt

import numpy as np
import pytest
from hypothesis import given
from scipy import stats

from analysis.statistics.findings import Flag
from analysis.statistics.outliers import (
    benjamini_hochberg,
    careless_indices,
    generalised_esd,
    grubbs_test,
    mahalanobis_distances,
    misfitting_raters,
    residual_tests,
    reversed_raters,
    straight_liners,
)
from tests.analysis.designs import has_nan, quick, rating_designs

# Rosner (1983), as in the NIST handbook 1.3.5.17.3.
ROSNER = [
    -0.25, 0.68, 0.94, 1.15, 1.20, 1.26, 1.26, 1.34, 1.38, 1.43, 1.49, 1.49, 1.55, 1.56, 1.58,
    1.65, 1.69, 1.70, 1.76, 1.77, 1.81, 1.91, 1.94, 1.96, 1.99, 2.06, 2.09, 2.10, 2.14, 2.15,
    2.23, 2.24, 2.26, 2.35, 2.37, 2.40, 2.47, 2.54, 2.62, 2.64, 2.90, 2.92, 2.92, 2.93, 3.21,
    3.26, 3.30, 3.59, 3.68, 4.30, 4.64, 5.34, 5.42, 6.01,
]  # a table, read by rows  # fmt: skip


@pytest.fixture
def honest() -> np.ndarray:
    rng = np.random.default_rng(2)
    return rng.normal(size=(12, 30)) + 2 * rng.normal(size=30) + rng.normal(size=(12, 1))


def test_adjusted_p_values_by_hand():
    # 3 tests: .01·3 = .03, .03·3/2 = .045, .04.
    family = benjamini_hochberg([0.04, None, 0.01, 0.03], level=0.04)
    assert family.adjusted == pytest.approx((0.04, None, 0.03, 0.04))
    assert family.rejected == (True, False, True, True)
    assert family.bonferroni_rejected == (False, False, True, False)


def test_no_tests_and_no_probabilities():
    assert benjamini_hochberg([]).adjusted == ()
    with pytest.raises(ValueError, match="between 0 and 1"):
        benjamini_hochberg([1.1])


def test_a_planted_rating_is_found_with_its_effect(honest):
    honest[3, 7] += 9.0
    found = residual_tests(honest)
    assert [(f.rater, f.unit) for f in found.flagged] == [(3, 7)]
    flagged = found.flagged[0]
    assert flagged.z > 4
    assert flagged.adjusted_p < 0.001
    assert flagged.effect - flagged.effect_without == pytest.approx(9 / 12, abs=0.2)
    assert flagged.rank <= flagged.rank_without
    assert found.z.size == 12 * 30


def test_residual_p_is_the_deleted_residual_of_regression(honest):
    # By its definition: refit with an indicator for the one rating; t of the indicator.
    x = honest[:4, :6]
    raters, units = x.shape
    cells = [(i, j) for i in range(raters) for j in range(units)]
    design = np.array([
        [1.0, *(float(j == k) for k in range(1, units)), *(float(i == k) for k in range(1, raters)),
         float((i, j) == (2, 3))] for i, j in cells
    ])  # a table, read by rows  # fmt: skip
    beta, *_ = np.linalg.lstsq(design, x.ravel(), rcond=None)
    rest = x.ravel() - design @ beta
    df = len(cells) - design.shape[1]
    t = beta[-1] / sqrt(rest @ rest / df * np.linalg.inv(design.T @ design)[-1, -1])
    found = residual_tests(x)
    k = [tuple(c) for c in zip(found.raters, found.units, strict=True)].index((2, 3))
    assert found.p[k] == pytest.approx(2 * stats.t.sf(abs(t), df))


def test_small_and_perfect_tables_flag_nobody():
    assert residual_tests(np.arange(6.0).reshape(2, 3)).flags == (Flag.NOT_TESTABLE,)
    perfect = residual_tests(np.add.outer(np.arange(5.0), np.arange(6.0)))
    assert perfect.flags == (Flag.ZERO_VARIANCE,)
    assert (perfect.p == 1.0).all()
    assert perfect.flagged == ()


def test_the_random_rater_misfits_and_the_reversed_one_is_named(honest):
    rng = np.random.default_rng(5)
    honest[4] = 5 * rng.normal(size=30)
    honest[9] *= -1
    assert [t.rater for t in misfitting_raters(honest) if t.flagged] == [4, 9]
    assert [t.rater for t in reversed_raters(honest) if t.flagged] == [9]


def test_misfit_equals_the_printed_formula(honest):
    x = honest
    e = x - x.mean(axis=0) - x.mean(axis=1, keepdims=True) + x.mean()
    ss, r, u = (e**2).sum(axis=1), *x.shape
    df, rest = (u - 1) * (r - 1) / r, (u - 1) * (r - 1) * (1 - 1 / r)
    f = (ss[0] / df) / ((ss.sum() - ss[0]) / rest)
    test = misfitting_raters(x)[0]
    assert test.statistic == pytest.approx(f)
    assert test.p == pytest.approx(stats.f.sf(f, df, rest))


def test_raters_of_few_units_are_not_testable(honest):
    honest[0, 9:] = np.nan
    for tests in (misfitting_raters(honest), reversed_raters(honest)):
        first = tests[0]
        assert (first.units, first.statistic, first.p, first.flagged) == (9, None, None, False)
        assert first.flags == (Flag.NOT_TESTABLE,)
        assert all(t.p is not None for t in tests[1:])


def test_one_rater_alone_cannot_be_tested():
    alone = np.arange(12.0).reshape(1, 12)
    assert misfitting_raters(alone)[0].flags == (Flag.NOT_TESTABLE,)
    assert reversed_raters(alone)[0].units == 0


def test_constant_raters_have_no_order_and_perfect_tables_no_misfit():
    table = np.add.outer(np.arange(3.0), np.arange(12.0))
    assert [t.p for t in misfitting_raters(table)] == [1.0] * 3
    table[0] = 5.0
    assert reversed_raters(table)[0].p is None
    assert reversed_raters(np.vstack([table[1:], -table[1:2]]))[2].statistic == -1.0


def test_straight_lining_from_ten_units_on():
    x = np.full((3, 10), 4.0)
    x[1, 0] = 5.0
    x[2, 0] = np.nan
    assert straight_liners(x) == (True, False, None)


def test_runs_by_hand():
    found = careless_indices([[3, 3, 4, 4, 4, 1], [2, None, 2, 2, None, None], [None] * 6])
    assert found.longstring == (3, 3, 0)
    assert found.average_string == (2.0, 3.0, None)
    assert found.variability == (pytest.approx(np.std([3, 3, 4, 4, 4, 1], ddof=1)), 0.0, None)
    assert careless_indices([[1]]).variability == (None,)


def test_mahalanobis_of_two_items_by_hand():
    # Uncorrelated items of variance 1·40/39: d² = (x² + y²)·39/40.
    corner = np.array([[1, 1], [1, -1], [-1, 1], [-1, -1]] * 10, dtype=float)
    found = mahalanobis_distances(np.vstack([corner, [[np.nan, 1]]]))
    assert found.squared[:40] == pytest.approx((2 * 39 / 40,) * 40)
    assert found.squared[40] is None
    assert found.p[0] == pytest.approx(np.exp(-39 / 40))
    assert len(found.farthest) == 1


def test_mahalanobis_names_the_farthest_and_needs_many():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(200, 3))
    x[17] = [9, -9, 9]
    assert mahalanobis_distances(x).farthest[0] == 17
    assert len(mahalanobis_distances(x).farthest) == 2
    assert mahalanobis_distances(x[:29]).flags == (Flag.NOT_TESTABLE,)
    assert mahalanobis_distances(np.empty((50, 0))).flags == (Flag.NOT_TESTABLE,)
    assert mahalanobis_distances(np.ones((50, 2))).flags == (Flag.ALL_EQUAL,)
    copied = mahalanobis_distances(np.column_stack([x, x[:, 0]]))  # a fourth item says nothing new
    assert copied.squared == pytest.approx(mahalanobis_distances(x).squared, rel=1e-6)


def test_grubbs_on_either_side():
    x = [None, 1.0, 2.0, 2.0, 3.0, 30.0]
    high, low = grubbs_test(x, alternative="high"), grubbs_test(x, alternative="low")
    both = grubbs_test(x)
    mean, s = np.mean(x[1:]), np.std(x[1:], ddof=1)
    assert high.statistic == both.statistic == pytest.approx((30 - mean) / s)
    assert low.statistic == pytest.approx((mean - 1) / s)
    assert (high.position, low.position, low.is_outlier) == (5, 1, False)
    # Two-sided at .05 is one-sided at .025.
    assert both.critical == pytest.approx(grubbs_test(x, alternative="high", level=0.025).critical)
    assert both.p == pytest.approx(2 * high.p)
    assert (both.p < 0.05) == both.is_outlier


def test_grubbs_at_the_edges():
    assert grubbs_test([1.0, 2.0]).flags == (Flag.NOT_TESTABLE,)
    flat = grubbs_test([5.0, 5.0, 5.0, 5.0])
    assert (flat.p, flat.is_outlier, flat.flags) == (1.0, False, (Flag.ZERO_VARIANCE,))
    # The largest possible deviation, (n−1)/√n, has p 0.
    assert grubbs_test([0.0, 0.0, 0.0, 1.0], alternative="high").p == pytest.approx(0, abs=1e-6)


def test_generalised_esd_of_rosner():
    found = generalised_esd(ROSNER, most=10)
    assert found.statistics[:3] == pytest.approx((3.118, 2.942, 3.179), abs=1e-3)
    assert found.critical[:3] == pytest.approx((3.158, 3.151, 3.143), abs=1e-3)
    assert found.outliers == (53, 52, 51)


def test_generalised_esd_at_the_edges():
    assert generalised_esd(ROSNER[:24], most=2).flags == (Flag.NOT_TESTABLE,)
    with pytest.raises(ValueError, match="1 to 27 outliers among 54"):
        generalised_esd(ROSNER, most=28)
    lone = generalised_esd([5.0] * 29 + [9.0], most=3)
    assert (lone.outliers, lone.flags) == ((29,), (Flag.ZERO_VARIANCE,))


@quick
@given(rating_designs(most=14))
def test_no_design_breaks_the_tests(x):
    found = residual_tests(x)
    assert np.isfinite(found.p).all()
    assert ((found.p >= 0) & (found.p <= 1)).all()
    for tests in (misfitting_raters(x), reversed_raters(x)):
        assert not has_nan(t.p for t in tests)
        assert not has_nan(t.statistic for t in tests)
    assert len(straight_liners(x)) == x.shape[0]
    indices = careless_indices(x)
    assert not has_nan(indices.average_string + indices.variability)
    assert not has_nan(mahalanobis_distances(x).squared)
    for row in x:
        assert not has_nan([grubbs_test(row).p, grubbs_test(row).statistic])
