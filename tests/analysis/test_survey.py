"""Satisfaction from counts, panel weights and sample sizes, by hand and from printed tables."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.findings import Flag
from analysis.survey import (
    design_effect,
    krejcie_morgan,
    level_points,
    margin_of_error,
    merged_strata,
    multi_item_index,
    post_stratified_mean,
    post_stratify,
    rake,
    rate_interval,
    sample_size_for_difference,
    sample_size_for_margin,
    satisfaction_index,
    stratified_mean,
    stratified_ratio,
    stratified_total,
)
from tests.analysis.designs import quick


def test_points_and_the_chinese_habit():
    assert level_points(5) == (0, 25, 50, 75, 100)
    assert level_points(5, low=20) == (20, 40, 60, 80, 100)
    with pytest.raises(ValueError, match="two or more levels"):
        level_points(1)


def test_index_rates_and_bounds_by_hand():
    # 40·100 + 30·75 + 20·50 + 6·25 + 4·0 = 7400 over 100, 25 more don't know.
    found = satisfaction_index([4, 6, 20, 30, 40], level_points(5), dont_know=25)
    assert found.index == found.score == 74.0
    squares = 40 * 26**2 + 30 * 1 + 20 * 24**2 + 6 * 49**2 + 4 * 74**2
    assert found.deviation == pytest.approx((squares / 99) ** 0.5)
    assert found.error == pytest.approx(found.deviation / 10)
    assert (found.low, found.high) == (7400 / 125, (7400 + 2500) / 125)
    assert found.dont_know_share == 0.2
    assert (found.satisfied_rate, found.dissatisfied_rate) == (0.7, 0.1)
    assert found.net_rate == pytest.approx(0.6)
    assert found.flags == ()


def test_the_order_of_the_levels_does_not_matter():
    points = level_points(5)
    assert satisfaction_index([1, 2, 3, 4, 5], points) == satisfaction_index(
        [5, 4, 3, 2, 1], points[::-1]
    )


@pytest.mark.parametrize(
    ("good", "dont_know", "flags", "counts"),
    [(29, 0, (Flag.TOO_FEW_ANSWERS,), False), (30, 0, (Flag.THIN,), True),
     (100, 0, (), True), (99, 66, (Flag.THIN,), True),
     (150, 101, (Flag.MANY_DONT_KNOW,), False)],
)  # fmt: skip
def test_when_a_score_is_withheld(good, dont_know, flags, counts):
    found = satisfaction_index([0, good], [0, 100], dont_know=dont_know, satisfied=1,
                               dissatisfied=1)  # fmt: skip
    assert found.flags == flags
    assert found.index == 100.0
    assert found.score == (100.0 if counts else None)


def test_an_index_without_answers():
    nobody = satisfaction_index([0, 0, 0, 0], level_points(4))
    assert (nobody.index, nobody.low, nobody.dont_know_share) == (None, None, None)
    unsure = satisfaction_index([0, 0, 0, 0], level_points(4), dont_know=7)
    assert (unsure.low, unsure.high, unsure.dont_know_share) == (0.0, 100.0, 1.0)
    single = satisfaction_index([0, 0, 0, 1], level_points(4))
    assert (single.index, single.deviation, single.error) == (100.0, None, None)


@pytest.mark.parametrize(
    ("counts", "points", "dont_know", "named"),
    [([1], [1, 2], 0, "1 counts for 2 levels"), ([-1, 1], [0, 1], 0, "0 or more"),
     ([1, 1], [0, 1], -1, "0 or more"), ([1, 1], [0, 1], 0, "overlap"), ([], [], 0, "0 counts")],
)  # fmt: skip
def test_impossible_counts_are_refused(counts, points, dont_know, named):
    with pytest.raises(ValueError, match=named):
        satisfaction_index(counts, points, dont_know=dont_know)


def test_multi_item_index_by_hand():
    # Means 4 and 3 on 1–5, weights 3:1: 3.75 → 100·2.75/4.
    assert multi_item_index([4, 3], [3, 1], levels=5) == pytest.approx(68.75)
    with pytest.raises(ValueError, match="weight"):
        multi_item_index([4], [0], levels=5)
    with pytest.raises(ValueError, match="between 1 and 5"):
        multi_item_index([6], [1], levels=5)


def test_stratified_estimates_by_hand():
    # Strata of N = 20, 30 with two each: means 2 and 5, variances 2 and 8.
    values, strata, sizes = [1, 3, 3, 7], ["a", "a", "b", "b"], {"a": 20, "b": 30}
    found = stratified_mean(values, strata, sizes)
    assert found.value == pytest.approx(0.4 * 2 + 0.6 * 5)
    variance = 0.4**2 * 0.9 * 2 / 2 + 0.6**2 * (28 / 30) * 8 / 2
    assert found.error == pytest.approx(variance**0.5)
    total = stratified_total(values, strata, sizes)
    assert (total.value, total.error) == (
        pytest.approx(190), pytest.approx(50 * variance**0.5))  # fmt: skip
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
    [([1.0], [], None, None, "one stratum label"),
     ([float("nan")], ["a"], None, None, "finite value"),
     ([1.0, 2.0], ["a", "a"], {"a": 1}, None, "stratum 'a': 2 in the sample"),
     ([1.0], ["a"], None, [0.0], "above 0")],
)  # fmt: skip
def test_samples_that_do_not_fit_are_refused(values, strata, population, weights, named):
    with pytest.raises(ValueError, match=named):
        stratified_mean(values, strata, population, weights=weights)


def test_small_strata_join_their_neighbours():
    assert merged_strata([12, 15, 11]) == (0, 1, 2)
    assert merged_strata([4, 5, 12, 30]) == (0, 0, 0, 1)
    assert merged_strata([20, 20, 3]) == (0, 1, 1)
    assert merged_strata([20, 3]) == (0, 0)
    assert merged_strata([1, 2]) == (0, 0)
    assert merged_strata([]) == ()
    with pytest.raises(ValueError, match="0 or more"):
        merged_strata([-1])


def test_post_stratification_weights_by_hand():
    # 40 and 60 answered, 30:70 in the population: weights .75 and 7/6.
    found = post_stratify([40, 60], [3000, 7000])
    assert found.weights == pytest.approx((0.75, 7 / 6))
    assert found.design_effect == pytest.approx(100 * (40 * 0.75**2 + 60 * (7 / 6) ** 2) / 100**2)
    merged = post_stratify([4, 6, 90], [1, 2, 7])
    assert (merged.groups, merged.respondents) == ((0, 0, 1), (10, 90))
    assert merged.weights == pytest.approx((3, 3, 7 / 9))
    assert merged.shares == pytest.approx((0.3, 0.7))
    assert merged.flags == (Flag.STRATA_MERGED,)


@pytest.mark.parametrize(
    ("respondents", "population", "named"),
    [([1], [0], "population"), ([1, 2], [1], "population"), ([0, 0], [1, 1], "nobody answered")],
)
def test_post_stratification_of_nothing_is_refused(respondents, population, named):
    with pytest.raises(ValueError, match=named):
        post_stratify(respondents, population)


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


def test_raking_of_a_table_that_separates():
    # Independent cells: the weights are products of the one-way factors.
    found = rake([[20, 20], [30, 30]], [[60, 40], [50, 50]], trim=None)
    assert found.weights == pytest.approx(np.array([[1.5, 1.5], [2 / 3, 2 / 3]]))
    assert max(found.margin_errors) < 1e-8
    assert found.flags == ()


def test_raking_meets_every_margin():
    rng = np.random.default_rng(1)
    n = rng.integers(1, 30, size=(3, 4, 2))
    targets = [[0.2, 0.3, 0.5], None, [0.55, 0.45]]
    found = rake(n, targets)
    table = n * found.weights
    assert table.sum() == pytest.approx(n.sum())
    assert table.sum(axis=(1, 2)) / n.sum() == pytest.approx(targets[0])
    assert table.sum(axis=(0, 1)) / n.sum() == pytest.approx(targets[2])
    assert found.margin_errors[1] == 0.0
    assert found.design_effect == pytest.approx(design_effect(found.weights, n))


def test_trimming_reports_what_it_leaves():
    # 2 of 100 stand for half: weights 25 and about .51; cut at 5 × .51, then mean 1 again.
    found = rake([2, 98], [[50, 50]])
    small = 5 * (50 / 98)
    scale = 100 / (2 * small + 98 * 50 / 98)
    assert found.weights == pytest.approx([small * scale, 50 / 98 * scale])
    assert found.trimmed_citizens == 2
    assert found.flags == (Flag.WEIGHTS_TRIMMED,)
    assert found.margin_errors[0] == pytest.approx(0.5 - 2 * small * scale / 100)


def test_contradicting_margins_do_not_converge():
    found = rake([[10, 0], [0, 10]], [[1, 3], [3, 1]], most_iterations=50)
    assert Flag.NOT_CONVERGED in found.flags
    assert np.isfinite(found.weights).all()


@pytest.mark.parametrize(
    ("n", "margins", "named"),
    [([[0, 0], [1, 2]], [[1, 1], None], "axis 0, category 0: the target is 1 and nobody answered"),
     ([1, 2], [[1, 1], [1, 1]], "as many margins"), ([0, 0], [[1, 1]], "nobody answered"),
     ([1, 2], [[1, 1, 1]], "axis 0 needs 2 targets")],
)  # fmt: skip
def test_raking_names_what_is_wrong(n, margins, named):
    with pytest.raises(ValueError, match=named):
        rake(n, margins)


def test_a_category_outside_the_population_weighs_nothing():
    assert rake([10, 5, 5], [[1, 1, 0]]).weights.tolist() == pytest.approx([1, 2, 0])


def test_design_effects_and_margins():
    assert design_effect([1, 1, 1]) == 1.0
    assert design_effect([1, 3]) == 2 * 10 / 16
    with pytest.raises(ValueError, match="sum to 0"):
        design_effect([0, 0])
    # 133 answers, SD 24: ±4.
    assert margin_of_error(24, 133) == pytest.approx(4.08, abs=0.01)
    assert margin_of_error(24, 133, design_effect=4) == pytest.approx(2 * margin_of_error(24, 133))
    assert margin_of_error(24, 0) is None


def test_printed_sample_sizes():
    assert [sample_size_for_margin(m, 25) for m in (5, 3, 2, 1)] == [97, 267, 601, 2401]
    assert [sample_size_for_margin(m, 20) for m in (5, 3, 2, 1)] == [62, 171, 385, 1537]
    assert [sample_size_for_difference(d, 20) for d in (5, 3, 2)] == [252, 698, 1570]
    for size in (sample_size_for_margin, sample_size_for_difference):
        with pytest.raises(ValueError, match="above 0"):
            size(0, 20)


def test_krejcie_morgan_at_its_ends():
    assert [krejcie_morgan(n) for n in (0, 1, 10, 1_000_000)] == [0, 1, 10, 384]
    with pytest.raises(ValueError, match="0 or more"):
        krejcie_morgan(-1)


def test_wilson_by_hand():
    # No hit in 10: (0, z²/(n + z²)).
    low, high = rate_interval(0, 10)
    assert (low, high) == (0.0, pytest.approx(3.841459 / 13.841459, abs=1e-6))
    assert rate_interval(10, 10)[1] == pytest.approx(1.0)
    assert rate_interval(0, 0) is None
    wide = rate_interval(50, 100, design_effect=2)
    assert wide == pytest.approx(rate_interval(25, 50))
    with pytest.raises(ValueError, match="between 0 and 3"):
        rate_interval(4, 3)


@quick
@given(st.lists(st.integers(0, 60), min_size=1, max_size=8), st.integers(1, 20))
def test_merging_keeps_order_and_reaches_the_minimum(respondents, minimum):
    groups = merged_strata(respondents, minimum=minimum)
    assert list(groups) == sorted(groups)
    assert set(groups) == set(range(max(groups) + 1))
    held = np.bincount(groups, respondents)
    assert held.min() >= min(minimum, sum(respondents))


@quick
@given(st.integers(0, 999))
def test_raking_never_breaks(seed):
    rng = np.random.default_rng(seed)
    n = rng.integers(0, 6, size=(3, 3))
    n[np.arange(3), np.arange(3)] += 1
    found = rake(n, [rng.uniform(0.1, 1, 3), rng.uniform(0.1, 1, 3)], most_iterations=60)
    assert np.isfinite(found.weights).all()
    assert (n * found.weights).sum() == pytest.approx(n.sum())
