"""Agreement and reliability against published tables, ANOVA by hand, and degenerate tables."""

import numpy as np
import pytest
from hypothesis import given
from scipy import stats

from analysis.agreement import (
    cronbach_alpha,
    crossed_generalizability,
    generalizability,
    icc,
    kendall_w,
    krippendorff_alpha,
    model_reliability,
    nested_generalizability,
)
from analysis.findings import Flag
from analysis.severity import severity_model
from tests.analysis.designs import has_nan, quick, rating_designs


def test_w_of_full_and_no_agreement():
    assert kendall_w([[1, 2, 3]] * 4).w == 1.0
    assert kendall_w([[1, 2], [2, 1]]).w == 0.0
    # Friedman's χ² is m(n−1)W.
    x = np.random.default_rng(1).normal(size=(6, 9))
    found = kendall_w(x)
    assert found.chi_square == pytest.approx(stats.friedmanchisquare(*x.T).statistic)
    assert (found.df, found.flags) == (8, ())


@pytest.mark.parametrize(
    ("x", "flag"),
    [([[1.0, 2.0]], Flag.NOT_TESTABLE), ([[1.0, None], [2.0, 1.0]], Flag.INCOMPLETE),
     ([[3.0, 3.0]] * 3, Flag.ALL_EQUAL)],
)  # fmt: skip
def test_w_is_undefined_rather_than_wrong(x, flag):
    found = kendall_w(x)
    assert (found.w, found.p, found.flags) == (None, None, (flag,))


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
    [(np.ones((3, 3)), Flag.ALL_EQUAL), ([[1.0], [2.0]], Flag.NOT_TESTABLE),
     ([[1.0, np.nan], [2.0, 3.0]], Flag.INCOMPLETE)],
)  # fmt: skip
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


def test_krippendorff_by_hand():
    # Two raters, three units: (1,1), (1,2), (2,2). o_12 = o_21 = 1, n = 6, n_c = 3, 3.
    # D_o = 2/6, D_e = 2·9/30 → α = 1 − (1/3)/(3/5) = 4/9 for every metric but ratio alike.
    x = [[1, 1, 2], [1, 2, 2]]
    for metric in ("nominal", "ordinal", "interval", "ratio"):
        assert krippendorff_alpha(x, metric=metric).alpha == pytest.approx(4 / 9)


def test_krippendorff_metrics_agree_with_the_coincidence_definition():
    rng = np.random.default_rng(4)
    x = rng.integers(0, 4, size=(5, 9)).astype(float)
    x[rng.random(x.shape) < 0.3] = np.nan
    x[:, 0] = [np.nan, np.nan, 2, np.nan, np.nan]  # pairs with nothing
    pairs = []
    for column in x.T:
        values = column[~np.isnan(column)]
        pairs += [(a, b, 1 / (len(values) - 1)) for i, a in enumerate(values)
                  for j, b in enumerate(values) if i != j]  # fmt: skip
    n_c = {v: sum(w for a, _, w in pairs if a == v) for v in range(4)}
    n = sum(n_c.values())

    def ordinal(a: float, b: float) -> float:
        low, high = int(min(a, b)), int(max(a, b))
        return (sum(n_c[g] for g in range(low, high + 1)) - (n_c[low] + n_c[high]) / 2) ** 2

    metrics = {
        "nominal": lambda a, b: float(a != b),
        "ordinal": ordinal,
        "interval": lambda a, b: (a - b) ** 2,
        "ratio": lambda a, b: ((a - b) / (a + b)) ** 2 if a + b else 0.0,
    }
    for name, delta in metrics.items():
        observed = sum(w * delta(a, b) for a, b, w in pairs) / n
        expected = sum(n_c[a] * n_c[b] * delta(a, b) for a in n_c for b in n_c) / n / (n - 1)
        found = krippendorff_alpha(x, metric=name)
        assert found.observed == pytest.approx(observed)
        assert found.expected == pytest.approx(expected)
        assert found.alpha == pytest.approx(1 - observed / expected)


@pytest.mark.parametrize("metric", ["nominal", "interval"])
def test_krippendorff_undefined(metric):
    assert krippendorff_alpha([[1, None]], metric=metric).flags == (Flag.NOT_TESTABLE,)
    assert krippendorff_alpha([[3, 3], [3, 3]], metric=metric).flags == (Flag.ALL_EQUAL,)


def test_cronbach_by_hand_and_at_the_edges():
    # Items (1,2,3) and (1,3,2): variances 1, 1, covariance 1/2; total 3. α = 2(1 − 2/3) = 2/3.
    found = cronbach_alpha([[1, 1], [2, 3], [3, 2], [9, None]])
    assert (found.alpha, found.standardised) == (pytest.approx(2 / 3), pytest.approx(2 / 3))
    assert (found.n, found.items, found.flags) == (3, 2, ())
    assert cronbach_alpha([[1], [2]]).flags == (Flag.NOT_TESTABLE,)
    assert cronbach_alpha([[2, 2], [2, 2]]).flags == (Flag.ALL_EQUAL,)
    negative = cronbach_alpha([[1, 3], [2, 1.5], [3, 1]])
    assert negative.alpha < 0
    assert negative.flags == (Flag.NEGATIVE_ESTIMATE,)
    assert cronbach_alpha([[1, 5], [2, 5], [3, 5]]).standardised is None
    assert cronbach_alpha([[1, 3, 2], [2, 1, 3], [3, 2, 1], [1, 3, 2.1]]).standardised is not None


