"""Agreement on orders and levels against the definitions, and on degenerate tables."""

import numpy as np
import pytest
from hypothesis import given
from scipy import stats

from analysis.statistics.agreement import kendall_w, krippendorff_alpha
from analysis.statistics.findings import Flag
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
    [
        ([[1.0, 2.0]], Flag.NOT_TESTABLE),
        ([[1.0, None], [2.0, 1.0]], Flag.INCOMPLETE),
        ([[3.0, 3.0]] * 3, Flag.ALL_EQUAL),
    ],
)
def test_w_is_undefined_rather_than_wrong(x, flag):
    found = kendall_w(x)
    assert (found.w, found.p, found.flags) == (None, None, (flag,))


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
        pairs += [
            (a, b, 1 / (len(values) - 1))
            for i, a in enumerate(values)
            for j, b in enumerate(values)
            if i != j
        ]
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


@quick
@given(rating_designs())
def test_no_design_breaks_the_figures(x):
    assert not has_nan([kendall_w(x).w])
    for metric in ("nominal", "ordinal", "interval"):
        assert not has_nan([krippendorff_alpha(x, metric=metric).alpha])


@pytest.mark.parametrize(
    ("orders", "chi_square", "p"),
    [
        # Friedman 1937, Tables V and VI (three units, then four): P(χ²_r ≥ …).
        ([[1, 2, 3]] * 3, 6.0, 0.028),
        ([[1, 2, 3]] * 4, 8.0, 0.0046),
        ([[1, 2, 3]] * 3 + [[1, 3, 2]], 6.5, 0.042),
        ([[1, 2, 3, 4], [1, 2, 4, 3], [2, 1, 3, 4]], 7.4, 0.033),
        ([[1, 2, 3, 4]] * 2, 6.0, 0.042),
    ],
)
def test_the_exact_probability_of_few_orders(orders, chi_square: float, p: float):
    found = kendall_w(orders)
    assert found.chi_square == pytest.approx(chi_square)
    assert found.exact_p == pytest.approx(p, abs=0.0005)
    assert found.flags == (Flag.FEW_UNITS,)


def test_ties_are_permuted_as_they_are():
    # Each rater can put the single lower unit in three places; the second agrees in one of them.
    assert kendall_w([[1, 2, 2], [1, 2, 2]]).exact_p == pytest.approx(1 / 3)


def test_many_orders_are_left_to_chi_square():
    orders = np.argsort(np.random.default_rng(2).normal(size=(10, 12)), axis=1)
    found = kendall_w(orders)
    assert (found.exact_p, found.flags) == (None, ())
