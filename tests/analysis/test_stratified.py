"""Figures of stratified samples with their errors, by hand."""

import numpy as np
import pytest

from analysis.panel.stratified import (
    SurveyEstimate,
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


def test_answers_from_where_nobody_lives_are_named():
    found = post_stratified_mean([60, 40], [90.0, 50.0], [25.0, 100.0], [0, 5000])
    assert (found.value, found.n, found.flags) == (50.0, 40, (Flag.LEFT_OUT,))
    assert found.error == pytest.approx((100 / 40) ** 0.5)
    nobody = post_stratified_mean([60], [90.0], [25.0], [0])
    assert (nobody.value, nobody.flags) == (None, (Flag.NO_RATINGS, Flag.LEFT_OUT))


def test_the_design_effect_is_over_a_draw_of_as_many_by_hand():
    """Two strata of two, weights 10 and 15: Σw = 50, ȳ = (40 + 150)/50 = 3.8.

    s² = 4/3·[10(7.84 + .64) + 15(.64 + 10.24)]/50 = 4/3·4.96 = 496/75. Without replacement
    (1 − 4/50)·s²/4; with replacement s²/4.
    """
    values, strata, sizes = [1, 3, 3, 7], ["a", "a", "b", "b"], {"a": 20, "b": 30}
    variance = 0.4**2 * 0.9 * 2 / 2 + 0.6**2 * (28 / 30) * 8 / 2
    found = stratified_mean(values, strata, sizes)
    assert found.design_effect == pytest.approx(variance / (0.92 * 496 / 75 / 4))
    variance = 0.4**2 * 2 / 2 + 0.6**2 * 8 / 2
    found = stratified_mean(values, strata, weights=[10, 10, 15, 15])
    assert found.design_effect == pytest.approx(variance / (496 / 75 / 4))


def test_a_population_of_one_that_was_asked_has_no_error() -> None:
    """It was divided by n − 1; by hand there is nothing left to be wrong about."""
    found = stratified_mean([3.0], ["a"], {"a": 1})
    assert found == SurveyEstimate(3.0, 0.0, None, 1, (Flag.ALL_EQUAL,))