def test_one_facet_by_hand():
    # Shrout & Fleiss: MS units 11.24, raters 32.49, residual 1.02 (6 units, 4 raters).
    x = np.array([[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9],
                  [6, 2, 4, 7]]).T  # fmt: skip
    found = generalizability(x)
    assert [round(c.estimate, 2) for c in found.components] == [2.56, 5.24, 1.02]
    assert found.observed.generalizability == pytest.approx(
        icc(x).icc3k.value
    )
    assert found.observed.dependability == pytest.approx(icc(x).icc2k.value)
    # n* = (.9/.1)·1.02/2.56 = 3.6 → 4.
    assert found.raters_needed(target=0.9) == 4
    assert found.raters_needed(target=0.5) == 1


def test_crossed_facets_recover_what_was_put_in():
    rng = np.random.default_rng(8)
    t, r, u = 30, 30, 40
    x = (rng.normal(0, 2, (1, 1, u)) + rng.normal(0, 1, (t, 1, 1)) + rng.normal(0, 1, (1, r, 1))
         + rng.normal(0, 1.5, (t, 1, u)) + rng.normal(0, 0.7, (1, r, u))
         + rng.normal(0, 0.5, (t, r, 1)) + rng.normal(0, 1, (t, r, u)))  # fmt: skip
    found = {c.name: c.estimate for c in crossed_generalizability(x).components}
    assert found["unit"] == pytest.approx(4, rel=0.5)
    assert found["unit×task"] == pytest.approx(2.25, rel=0.1)
    assert found["unit×rater"] == pytest.approx(0.49, rel=0.15)
    assert found["task×rater"] == pytest.approx(0.25, rel=0.2)
    assert found["unit×task×rater"] == pytest.approx(1, rel=0.05)


def test_more_tasks_where_more_raters_do_not_help():
    # A pure unit × task effect: no number of raters lifts one task to .9.
    x = np.zeros((2, 2, 4))
    x += np.array([0.0, 1.0, 2.0, 3.0])
    x[0] += np.array([0.5, -0.5, 0.5, -0.5])
    x[:, 0, 0] += 0.1
    found = nested_generalizability(x)
    assert found.raters_needed(target=0.99, n_tasks=1) is None
    assert found.raters_needed(target=0.9, n_tasks=50) == 1
    assert found.decision_study(n_raters=2, n_tasks=9).generalizability > (
        found.observed.generalizability
    )


def test_generalizability_at_the_edges():
    assert generalizability([[1.0, None], [1.0, 2.0]]).flags == (Flag.INCOMPLETE,)
    empty = generalizability([[1.0]])
    assert (empty.flags, empty.observed, empty.unit_variance) == ((Flag.NOT_TESTABLE,), None, None)
    assert empty.raters_needed() is None
    flat = generalizability(np.ones((3, 3)))
    assert (flat.flags, flat.observed.generalizability) == ((Flag.ALL_EQUAL,), None)
    assert flat.raters_needed() is None
    assert generalizability([[1.0, 2.0], [2.0, 1.0]]).flags == (Flag.NEGATIVE_ESTIMATE,)
    for two_facets in (nested_generalizability, crossed_generalizability):
        assert two_facets(np.full((2, 2, 2), np.nan)).flags == (Flag.INCOMPLETE,)
        with pytest.raises(ValueError, match="three axes"):
            two_facets([[1.0]])
    with pytest.raises(ValueError, match="1 or more"):
        flat.decision_study(n_raters=0)
    with pytest.raises(ValueError, match="between 0 and 1"):
        flat.raters_needed(target=1.0)


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
    assert f"with 7 raters per unit the reliability is {found.mean:.2f}" in found.finding.en
    assert f"{found.raters_needed} would give 0.8" in found.finding.en
    assert f"{found.raters_needed}位可达0.8" in found.finding.zh


def test_reliable_enough_says_no_more():
    x = np.add.outer(np.array([0.0, 0.1, -0.1]), np.arange(6.0)) + np.eye(3, 6) / 10
    assert "would give" not in model_reliability(severity_model(x)).finding.en


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
    assert not has_nan([kendall_w(x).w, cronbach_alpha(x).alpha, cronbach_alpha(x).low])
    for metric in ("nominal", "ordinal", "interval"):
        assert not has_nan([krippendorff_alpha(x, metric=metric).alpha])
    found = icc(x)
    for form in (found.icc1, found.icc2, found.icc3, found.icc1k, found.icc2k, found.icc3k):
        assert not has_nan([form.value, form.low, form.high, form.p])
    reliability = model_reliability(severity_model(x))
    assert not has_nan([reliability.single, reliability.mean, *reliability.per_unit])
    assert len(generalizability(x).components) in (0, 3)
