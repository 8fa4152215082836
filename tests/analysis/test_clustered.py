"""Cluster-robust errors and design effects against statsmodels, by hand and by simulation."""

import numpy as np
import pytest

from analysis.statistics.clustered import clustered_mean
from analysis.statistics.findings import Flag

VALUES = [52, 55, 61, 58, 70, 74, 71, 49, 45, 47, 50, 62, 66, 80, 78, 83, 60, 57, 59, 64]
VILLAGES = [*"aaaabbbccccddeeeffff"]


def test_errors_of_statsmodels():
    """statsmodels 0.15, OLS and WLS of a constant, cov_type="cluster" without its own correction:
    4.38405492 and 4.59667 times √(6/5)."""
    found = clustered_mean(VALUES, VILLAGES)
    assert (found.value, found.n, found.clusters, found.df) == (62.05, 20, 6, 5)
    assert found.error == pytest.approx(4.38405492 * 1.2**0.5, abs=1e-7)
    assert found.flags == (Flag.FEW_UNITS,)
    weighed = clustered_mean(VALUES, VILLAGES, weights=[1, 2, 1.5, 0.5] * 5)
    assert weighed.value == pytest.approx(62.22)
    assert weighed.error == pytest.approx(5.03539473, abs=1e-7)


def test_by_hand():
    """Two villages of two, 1 and 3, 5 and 7: sums of deviations −4 and 4, 2/1·32/16 = 4."""
    found = clustered_mean([1, 3, 5, 7], ["a", "a", "b", "b"])
    assert (found.value, found.error) == (4.0, 2.0)
    # s²/n = (9 + 1 + 1 + 9)/3/4 = 5/3; between 16, within 2: (16 − 2)/(16 + 2) = 7/9.
    assert found.design_effect == pytest.approx(4 / (5 / 3))
    assert found.intraclass == pytest.approx(7 / 9)


def test_single_people_have_the_plain_error():
    found = clustered_mean(VALUES, range(20))
    assert found.error == pytest.approx(np.std(VALUES, ddof=1) / 20**0.5)
    assert (found.design_effect, found.intraclass) == (pytest.approx(1.0), None)
    assert found.flags == ()


def test_intervals_cover_and_the_effect_is_kishs():
    """60 villages of 10 with ρ = .2: 1 + 9·.2 = 2.8 times the variance of single people."""
    rng = np.random.default_rng(4)
    labels = np.repeat(np.arange(60), 10)
    found = [
        clustered_mean(
            0.2**0.5 * rng.normal(size=60)[labels] + 0.8**0.5 * rng.normal(size=600), labels
        )
        for _ in range(400)
    ]
    assert np.mean([one.design_effect for one in found]) == pytest.approx(2.8, rel=0.05)
    assert np.mean([one.intraclass for one in found]) == pytest.approx(0.2, abs=0.01)
    covered = np.mean([abs(one.value) < 2 * one.error for one in found])
    assert 0.92 < covered < 0.98


def test_where_little_can_be_said():
    assert clustered_mean([], []).flags == (Flag.NO_RATINGS,)
    one = clustered_mean([1, 2], ["a", "a"])
    assert (one.value, one.error, one.flags) == (1.5, None, (Flag.NO_ERROR,))
    equal = clustered_mean([5, 5, 5], ["a", "b", "b"])
    assert (equal.error, equal.design_effect, equal.intraclass) == (0.0, None, None)
    assert equal.flags == (Flag.FEW_UNITS, Flag.ALL_EQUAL)


@pytest.mark.parametrize(
    ("values", "clusters", "weights"),
    [
        ([1], [], None),
        ([np.nan], ["a"], None),
        ([[1]], ["a"], None),
        ([1, 2], ["a", "b"], [1, 0]),
        ([1, 2], ["a", "b"], [1]),
    ],
)
def test_a_wrong_call(values, clusters, weights):
    with pytest.raises(ValueError, match=r"one finite value|weights are above 0"):
        clustered_mean(values, clusters, weights=weights)
