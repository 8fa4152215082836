"""Figures of stratified samples with their errors, by hand."""

import numpy as np
import pytest

from analysis.panel.stratified import (
    post_stratified_mean,
    stratified_mean,
    stratified_ratio,
    stratified_total,
)
from analysis.statistics.findings import Flag


def test_stratified_estimates_by_hand():
    # Strata of N = 20, 30 with two each: means 2 and 5, variances 2 and 8.
    values, strata, sizes = [1, 3, 3, 7], ["a", "a", "b", "b"], {"a": 20, "b": 30}
    found = stratified_mean(values, strata, sizes)
    assert found.value == pytest.approx(0.4 * 2 + 0.6 * 5)
    variance = 0.4**2 * 0.9 * 2 / 2 + 0.6**2 * (28 / 30) * 8 / 2
    assert found.error == pytest.approx(variance**0.5)
    total = stratified_total(values, strata, sizes)
    assert (total.value, total.error) == (pytest.approx(190), pytest.approx(50 * variance**0.5))
    ratio = stratified_ratio(values, values, strata, sizes)
    assert (ratio.value, ratio.error) == (1.0, 0.0)


def test_without_strata_it_is_the_simple_mean():
    values = [1.0, 2.0, 4.0, 9.0]
    found = stratified_mean(values, ["x"] * 4)
    assert found.error == pytest.approx(np.std(values, ddof=1) / 2)
    assert found.design_effect == pytest.approx(1.0)
    census = stratified_mean(values, ["x"] * 4, {"x": 4})
    assert (census.error, census.design_effect) == (0.0, None)
    assert stratified_mean([3.0, 3.0], ["x", "x"]).flags == (Flag.ALL_EQUAL,)


def test_a_lonely_member_leaves_the_error_unknown():
    for estimate in (stratified_mean, stratified_total):
        found = estimate([1.0, 2.0, 3.0], ["a", "a", "b"])
        assert (found.error, found.flags) == (None, (Flag.NO_ERROR,))
        assert estimate([], []).flags == (Flag.NO_RATINGS,)
    assert stratified_mean([1.0, 2.0, 3.0], ["a", "a", "b"], {"a": 9, "b": 1}).error > 0
    assert stratified_ratio([1.0], [0.0], ["a"]).flags == (Flag.NOT_TESTABLE,)


@pytest.mark.parametrize(
    ("values", "strata", "population", "weights", "named"),
    [
        ([1.0], [], None, None, "one stratum label"),
        ([float("nan")], ["a"], None, None, "finite value"),
        ([1.0, 2.0], ["a", "a"], {"a": 1}, None, "stratum 'a': 2 in the sample"),
        ([1.0], ["a"], None, [0.0], "above 0"),
    ],
)
def test_samples_that_do_not_fit_are_refused(values, strata, population, weights, named):
    with pytest.raises(ValueError, match=named):
        stratified_mean(values, strata, population, weights=weights)


def test_post_stratified_mean_by_hand():
    found = post_stratified_mean([4, 9], [80, 60], [16, 36], [1, 3])
    assert found.value == 65.0
    assert found.error == pytest.approx((0.25**2 * 4 + 0.75**2 * 4) ** 0.5)
    gap = post_stratified_mean([4, 0, 0], [80, None, None], [16, None, None], [1, 3, 0])
    assert (gap.value, gap.error, gap.flags) == (80.0, 2.0, (Flag.INCOMPLETE,))
    lone = post_stratified_mean([1, 4], [80, 60], [None, 4], [1, 1])
    assert (lone.value, lone.error, lone.flags) == (70.0, None, (Flag.NO_ERROR,))
    assert post_stratified_mean([0], [None], [None], [1]).flags == (Flag.NO_RATINGS,)
    with pytest.raises(ValueError, match="differ in length"):
        post_stratified_mean([1], [1.0], [1.0], [1, 2])
